// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "terminal/rows_parts.h"

static enum status
bad_header(struct fault *fault, const char *column, const char *text)
{
    fault_set(fault, CODE_MALFORMED, column, text);
    return STATUS_MALFORMED;
}

// find_header returns where a column stands, MAP_COLUMNS_MAX when nowhere.
static size_t
find_header(const struct rows *rows, struct span name)
{
    for (size_t i = 0; i < rows->header_count; i++)
        if (span_equal(rows->header[i], name))
            return i;
    return MAP_COLUMNS_MAX;
}

// keep_header copies the names: the reader lends them for one record only.
static bool
keep_header(struct rows *rows)
{
    for (size_t i = 0; i < rows->header_count; i++) {
        char *copy = scratch_text(&rows->texts, rows->header[i]);
        if (!copy)
            return false;
        rows->header[i].data = (const uint8_t *)copy;
    }
    return true; // nothing else of a CSV file is copied
}

static void
sort_header(struct rows *rows)
{
    for (size_t i = 0; i < rows->header_count; i++) {
        if (key_leaves_out(&rows->map->key, rows->header[i]))
            continue;
        size_t at = rows->sorted_count++;
        for (; at > 0 && names_compare(rows->header[rows->sorted[at - 1]],
                                       rows->header[i]) > 0;
             at--)
            rows->sorted[at] = rows->sorted[at - 1];
        rows->sorted[at] = i;
    }
}

static enum status
place_columns(struct rows *rows, struct fault *fault)
{
    char name[MAP_NAME_MAX + 64];

    for (size_t i = 0; i < rows->header_count; i++)
        if (find_header(rows, rows->header[i]) != i) {
            snprintf(name, sizeof name, "%.*s", (int)rows->header[i].length,
                     (const char *)rows->header[i].data);
            return bad_header(fault, name, "two columns have this name");
        }
    for (size_t i = 0; i < rows->map->column_count; i++) {
        rows->place[i] = find_header(rows, span_text(rows->map->columns[i]));
        if (rows->place[i] == MAP_COLUMNS_MAX)
            return bad_header(fault, rows->map->columns[i],
                              "the map needs this column; the file has none "
                              "of this name");
    }
    return STATUS_OK;
}

enum status
csv_rows_start(struct rows *rows, struct fault *fault)
{
    csv_init(&rows->csv, span_of(rows->data, rows->size), rows->map->separator);
    enum status status = csv_next(&rows->csv, rows->header, MAP_COLUMNS_MAX,
                                  &rows->header_count);
    if (status == STATUS_AGAIN)
        return bad_header(fault, "", "the file is empty");
    if (status == STATUS_MALFORMED)
        return bad_header(fault, "", rows->csv.problem);
    if (status != STATUS_OK || !keep_header(rows))
        return bad_header(fault, "", "out of memory");
    sort_header(rows);
    return place_columns(rows, fault);
}

// step_back goes on one line after the broken record's first: a quote that was
// never meant as one must not swallow the rows behind it.
static void
step_back(struct csv *csv, uint32_t start)
{
    uint32_t at = start;

    while (at < csv->text.length && csv->text.data[at] != '\n' &&
           csv->text.data[at] != '\r')
        at++;
    if (at < csv->text.length && csv->text.data[at] == '\r')
        at++;
    if (at < csv->text.length && csv->text.data[at] == '\n')
        at++;
    csv->offset = at;
    csv->next_line = csv->line + 1;
}

static enum status
broken(struct rows *rows, unsigned cell, const char *text, struct fault *fault)
{
    char name[MAP_NAME_MAX + 64] = "";

    if (cell >= 1 && cell <= rows->header_count)
        snprintf(name, sizeof name, "%.*s", (int)rows->header[cell - 1].length,
                 (const char *)rows->header[cell - 1].data);
    fault_set(fault, CODE_MALFORMED, name, text);
    return STATUS_MALFORMED;
}

// skip_blank goes over empty lines, so that a record's start is known.
static uint32_t
skip_blank(struct csv *csv)
{
    while (csv->offset < csv->text.length &&
           (csv->text.data[csv->offset] == '\n' ||
            csv->text.data[csv->offset] == '\r')) {
        bool pair = csv->text.data[csv->offset] == '\r' &&
                    csv->offset + 1 < csv->text.length &&
                    csv->text.data[csv->offset + 1] == '\n';
        csv->offset += pair ? 2 : 1;
        csv->next_line += 1;
    }
    return csv->offset;
}

enum status
csv_rows_next(struct rows *rows, struct row *row, struct fault *fault)
{
    size_t count = 0;
    uint32_t start = skip_blank(&rows->csv);
    enum status status =
        csv_next(&rows->csv, rows->record, MAP_COLUMNS_MAX, &count);

    row->line = rows->csv.line;
    if (status == STATUS_MALFORMED) {
        step_back(&rows->csv, start);
        return broken(rows, rows->csv.column, rows->csv.problem, fault);
    }
    if (status != STATUS_OK)
        return status;
    if (count != rows->header_count) {
        char text[96];
        snprintf(text, sizeof text, "the row has %zu cells, the header %zu",
                 count, rows->header_count);
        return broken(rows,
                      count < rows->header_count ? (unsigned)count + 1 : 0,
                      text, fault);
    }
    for (size_t i = 0; i < rows->map->column_count; i++)
        rows->cells[i] = rows->record[rows->place[i]];
    row->cells = rows->cells;
    if (key_is_all_columns(&rows->map->key)) {
        for (size_t i = 0; i < rows->sorted_count; i++)
            rows->all[i] = (struct named_cell){rows->header[rows->sorted[i]],
                                               rows->record[rows->sorted[i]]};
        row->all = rows->all;
        row->all_count = rows->sorted_count;
    }
    return STATUS_OK;
}
