// SPDX-License-Identifier: Apache-2.0
#include "common/config/sheet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "common/config/text.h"

enum { SHOWN_MAX = 40 }; // bytes of a foreign cell in a message

static struct span
trimmed(struct span cell)
{
    while (cell.length > 0 && (cell.data[0] == ' ' || cell.data[0] == '\t')) {
        cell.data++;
        cell.length--;
    }
    while (cell.length > 0 && (cell.data[cell.length - 1] == ' ' ||
                               cell.data[cell.length - 1] == '\t'))
        cell.length--;
    return cell;
}

static void
tell_line(struct sheet *sheet, const char *text)
{
    problem_add(sheet->problems, sheet->file, sheet->csv.line, "", "%s", text);
}

void
sheet_tell(struct sheet *sheet, size_t column, const char *format, ...)
{
    char key[PROBLEM_TEXT_MAX], text[PROBLEM_TEXT_MAX];
    va_list arguments;

    if (column < sheet->column_count)
        (void)snprintf(key, sizeof key, "column %zu (%s)", column + 1,
                       sheet->names[column]);
    else
        (void)snprintf(key, sizeof key, "column %zu", column + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problem_add(sheet->problems, sheet->file, sheet->csv.line, key, "%s", text);
}

static enum status
keep_names(struct sheet *sheet)
{
    sheet->names =
        pool_take(&sheet->pool, sheet->column_count, sizeof *sheet->names);
    if (!sheet->names)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < sheet->column_count; i++) {
        sheet->names[i] = pool_text(&sheet->pool, trimmed(sheet->cells[i]));
        if (!sheet->names[i])
            return STATUS_SYSTEM;
    }
    return STATUS_OK;
}

enum status
sheet_open(struct sheet *sheet, struct span text, const char *file,
           struct problems *problems)
{
    size_t count = 0;

    *sheet = (struct sheet){.file = file, .problems = problems};
    csv_init(&sheet->csv, text, ',');
    enum status status =
        csv_next(&sheet->csv, sheet->cells, SHEET_COLUMNS_MAX, &count);
    if (status == STATUS_AGAIN) {
        problem_add(problems, file, 0, "", "%s",
                    "is empty; the first line must name the columns");
        return STATUS_MALFORMED;
    }
    if (status == STATUS_MALFORMED)
        sheet_tell(sheet, sheet->csv.column - 1, "%s", sheet->csv.problem);
    if (status != STATUS_OK)
        return status;
    sheet->column_count = count;
    return keep_names(sheet);
}

void
sheet_close(struct sheet *sheet)
{
    csv_fini(&sheet->csv);
    pool_fini(&sheet->pool);
}

bool
sheet_find(struct sheet *sheet, const char *name, size_t *column)
{
    bool found = false;

    for (size_t i = 0; i < sheet->column_count; i++) {
        if (strcmp(sheet->names[i], name) != 0)
            continue;
        if (found)
            sheet_tell(sheet, i, "the same name stands over column %zu",
                       *column + 1);
        else
            *column = i;
        found = true;
    }
    return found;
}

enum status
sheet_next(struct sheet *sheet)
{
    size_t count = 0;
    enum status status =
        csv_next(&sheet->csv, sheet->cells, sheet->column_count, &count);

    if (status == STATUS_MALFORMED)
        sheet_tell(sheet, sheet->csv.column - 1, "%s", sheet->csv.problem);
    if (status != STATUS_OK)
        return status;
    if (count < sheet->column_count) {
        char text[PROBLEM_TEXT_MAX];
        (void)snprintf(text, sizeof text,
                       "the row has %zu cells, the first line names %zu "
                       "columns",
                       count, sheet->column_count);
        tell_line(sheet, text);
        return STATUS_MALFORMED;
    }
    for (size_t i = 0; i < count; i++)
        sheet->cells[i] = trimmed(sheet->cells[i]);
    return STATUS_OK;
}

bool
sheet_whole(struct sheet *sheet, size_t column, int64_t max, bool *there,
            int64_t *value)
{
    struct span cell = sheet->cells[column];
    int64_t read;

    *there = cell.length > 0;
    if (!*there)
        return true;
    if (text_whole(cell, &read) && read >= 0 && read <= max) {
        *value = read;
        return true;
    }
    sheet_tell(sheet, column, "\"%.*s\" is not a whole number, 0 to %" PRId64,
               cell.length > SHOWN_MAX ? SHOWN_MAX : (int)cell.length,
               (const char *)cell.data, max);
    return false;
}
