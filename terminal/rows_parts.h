// SPDX-License-Identifier: Apache-2.0
//
// rows_parts: what the two kinds of rows share.  Private to them.
#pragma once

#include <jansson.h>

#include "common/config/csv.h"
#include "terminal/rows.h"
#include "terminal/scratch.h"

enum { ROW_TEXT_MAX = 1 << 20 };

struct rows {
    const struct import_map *map;
    const char *data; // the file, mapped
    size_t size;
    uint64_t number; // rows of data so far
    bool is_json;

    struct csv csv;
    size_t header_count;
    struct span *header, *record;  // MAP_COLUMNS_MAX each
    size_t place[MAP_COLUMNS_MAX]; // map column -> cell
    size_t sorted_count;
    size_t sorted[MAP_COLUMNS_MAX]; // cells by ascending name

    size_t offset; // JSONL
    unsigned line;
    json_t *object;
    struct scratch texts;

    struct span *cells;     // MAP_COLUMNS_MAX
    struct named_cell *all; // MAP_COLUMNS_MAX
};

MUST_USE enum status csv_rows_start(struct rows *rows, struct fault *fault);
MUST_USE enum status csv_rows_next(struct rows *rows, struct row *row,
                                   struct fault *fault);
MUST_USE enum status json_rows_next(struct rows *rows, struct row *row,
                                    struct fault *fault);

// key_is_all_columns tells whether the natural key is made of all columns but
// some; key_leaves_out, whether one of them is left out.
bool key_is_all_columns(const struct natural_key *key);
bool key_leaves_out(const struct natural_key *key, struct span name);

// names_compare orders names by their bytes.
int names_compare(struct span a, struct span b);
