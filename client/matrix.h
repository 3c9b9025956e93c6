// SPDX-License-Identifier: Apache-2.0
//
// matrix: every KPI of every dealer in a scope over a period: its value, how
// many answers are behind it, and its rank.
//
// Dealers stand in the order of the ranking of the selection's KPI, the total
// of the scope last.
#pragma once

#include "client/grid.h"
#include "client/selection.h"

struct matrix_cell {
    int64_t value_micro, n;
    uint32_t rank; // 0: not ranked
    bool has_value;
};

struct matrix {
    struct grid grid; // lent by the matrix
    struct grid_column *columns;
    uint64_t position;
    bool open;
    size_t ranked; // by the selection's KPI: they come first
    size_t chosen; // the column of its value
    size_t kpi_count;
    struct kpi_rule *rules;
    size_t dealer_count;
    const struct figures_dealer **dealers; // in their order
    struct matrix_cell *cells; // by KPI, then dealer, the total behind them
    struct figures *figures;   // what everything lends from
};

// matrix_open makes it; the material needs its table and must outlive it.
// STATUS_FULL, STATUS_SYSTEM: as figures_open.
MUST_USE enum status matrix_open(struct matrix **out,
                                 const struct material *material,
                                 const struct selection *selection);
void matrix_close(struct matrix *matrix); // NULL is fine
