// SPDX-License-Identifier: Apache-2.0
//
// scorecard_grid: a dealer's scorecard as a grid, a row for each KPI.
#pragma once

#include "client/grid.h"
#include "client/scorecard.h"

enum { SCORECARD_GRID_FIRST = 12 }; // the column of the oldest month

struct scorecard_grid {
    struct grid grid;
    struct grid_column columns[SCORECARD_GRID_FIRST + SCORECARD_MONTHS];
};

// scorecard_grid_init makes it; `out` may not move afterwards, and lends from
// the scorecard.
void scorecard_grid_init(struct scorecard_grid *out,
                         const struct scorecard *scorecard);
