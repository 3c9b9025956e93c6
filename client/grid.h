// SPDX-License-Identifier: Apache-2.0
//
// grid: a table of figures, whoever shows it: a ranking, every KPI of every
// dealer, a scorecard.
//
// Columns say what they hold; rows are filled one at a time, so that no grid is
// ever in memory as text.  CSV, JSON, the table of a terminal (grid_table.h)
// and a workbook's sheet (xlsx.h) all come from the same cells.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/buffer.h"
#include "common/status.h"

enum grid_kind {
    GRID_TEXT,
    GRID_WHOLE,   // a whole number
    GRID_DECIMAL, // micro: six places behind the point
};

enum { GRID_KEY_MAX = 47 };

struct grid_column {
    char key[GRID_KEY_MAX + 1]; // heading of CSV and sheet, name in JSON
    enum grid_kind kind;
    uint8_t importance;   // on a narrow screen the highest go first; 0: stays
    bool is_last_on_line; // of a terminal's table: text of any width
    bool is_optional;     // JSON leaves it out where nothing is there
};

struct grid_cell {
    bool is_there;
    const char *text; // GRID_TEXT, lent until the next row is filled
    int64_t number;   // whole, or micro
};

struct grid {
    const char *name; // of a sheet: "Ranking"
    size_t column_count, row_count;
    const struct grid_column *columns;
    // fill fills column_count cells, all of them zeroed before.
    void (*fill)(const void *context, size_t row, struct grid_cell *cells);
    const void *context;
};

// What a row is taken into, and taken from: as many cells as columns.
struct grid_cell *grid_cells_alloc(const struct grid *grid); // NULL: no memory
void grid_take(const struct grid *grid, size_t row, struct grid_cell *cells);

// A cell's setters: text NULL, and micro of what is not there, leave it empty.
void grid_set_text(struct grid_cell *cell, const char *text);
void grid_set_whole(struct grid_cell *cell, int64_t number);
void grid_set_decimal(struct grid_cell *cell, bool is_there, int64_t micro);

// grid_cell_text gives what a cell says, NULL when nothing is there; whole and
// decimal numbers are written to `made`.
enum { GRID_TEXT_MAX = 40 };
const char *grid_cell_text(const struct grid_column *column,
                           const struct grid_cell *cell,
                           char made[GRID_TEXT_MAX]);

// A line of CSV (RFC 4180), ended with CR LF; text never becomes a formula.
void grid_csv_head(const struct grid *grid, struct buffer *text);
void grid_csv_row(const struct grid *grid, const struct grid_cell *cells,
                  struct buffer *text);

// grid_json_cells writes `"key":value` of `count` columns from `first` on,
// commas between them: decimals as strings, nothing as null.
void grid_json_cells(const struct grid *grid, const struct grid_cell *cells,
                     size_t first, size_t count, struct buffer *text);

// grid_json_rows writes `[{...},{...}]`, rows 0..count-1.
void grid_json_rows(const struct grid *grid, size_t count, struct buffer *text);

// grid_csv writes all of it.
void grid_csv(const struct grid *grid, struct buffer *text);
