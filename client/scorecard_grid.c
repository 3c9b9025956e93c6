// SPDX-License-Identifier: Apache-2.0
#include "client/scorecard_grid.h"

#include <stdio.h>
#include <string.h>

static void
set_value(struct grid_cell *cell, const struct kpi *kpi)
{
    grid_set_decimal(cell, kpi->has_value, kpi->value_micro);
}

static void
fill(const void *context, size_t row, struct grid_cell *cells)
{
    const struct scorecard *scorecard = context;
    const struct scorecard_line *line = &scorecard->lines[row];
    struct grid_cell *at = cells;

    grid_set_text(at++, line->rule.id);
    grid_set_text(at++, line->rule.name_en);
    grid_set_text(at++, line->rule.name_zh);
    set_value(at++, &line->kpi);
    grid_set_whole(at++, line->kpi.n);
    grid_set_whole(at++, line->kpi.num);
    grid_set_whole(at++, line->kpi.den);
    if (line->rank > 0)
        grid_set_whole(at, line->rank);
    at++;
    grid_set_whole(at++, line->ranked);
    set_value(at++, &line->total);
    set_value(at++, &line->previous);
    grid_set_text(at++, line->reason);
    for (size_t i = 0; i < SCORECARD_MONTHS; i++)
        set_value(at++, &line->months[i]);
}

void
scorecard_grid_init(struct scorecard_grid *out,
                    const struct scorecard *scorecard)
{
    static const struct grid_column columns[SCORECARD_GRID_FIRST] = {
        {.key = "kpi"},
        {.key = "name_en", .importance = 9},
        {.key = "name_zh", .importance = 9},
        {.key = "value", .kind = GRID_DECIMAL},
        {.key = "n", .kind = GRID_WHOLE, .importance = 2},
        {.key = "num", .kind = GRID_WHOLE, .importance = 8},
        {.key = "den", .kind = GRID_WHOLE, .importance = 8},
        {.key = "rank", .kind = GRID_WHOLE, .importance = 1},
        {.key = "ranked", .kind = GRID_WHOLE, .importance = 3},
        {.key = "all", .kind = GRID_DECIMAL, .importance = 4},
        {.key = "before", .kind = GRID_DECIMAL, .importance = 5},
        {.key = "reason", .importance = 6}};

    *out = (struct scorecard_grid){
        .grid = {.name = "Dealer",
                 .column_count = sizeof out->columns / sizeof *out->columns,
                 .columns = out->columns,
                 .row_count = scorecard->line_count,
                 .fill = fill,
                 .context = scorecard}};
    memcpy(out->columns, columns, sizeof columns);
    for (size_t i = 0; i < SCORECARD_MONTHS; i++) {
        struct grid_column *month = &out->columns[SCORECARD_GRID_FIRST + i];
        char name[PERIOD_TEXT_MAX];
        month_name(scorecard->months[i], name);
        month->kind = GRID_DECIMAL;
        month->importance = 10;
        snprintf(month->key, sizeof month->key, "%s", name);
    }
}
