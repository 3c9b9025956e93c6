// SPDX-License-Identifier: Apache-2.0
#include "client/grid_table.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "client/text_width.h"

enum { GAP = 2, LAST_LEAST = 8 };

struct layout {
    const struct grid *grid;
    const struct grid_look *look;
    size_t rows;
    size_t *widths; // of each column; 0: left out
    size_t *order;  // columns as they stand on a line
    size_t shown;   // how many of them
    struct grid_cell *cells;
};

static const char *
cell_text(const struct layout *layout, size_t column, char made[GRID_TEXT_MAX])
{
    const char *said = grid_cell_text(&layout->grid->columns[column],
                                      &layout->cells[column], made);
    return said && said[0] ? said : "-";
}

static void
measure(struct layout *layout)
{
    const struct grid *grid = layout->grid;
    char made[GRID_TEXT_MAX];

    for (size_t i = 0; i < grid->column_count; i++)
        layout->widths[i] = strlen(grid->columns[i].key);
    for (size_t row = 0; row < layout->rows; row++) {
        grid_take(grid, row, layout->cells);
        for (size_t i = 0; i < grid->column_count; i++) {
            size_t width = text_width(cell_text(layout, i, made));
            if (width > layout->widths[i])
                layout->widths[i] = width;
        }
    }
}

// least finds the least important column that is still shown, the rightmost of
// equals; column_count when the rest has to stay.
static size_t
least(const struct layout *layout)
{
    const struct grid *grid = layout->grid;
    size_t found = grid->column_count;
    uint8_t highest = 1;

    for (size_t i = 0; i < grid->column_count; i++)
        if (layout->widths[i] > 0 && grid->columns[i].importance >= highest) {
            highest = grid->columns[i].importance;
            found = i;
        }
    return found;
}

// needed is the width of a line, but for the last column.
static size_t
needed(const struct layout *layout)
{
    const struct grid *grid = layout->grid;
    size_t width = 0;

    for (size_t i = 0; i < grid->column_count; i++) {
        size_t own = layout->widths[i];
        if (grid->columns[i].is_last_on_line && own > LAST_LEAST)
            own = LAST_LEAST; // less of a name will not do
        width += own > 0 ? own + GAP : 0;
    }
    return width;
}

static void
fit(struct layout *layout)
{
    const struct grid *grid = layout->grid;
    size_t limit = layout->look->width, column;

    while (limit > 0 && needed(layout) > limit + GAP &&
           (column = least(layout)) < grid->column_count)
        layout->widths[column] = 0;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < grid->column_count; i++)
            if (layout->widths[i] > 0 &&
                grid->columns[i].is_last_on_line == (pass == 1))
                layout->order[layout->shown++] = i;
}

// cut_last leaves the last column what is left of the line.
static void
cut_last(struct layout *layout)
{
    size_t last = layout->order[layout->shown - 1], before = 0;

    for (size_t i = 0; i + 1 < layout->shown; i++)
        before += layout->widths[layout->order[i]] + GAP;
    if (layout->look->width > before &&
        layout->widths[last] > layout->look->width - before)
        layout->widths[last] = layout->look->width - before;
}

static void
put_cell(const struct layout *layout, size_t place, const char *said,
         struct buffer *text)
{
    size_t column = layout->order[place];
    bool is_last = place + 1 == layout->shown;
    bool right = layout->grid->columns[column].kind != GRID_TEXT;

    buffer_put(text, place > 0 ? "  " : "");
    if (is_last && !right && text_width(said) <= layout->widths[column])
        buffer_plain(text, said); // no spaces at the end of a line
    else
        text_fit(text, said, layout->widths[column], right);
}

static void
put_head(const struct layout *layout, struct buffer *text)
{
    char heading[GRID_KEY_MAX + 1];

    buffer_put(text, layout->look->is_colour ? "\033[1m" : "");
    for (size_t i = 0; i < layout->shown; i++) {
        const char *key = layout->grid->columns[layout->order[i]].key;
        for (size_t j = 0; j <= strlen(key); j++)
            heading[j] = (char)toupper((unsigned char)key[j]);
        put_cell(layout, i, heading, text);
    }
    buffer_put(text, layout->look->is_colour ? "\033[0m\n" : "\n");
}

static void
put_row(const struct layout *layout, struct buffer *text)
{
    char made[GRID_TEXT_MAX];

    for (size_t i = 0; i < layout->shown; i++)
        put_cell(layout, i, cell_text(layout, layout->order[i], made), text);
    buffer_put(text, "\n");
}

static void
put_all(struct layout *layout, struct buffer *text)
{
    measure(layout);
    fit(layout);
    if (layout->shown == 0)
        return;
    cut_last(layout);
    put_head(layout, text);
    for (size_t row = 0; row < layout->rows; row++) {
        grid_take(layout->grid, row, layout->cells);
        put_row(layout, text);
    }
}

void
grid_table(const struct grid *grid, const struct grid_look *look,
           struct buffer *text)
{
    struct layout layout = {
        .grid = grid, .look = look, .rows = grid->row_count};

    if (look->rows > 0 && look->rows < layout.rows)
        layout.rows = look->rows;
    layout.widths = calloc(grid->column_count + 1, sizeof *layout.widths);
    layout.order = calloc(grid->column_count + 1, sizeof *layout.order);
    layout.cells = grid_cells_alloc(grid);
    if (layout.widths && layout.order && layout.cells)
        put_all(&layout, text);
    else
        text->failed = true;
    free(layout.widths);
    free(layout.order);
    free(layout.cells);
}
