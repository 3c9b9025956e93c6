// SPDX-License-Identifier: Apache-2.0
#include "client/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum { SHEET_ROWS = LXW_ROW_MAX - 1, SHEET_NAME_MAX = 32 };

// Numbers beyond this are no longer exact in a cell.
#define EXACT_MAX (INT64_C(1) << 53)

struct xlsx {
    const struct grid *grid;
    lxw_workbook *book;
    lxw_format *heading, *decimal, *whole;
    lxw_worksheet *sheet; // the one being filled
    unsigned sheets;      // so far
    lxw_row_t row;        // the next one
    char first[SHEET_NAME_MAX];
};

static void
make_formats(struct xlsx *xlsx)
{
    xlsx->heading = workbook_add_format(xlsx->book);
    format_set_bold(xlsx->heading);
    format_set_bottom(xlsx->heading, LXW_BORDER_THIN);
    xlsx->decimal = workbook_add_format(xlsx->book);
    format_set_num_format(xlsx->decimal, "0.000000");
    xlsx->whole = workbook_add_format(xlsx->book);
    format_set_num_format(xlsx->whole, "0");
}

static double
width_of(const struct grid_column *column)
{
    if (column->is_last_on_line)
        return 34;
    size_t least = column->kind == GRID_DECIMAL ? 12 : 9;
    size_t heading = strlen(column->key) + 3; // and the filter's button
    return (double)(heading > least ? heading : least);
}

// sheet_name: "ranking", then "ranking 2"...
static void
sheet_name(const struct xlsx *xlsx, const struct grid *grid,
           char name[SHEET_NAME_MAX])
{
    if (xlsx->sheets == 0)
        snprintf(name, SHEET_NAME_MAX, "%.20s", grid->name);
    else
        snprintf(name, SHEET_NAME_MAX, "%.20s %u", grid->name,
                 xlsx->sheets + 1);
}

// begin_sheet starts a sheet with the headings of a grid.
static bool
begin_sheet(struct xlsx *xlsx, const struct grid *grid, const char *name,
            size_t rows)
{
    lxw_worksheet *sheet = workbook_add_worksheet(xlsx->book, name);
    if (!sheet)
        return false;
    for (size_t i = 0; i < grid->column_count; i++)
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i,
                             width_of(&grid->columns[i]), NULL);
    worksheet_freeze_panes(sheet, 1, 0);
    worksheet_autofilter(sheet, 0, 0, (lxw_row_t)rows,
                         (lxw_col_t)(grid->column_count - 1));
    for (size_t i = 0; i < grid->column_count; i++)
        worksheet_write_string(sheet, 0, (lxw_col_t)i, grid->columns[i].key,
                               xlsx->heading);
    xlsx->sheet = sheet;
    xlsx->row = 1;
    return true;
}

static bool
begin_next(struct xlsx *xlsx)
{
    const struct grid *grid = xlsx->grid;
    size_t done = (size_t)xlsx->sheets * SHEET_ROWS;
    size_t rows = grid->row_count - done;
    char name[SHEET_NAME_MAX];

    sheet_name(xlsx, grid, name);
    if (xlsx->sheets == 0)
        strcpy(xlsx->first, name);
    xlsx->sheets += 1;
    return begin_sheet(xlsx, grid, name, rows < SHEET_ROWS ? rows : SHEET_ROWS);
}

static void
put_cell(struct xlsx *xlsx, const struct grid_column *column,
         const struct grid_cell *cell, lxw_col_t at)
{
    char made[GRID_TEXT_MAX];
    const char *said = grid_cell_text(column, cell, made);
    bool is_decimal = column->kind == GRID_DECIMAL;

    if (!said || !said[0])
        return;
    if (column->kind == GRID_TEXT || cell->number >= EXACT_MAX ||
        cell->number <= -EXACT_MAX)
        worksheet_write_string(xlsx->sheet, xlsx->row, at, said, NULL);
    else
        worksheet_write_number(xlsx->sheet, xlsx->row, at,
                               (double)cell->number / (is_decimal ? 1e6 : 1),
                               is_decimal ? xlsx->decimal : xlsx->whole);
}

static void
put_row(struct xlsx *xlsx, const struct grid *grid,
        const struct grid_cell *cells)
{
    for (size_t i = 0; i < grid->column_count; i++)
        put_cell(xlsx, &grid->columns[i], &cells[i], (lxw_col_t)i);
    xlsx->row += 1;
}

enum status
xlsx_open(struct xlsx **out, const char *path, const struct grid *grid)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};

    struct xlsx *xlsx = calloc(1, sizeof *xlsx);
    if (!xlsx)
        return STATUS_SYSTEM;
    xlsx->grid = grid;
    xlsx->book = workbook_new_opt(path, &options);
    if (xlsx->book)
        make_formats(xlsx);
    if (!xlsx->book || !begin_next(xlsx)) {
        xlsx_abort(xlsx);
        return STATUS_SYSTEM;
    }
    *out = xlsx;
    return STATUS_OK;
}

enum status
xlsx_row(struct xlsx *xlsx, const struct grid_cell *cells)
{
    if (xlsx->row > SHEET_ROWS && !begin_next(xlsx))
        return STATUS_SYSTEM;
    put_row(xlsx, xlsx->grid, cells);
    return STATUS_OK;
}

static void
add_chart(struct xlsx *xlsx, const struct xlsx_chart *about)
{
    lxw_row_t first = (lxw_row_t)about->first + 1;
    lxw_row_t last = first + (lxw_row_t)about->count - 1;
    lxw_col_t names = (lxw_col_t)about->names;
    lxw_col_t values = (lxw_col_t)about->values;

    if (about->count == 0 || about->count > SHEET_ROWS)
        return;
    lxw_chartsheet *sheet = workbook_add_chartsheet(xlsx->book, "Chart");
    lxw_chart *chart = workbook_add_chart(
        xlsx->book, about->across ? LXW_CHART_LINE : LXW_CHART_BAR);
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    if (about->across) {
        lxw_col_t end = (lxw_col_t)(about->values + about->across - 1);
        chart_series_set_categories(series, xlsx->first, 0, values, 0, end);
        chart_series_set_values(series, xlsx->first, first, values, first, end);
    } else {
        chart_series_set_categories(series, xlsx->first, first, names, last,
                                    names);
        chart_series_set_values(series, xlsx->first, first, values, last,
                                values);
        chart_axis_set_reverse(chart->y_axis);
    }
    chart_series_set_name(series, about->title);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    chart_title_set_name(chart, about->title);
    chartsheet_set_chart(sheet, chart);
}

static bool
add_imprint(struct xlsx *xlsx, const struct imprint *imprint)
{
    const struct grid grid = imprint_grid(imprint);
    struct grid_cell *cells = grid_cells_alloc(&grid);

    bool begun = cells && begin_sheet(xlsx, &grid, grid.name, grid.row_count);
    for (size_t row = 0; begun && row < grid.row_count; row++) {
        grid_take(&grid, row, cells);
        put_row(xlsx, &grid, cells);
    }
    free(cells);
    return begun;
}

enum status
xlsx_close(struct xlsx *xlsx, const struct xlsx_chart *chart,
           const struct imprint *imprint)
{
    add_chart(xlsx, chart);
    bool told = add_imprint(xlsx, imprint);
    bool written = workbook_close(xlsx->book) == LXW_NO_ERROR;

    free(xlsx);
    return told && written ? STATUS_OK : STATUS_SYSTEM;
}

void
xlsx_abort(struct xlsx *xlsx)
{
    if (!xlsx)
        return;
    if (xlsx->book)
        lxw_workbook_free(xlsx->book);
    free(xlsx);
}
