// SPDX-License-Identifier: Apache-2.0
//
// rows: the rows of a CSV or JSONL file, one by one.
//
// CSV is RFC 4180 with a header; a broken record is told and costs one line.
// JSONL has one object a line; its names are the columns, numbers and booleans
// are read as they are written, null and missing are empty.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/config/map.h"
#include "common/status.h"
#include "terminal/fault.h"

struct named_cell {
    struct span name, value;
};

// Everything is lent until the next rows_next.
struct row {
    uint64_t number;          // of the rows of data, from 0
    unsigned line;            // in the file, from 1
    const struct span *cells; // by map->columns
    // When the natural key is made of all columns: those, ascending name.
    size_t all_count;
    const struct named_cell *all;
};

struct rows;

// rows_open reads ahead to the header.  The format is the file's ending (.csv,
// .jsonl, .ndjson).  STATUS_NOT_FOUND: it cannot be read; STATUS_MALFORMED: not
// a file for this map; fault says why.
MUST_USE enum status rows_open(struct rows **out, const char *path,
                               const struct import_map *map,
                               struct fault *fault);
void rows_close(struct rows *rows); // NULL is fine

// rows_next: STATUS_AGAIN at the end; STATUS_MALFORMED for a broken row, of
// which row->number and row->line hold, and fault says what is wrong.
MUST_USE enum status rows_next(struct rows *rows, struct row *row,
                               struct fault *fault);

// rows_done tells how far reading is: bytes and of how many.
void rows_done(const struct rows *rows, uint64_t *bytes, uint64_t *total);
