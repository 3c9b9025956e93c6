// SPDX-License-Identifier: Apache-2.0
#include "client/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/ranking_grid.h"
#include "client/render_spread.h"

bool
render_format_of(const char *name, enum render_format *format)
{
    static const char *const names[] = {
        [RENDER_TABLE] = "table", [RENDER_JSON] = "json", [RENDER_CSV] = "csv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum render_format)i;
            return true;
        }
    return false;
}

// --- JSON --------------------------------------------------------------------

void
render_head(const struct ranking *ranking, struct buffer *text)
{
    buffer_put(text, "\"period\":");
    buffer_json(text, ranking->period);
    buffer_put(text, ",\"kpi\":");
    buffer_json(text, ranking->rule.id);
    buffer_put(text, ",\"scope\":");
    buffer_json(text, ranking->scope);
    buffer_format(text, ",\"position\":%" PRIu64, ranking->position);
}

void
render_rows(const struct ranking *ranking, struct buffer *text)
{
    struct ranking_grid rows;

    ranking_grid_init(&rows, ranking);
    struct grid_cell *cells = grid_cells_alloc(&rows.grid);
    text->failed |= !cells;
    if (!cells)
        return;
    buffer_put(text, "\"rows\":");
    grid_json_rows(&rows.grid, ranking->row_count, text);
    grid_take(&rows.grid, ranking->row_count, cells);
    buffer_put(text, ",\n\"total\":{");
    grid_json_cells(&rows.grid, cells, rows.figures_first, rows.figures_count,
                    text);
    buffer_put(text, "}");
    free(cells);
}

static void
render_json(const struct ranking *ranking, struct buffer *text)
{
    buffer_put(text, "{");
    render_head(ranking, text);
    buffer_format(text, ",\"open\":%s", ranking->open ? "true" : "false");
    if (ranking->rule.form == KPI_SLA && ranking->open)
        buffer_format(text, ",\"unanswered\":%" PRId64, ranking->unanswered);
    spread_json(ranking, text);
    buffer_put(text, ",\n");
    render_rows(ranking, text);
    buffer_put(text, "}\n");
}

// --- Table -------------------------------------------------------------------

void
render_table(const struct ranking *ranking, const struct grid_look *look,
             struct buffer *text)
{
    struct ranking_grid rows;

    buffer_format(text, "# %s (%s)  period %s  scope ", ranking->rule.name_en,
                  ranking->rule.id, ranking->period);
    buffer_plain(text, ranking->scope);
    buffer_format(text, "  position %" PRIu64 "\n", ranking->position);
    if (ranking->open)
        buffer_put(text, "# still open: figures of this period may change\n");
    if (ranking->open && ranking->rule.form == KPI_SLA)
        buffer_format(
            text,
            "# no answer yet, counted when the period closes: %" PRId64 "\n",
            ranking->unanswered);
    spread_table(ranking, text);
    ranking_grid_init(&rows, ranking);
    grid_table(&rows.grid, look, text);
}

void
render(const struct ranking *ranking, enum render_format format,
       struct buffer *text)
{
    static const struct grid_look unlimited = {0};
    struct ranking_grid rows;

    switch (format) {
    case RENDER_JSON:
        render_json(ranking, text);
        return;
    case RENDER_CSV:
        ranking_grid_init(&rows, ranking);
        grid_csv(&rows.grid, text);
        return;
    case RENDER_TABLE:
        render_table(ranking, &unlimited, text);
        return;
    }
}
