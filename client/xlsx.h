// SPDX-License-Identifier: Apache-2.0
//
// xlsx: a grid as an Excel file (XLSX): sheets with typed cells, a frozen
// heading and filters; a chart; and the imprint.
//
// Rows go to disk as they are written, so that memory does not grow with them;
// beyond what a sheet can hold another one follows.  Text stays text: a cell
// never becomes a formula.  The only file that sees libxlsxwriter.
#pragma once

#include "client/grid.h"
#include "client/imprint.h"

// What the chart shows: rows first..first + count - 1 of the first sheet, with
// the names in one column and the values in others; count 0: no chart.
struct xlsx_chart {
    const char *title;
    size_t first, count;
    size_t names, values; // columns
    size_t across;        // 0, or so many columns of one row from `values` on
};

struct xlsx;

// xlsx_open begins a file; the path may lead anywhere, also to an open
// descriptor (/proc/self/fd/N).  STATUS_SYSTEM: no memory.
MUST_USE enum status xlsx_open(struct xlsx **out, const char *path,
                               const struct grid *grid);

// xlsx_row adds the next row of the grid.
MUST_USE enum status xlsx_row(struct xlsx *xlsx, const struct grid_cell *cells);

// xlsx_close adds chart and imprint, writes the file and ends the workbook,
// whatever it returns.  STATUS_SYSTEM: no memory, or no room for the file or
// the library's temporary ones.
MUST_USE enum status xlsx_close(struct xlsx *xlsx,
                                const struct xlsx_chart *chart,
                                const struct imprint *imprint);

// xlsx_abort ends it without a file that can be used; NULL is fine.
void xlsx_abort(struct xlsx *xlsx);
