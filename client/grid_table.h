// SPDX-License-Identifier: Apache-2.0
//
// grid_table: a grid for people in front of a terminal.
//
// Columns are aligned by the width of their characters, "-" stands for nothing
// and the column that is last on its line comes last.  A screen too narrow for
// all columns loses the least important ones; the last column is cut.
#pragma once

#include "client/grid.h"

struct grid_look {
    size_t width;   // columns of the screen; 0: no limit
    size_t rows;    // at most so many; 0: all
    bool is_colour; // headings are bold
};

// grid_table adds a heading and the rows.
void grid_table(const struct grid *grid, const struct grid_look *look,
                struct buffer *text);
