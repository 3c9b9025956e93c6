// SPDX-License-Identifier: Apache-2.0
#include "client/ranking_grid.h"

static const struct grid_column dealer_columns[] = {
    {.key = "rank", .kind = GRID_WHOLE},
    {.key = "dealer"},
    {.key = "name", .is_last_on_line = true}};

static const struct grid_column figure_columns[] = {
    {.key = "value", .kind = GRID_DECIMAL},
    {.key = "n", .kind = GRID_WHOLE, .importance = 1},
    {.key = "num", .kind = GRID_WHOLE, .importance = 8},
    {.key = "den", .kind = GRID_WHOLE, .importance = 8},
    {.key = "reason", .importance = 4, .is_optional = true}};

static const struct grid_column flag_columns[] = {
    {.key = "flag", .importance = 5}};

static const struct grid_column side_columns[] = {
    {.key = "above", .kind = GRID_WHOLE, .importance = 6},
    {.key = "equal", .kind = GRID_WHOLE, .importance = 6},
    {.key = "below", .kind = GRID_WHOLE, .importance = 6}};

static const struct grid_column estimate_columns[] = {
    {.key = "estimate", .kind = GRID_DECIMAL, .importance = 5},
    {.key = "credibility", .kind = GRID_DECIMAL, .importance = 9},
    {.key = "low", .kind = GRID_DECIMAL, .importance = 7},
    {.key = "high", .kind = GRID_DECIMAL, .importance = 7},
    {.key = "rank_first", .kind = GRID_WHOLE, .importance = 2},
    {.key = "rank_last", .kind = GRID_WHOLE, .importance = 2},
    {.key = "band", .importance = 3}};

#define ADD(grid, list) add(grid, list, sizeof(list) / sizeof *(list))

static void
add(struct ranking_grid *to, const struct grid_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to->columns[to->grid.column_count++] = columns[i];
}

// Cells are filled from left to right, as the columns were added.
static void
fill_figures(const struct ranking *ranking, const struct kpi *kpi,
             const char *reason, struct grid_cell **at)
{
    grid_set_decimal((*at)++, kpi->has_value, kpi->value_micro);
    grid_set_whole((*at)++, kpi->n);
    grid_set_whole((*at)++, kpi->num);
    grid_set_whole((*at)++, kpi->den);
    grid_set_text((*at)++, reason);
    if (ranking->rule.flag_ppm > 0)
        grid_set_text((*at)++, ranking_flag(&ranking->rule, kpi));
    if (ranking->rule.form == KPI_GAP) {
        grid_set_whole((*at)++, kpi->above);
        grid_set_whole((*at)++, kpi->equal);
        grid_set_whole((*at)++, kpi->below);
    }
}

static void
fill_estimate(const struct rank_row *row, struct grid_cell *at)
{
    const struct estimate *estimate = &row->estimate;

    grid_set_decimal(at++, estimate->has_value, estimate->value_micro);
    grid_set_decimal(at++, estimate->has_value, estimate->weight_micro);
    grid_set_decimal(at++, estimate->has_value, estimate->low_micro);
    grid_set_decimal(at++, estimate->has_value, estimate->high_micro);
    if (estimate->first == 0)
        return;
    grid_set_whole(at++, estimate->first);
    grid_set_whole(at++, estimate->last);
    grid_set_text(at, band_name(estimate->band));
}

static void
fill(const void *context, size_t index, struct grid_cell *cells)
{
    const struct ranking *ranking = context;
    struct grid_cell *at = cells;
    const struct rank_row total = {.dealer = "TOTAL",
                                   .name = ranking->scope,
                                   .kpi = ranking->total,
                                   .reason = ranking->total_reason};
    const struct rank_row *row =
        index < ranking->row_count ? &ranking->rows[index] : &total;

    if (row->rank > 0)
        grid_set_whole(at, row->rank);
    at++;
    grid_set_text(at++, row->dealer);
    grid_set_text(at++, row->name);
    fill_figures(ranking, &row->kpi, row->reason, &at);
    if (ranking->is_weighed)
        fill_estimate(row, at);
}

void
ranking_grid_init(struct ranking_grid *out, const struct ranking *ranking)
{
    *out = (struct ranking_grid){.ranking = ranking};
    ADD(out, dealer_columns);
    out->figures_first = out->grid.column_count;
    ADD(out, figure_columns);
    if (ranking->rule.flag_ppm > 0)
        ADD(out, flag_columns);
    if (ranking->rule.form == KPI_GAP)
        ADD(out, side_columns);
    out->figures_count = out->grid.column_count - out->figures_first;
    if (ranking->is_weighed)
        ADD(out, estimate_columns);
    out->grid.name = "Ranking";
    out->grid.columns = out->columns;
    out->grid.row_count = ranking->row_count + 1;
    out->grid.fill = fill;
    out->grid.context = ranking;
}
