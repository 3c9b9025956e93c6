// SPDX-License-Identifier: Apache-2.0
#include "client/grid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/domain/kpi.h"

struct grid_cell *
grid_cells_alloc(const struct grid *grid)
{
    return calloc(grid->column_count + 1, sizeof(struct grid_cell));
}

void
grid_take(const struct grid *grid, size_t row, struct grid_cell *cells)
{
    memset(cells, 0, grid->column_count * sizeof *cells);
    grid->fill(grid->context, row, cells);
}

void
grid_set_text(struct grid_cell *cell, const char *text)
{
    cell->is_there = text != NULL;
    cell->text = text;
}

void
grid_set_whole(struct grid_cell *cell, int64_t number)
{
    cell->is_there = true;
    cell->number = number;
}

void
grid_set_decimal(struct grid_cell *cell, bool is_there, int64_t micro)
{
    cell->is_there = is_there;
    cell->number = micro;
}

const char *
grid_cell_text(const struct grid_column *column, const struct grid_cell *cell,
               char made[GRID_TEXT_MAX])
{
    _Static_assert((int)GRID_TEXT_MAX >= (int)KPI_TEXT_MAX, "a decimal fits");
    if (!cell->is_there)
        return NULL;
    switch (column->kind) {
    case GRID_TEXT:
        return cell->text;
    case GRID_WHOLE:
        snprintf(made, GRID_TEXT_MAX, "%" PRId64, cell->number);
        return made;
    case GRID_DECIMAL:
        kpi_text(cell->number, made);
        return made;
    }
    abort(); // every kind is listed above
}

// --- CSV ---------------------------------------------------------------------

void
grid_csv_head(const struct grid *grid, struct buffer *text)
{
    for (size_t i = 0; i < grid->column_count; i++) {
        buffer_put(text, i > 0 ? "," : "");
        buffer_csv(text, grid->columns[i].key);
    }
    buffer_put(text, "\r\n");
}

void
grid_csv_row(const struct grid *grid, const struct grid_cell *cells,
             struct buffer *text)
{
    char made[GRID_TEXT_MAX];

    for (size_t i = 0; i < grid->column_count; i++) {
        const struct grid_column *column = &grid->columns[i];
        const char *said = grid_cell_text(column, &cells[i], made);
        buffer_put(text, i > 0 ? "," : "");
        if (said && column->kind == GRID_TEXT)
            buffer_csv(text, said);
        else if (said) // a number: its sign is no formula
            buffer_put(text, said);
    }
    buffer_put(text, "\r\n");
}

void
grid_csv(const struct grid *grid, struct buffer *text)
{
    struct grid_cell *cells = grid_cells_alloc(grid);

    text->failed |= !cells;
    if (!cells)
        return;
    grid_csv_head(grid, text);
    for (size_t row = 0; row < grid->row_count; row++) {
        grid_take(grid, row, cells);
        grid_csv_row(grid, cells, text);
    }
    free(cells);
}

// --- JSON --------------------------------------------------------------------

static void
json_cell(const struct grid_column *column, const struct grid_cell *cell,
          struct buffer *text)
{
    char made[GRID_TEXT_MAX];
    const char *said = grid_cell_text(column, cell, made);

    buffer_put(text, "\"");
    buffer_put(text, column->key);
    buffer_put(text, "\":");
    if (said && column->kind == GRID_WHOLE)
        buffer_put(text, said);
    else
        buffer_json(text, said);
}

void
grid_json_cells(const struct grid *grid, const struct grid_cell *cells,
                size_t first, size_t count, struct buffer *text)
{
    bool any = false;

    for (size_t i = first; i < first + count; i++) {
        if (grid->columns[i].is_optional && !cells[i].is_there)
            continue;
        buffer_put(text, any ? "," : "");
        json_cell(&grid->columns[i], &cells[i], text);
        any = true;
    }
}

void
grid_json_rows(const struct grid *grid, size_t count, struct buffer *text)
{
    struct grid_cell *cells = grid_cells_alloc(grid);

    text->failed |= !cells;
    if (!cells)
        return;
    buffer_put(text, "[");
    for (size_t row = 0; row < count; row++) {
        grid_take(grid, row, cells);
        buffer_put(text, row > 0 ? ",\n{" : "\n{");
        grid_json_cells(grid, cells, 0, grid->column_count, text);
        buffer_put(text, "}");
    }
    buffer_put(text, "]");
    free(cells);
}
