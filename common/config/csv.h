// SPDX-License-Identifier: Apache-2.0
//
// csv: RFC 4180 records of a text in memory.
//
// LF, CRLF or CR ends a record; quoted cells may hold separators, line ends and
// doubled quotes; a BOM is skipped; empty lines are no records.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

struct csv {
    struct span text;
    uint32_t offset;
    char separator;
    unsigned line;       // of the record last read, from 1
    unsigned column;     // on STATUS_MALFORMED: the cell, from 1
    const char *problem; // on STATUS_MALFORMED: a constant sentence
    unsigned next_line;
    char *scratch; // unquoted cells that had doubled quotes
    size_t scratch_used, scratch_capacity;
};

void csv_init(struct csv *csv, struct span text, char separator);
void csv_fini(struct csv *csv);

// csv_next reads one record into cells, lent until the next call, and their
// number.  STATUS_AGAIN at the end.  STATUS_MALFORMED for a broken record or
// one with more than max cells; reading goes on with the next line.
MUST_USE enum status csv_next(struct csv *csv, struct span *cells, size_t max,
                              size_t *count);
