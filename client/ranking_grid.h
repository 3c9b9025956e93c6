// SPDX-License-Identifier: Apache-2.0
//
// ranking_grid: a ranking as a grid; its last row is the total.
//
// rank, dealer, name, value, n, num, den, reason; then flag of a KPI with one,
// and above, equal, below of one of form gap; then, of a weighed ranking,
// estimate, credibility, low, high, rank_first, rank_last, band.
#pragma once

#include "client/grid.h"
#include "client/ranking.h"

enum { RANKING_GRID_COLUMNS = 19 };

struct ranking_grid {
    struct grid grid;
    struct grid_column columns[RANKING_GRID_COLUMNS];
    const struct ranking *ranking; // lent
    // The columns that a total has, too.
    size_t figures_first, figures_count;
};

// ranking_grid_init makes it; `out` may not move afterwards.
void ranking_grid_init(struct ranking_grid *out, const struct ranking *ranking);
