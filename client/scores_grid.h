// SPDX-License-Identifier: Apache-2.0
//
// scores_grid: where every dealer of a period stands in the rebate, as a grid:
// rank, score, ratios and the rate paid, what is provisional about it; the best
// score first.
#pragma once

#include "client/grid.h"
#include "client/scores.h"

enum { SCORES_GRID_COLUMNS = 9, SCORES_GRID_SCORE = 3 };

struct scores_grid {
    struct grid grid;
    const struct scores *scores; // lent
    uint32_t *order;             // rows by rank, then id
    size_t ranked;
};

// scores_grid_init makes it; `out` may not move until scores_grid_fini.
// STATUS_SYSTEM: no memory.
MUST_USE enum status scores_grid_init(struct scores_grid *out,
                                      const struct scores *scores);
void scores_grid_fini(struct scores_grid *grid);
