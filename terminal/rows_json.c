// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "terminal/rows_parts.h"

// next_line finds the next line that is not blank.
static bool
next_line(struct rows *rows, struct span *line)
{
    while (rows->offset < rows->size) {
        const char *start = rows->data + rows->offset;
        const char *end = memchr(start, '\n', rows->size - rows->offset);
        size_t length = end ? (size_t)(end - start) : rows->size - rows->offset;
        rows->offset += length + (end ? 1 : 0);
        rows->line += 1;
        *line = span_of(start, length);
        if (rows->line == 1 && length >= 3 &&
            memcmp(start, "\xef\xbb\xbf", 3) == 0)
            *line = span_of(start + 3, length - 3);
        for (uint32_t i = 0; i < line->length; i++)
            if (!strchr(" \t\r", line->data[i]))
                return true;
    }
    return false;
}

// value_text writes a value as the text of a cell.
static bool
value_text(struct rows *rows, json_t *value, struct span *text)
{
    char number[64];

    switch (json_typeof(value)) {
    case JSON_STRING:
        *text = span_of(json_string_value(value), json_string_length(value));
        return true;
    case JSON_INTEGER:
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
        break;
    case JSON_REAL:
        snprintf(number, sizeof number, "%.17g", json_real_value(value));
        break;
    case JSON_TRUE:
        *text = span_text("true");
        return true;
    case JSON_FALSE:
        *text = span_text("false");
        return true;
    case JSON_NULL:
        *text = (struct span){0};
        return true;
    case JSON_OBJECT:
    case JSON_ARRAY:
        return false;
    }
    char *copy = scratch_text(&rows->texts, span_text(number));
    if (!copy)
        return false;
    *text = span_text(copy);
    return true;
}

static enum status
broken(struct fault *fault, const char *column, const char *text)
{
    fault_set(fault, CODE_MALFORMED, column, text);
    return STATUS_MALFORMED;
}

static enum status
fill_all(struct rows *rows, struct row *row, struct fault *fault)
{
    const char *name;
    json_t *value;

    json_object_foreach(rows->object, name, value)
    {
        struct named_cell cell = {.name = span_text(name)};
        if (key_leaves_out(&rows->map->key, cell.name))
            continue;
        if (row->all_count == MAP_COLUMNS_MAX)
            return broken(fault, name, "the object has too many names");
        if (!value_text(rows, value, &cell.value))
            return broken(fault, name, "a list or object is no cell");
        size_t at = row->all_count++;
        for (; at > 0 && names_compare(rows->all[at - 1].name, cell.name) > 0;
             at--)
            rows->all[at] = rows->all[at - 1];
        rows->all[at] = cell;
    }
    row->all = rows->all;
    return STATUS_OK;
}

static enum status
fill_row(struct rows *rows, struct row *row, struct fault *fault)
{
    for (size_t i = 0; i < rows->map->column_count; i++) {
        const char *name = rows->map->columns[i];
        json_t *value = json_object_get(rows->object, name);
        rows->cells[i] = (struct span){0};
        if (value && !value_text(rows, value, &rows->cells[i]))
            return broken(fault, name, "a list or object is no cell");
    }
    row->cells = rows->cells;
    return key_is_all_columns(&rows->map->key) ? fill_all(rows, row, fault)
                                               : STATUS_OK;
}

enum status
json_rows_next(struct rows *rows, struct row *row, struct fault *fault)
{
    json_error_t error;
    struct span line;

    if (!next_line(rows, &line))
        return STATUS_AGAIN;
    row->line = rows->line;
    rows->texts.used = 0;
    json_decref(rows->object);
    rows->object = json_loadb((const char *)line.data, line.length,
                              JSON_REJECT_DUPLICATES, &error);
    if (!rows->object) {
        char text[FAULT_TEXT_MAX];
        snprintf(text, sizeof text, "not JSON at byte %d: %.150s",
                 error.position, error.text);
        return broken(fault, "", text);
    }
    if (!json_is_object(rows->object))
        return broken(fault, "", "the line is no JSON object");
    return fill_row(rows, row, fault);
}
