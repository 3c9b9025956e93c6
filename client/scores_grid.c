// SPDX-License-Identifier: Apache-2.0
#include "client/scores_grid.h"

#include <stdlib.h>
#include <string.h>

#include "common/domain/sort.h"

static const struct grid_column columns[SCORES_GRID_COLUMNS] = {
    {.key = "rank", .kind = GRID_WHOLE},
    {.key = "dealer"},
    {.key = "name", .is_last_on_line = true},
    {.key = "score", .kind = GRID_DECIMAL},
    {.key = "score_ratio_ppm", .kind = GRID_WHOLE, .importance = 4},
    {.key = "ratio_ppm", .kind = GRID_WHOLE, .importance = 3},
    {.key = "rate_ppm", .kind = GRID_WHOLE, .importance = 1},
    {.key = "insufficient", .kind = GRID_WHOLE, .importance = 5},
    {.key = "review", .kind = GRID_WHOLE, .importance = 5}};

static void
fill(const void *context, size_t row, struct grid_cell *cells)
{
    const struct scores_grid *grid = context;
    const struct scores_row *dealer = &grid->scores->rows[grid->order[row]];
    const struct scheme_outcome *outcome = &dealer->outcome;

    if (dealer->rank > 0)
        grid_set_whole(&cells[0], dealer->rank);
    grid_set_text(&cells[1], dealer->dealer);
    grid_set_text(&cells[2], dealer->name);
    grid_set_decimal(&cells[SCORES_GRID_SCORE], outcome->score.has_value,
                     outcome->score.score_micro);
    if (outcome->score.has_value)
        grid_set_whole(&cells[4], outcome->ratio_ppm);
    grid_set_whole(&cells[5], outcome->gates.ratio_ppm);
    grid_set_whole(&cells[6], dealer->rate_ppm);
    grid_set_whole(&cells[7], outcome->gates.insufficient);
    grid_set_whole(&cells[8], outcome->gates.review);
}

static bool
stands_before(const void *a, const void *b, const void *rule)
{
    const struct scores *scores = rule;
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    // Rank 0, none, comes last; rows are by id already.
    uint32_t one = scores->rows[left].rank - 1;
    uint32_t other = scores->rows[right].rank - 1;

    return one != other ? one < other : left < right;
}

enum status
scores_grid_init(struct scores_grid *out, const struct scores *scores)
{
    *out = (struct scores_grid){.scores = scores,
                                .grid = {.name = "Statements",
                                         .column_count = SCORES_GRID_COLUMNS,
                                         .columns = columns,
                                         .row_count = scores->count,
                                         .fill = fill,
                                         .context = out}};
    out->order = calloc(scores->count + 1, sizeof *out->order);
    if (!out->order)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < scores->count; i++) {
        out->order[i] = (uint32_t)i;
        out->ranked += scores->rows[i].rank > 0;
    }
    sort_rows(out->order, scores->count, sizeof *out->order, stands_before,
              scores);
    return STATUS_OK;
}

void
scores_grid_fini(struct scores_grid *grid)
{
    free(grid->order);
    *grid = (struct scores_grid){0};
}
