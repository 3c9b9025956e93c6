// SPDX-License-Identifier: Apache-2.0
//
// sheet: a CSV text whose first line names its columns.
//
// Columns are found by name, in whatever order they stand; those nobody asks
// for are passed over.  Spaces around names and cells do not count.  What is
// wrong is told with file, line and column (problem.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/config/csv.h"
#include "common/config/pool.h"
#include "common/config/problem.h"

enum { SHEET_COLUMNS_MAX = 1024 };

struct sheet {
    struct csv csv;
    const char *file;
    struct problems *problems;
    struct pool pool; // the names: cells are only lent until the next row
    size_t column_count;
    const char **names;
    struct span cells[SHEET_COLUMNS_MAX]; // of the row last read
};

// sheet_open reads the first line.  text, file and problems must stay until
// sheet_close, which is due whatever the outcome.  STATUS_MALFORMED when there
// is no such line.
MUST_USE enum status sheet_open(struct sheet *sheet, struct span text,
                                const char *file, struct problems *problems);
void sheet_close(struct sheet *sheet);

// sheet_find finds the column of a name.  False when there is none; a name
// that is there twice is told as a problem as well.
bool sheet_find(struct sheet *sheet, const char *name, size_t *column);

// sheet_next reads the next row; its cells are lent until the next call.
// STATUS_AGAIN at the end; STATUS_MALFORMED, told, for a row that is no row or
// has more or fewer cells than there are names: reading can go on.
MUST_USE enum status sheet_next(struct sheet *sheet);

// sheet_tell tells a problem of the row last read, at a column.
__attribute__((format(printf, 3, 4))) void
sheet_tell(struct sheet *sheet, size_t column, const char *format, ...);

// sheet_whole reads a cell of digits between 0 and max.  An empty cell gives
// false in *there.  False, and told, when it is anything else.
bool sheet_whole(struct sheet *sheet, size_t column, int64_t max, bool *there,
                 int64_t *value);
