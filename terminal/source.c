// SPDX-License-Identifier: Apache-2.0
#include "terminal/source.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/crypto/digest.h"

enum { HASH_SIZE = 16 };

const char *
source_column(const struct import_map *map, const struct source *source)
{
    if (source->kind == SOURCE_COLUMN)
        return map->columns[source->column];
    if (source->kind == SOURCE_KEY)
        return source_column(map, &map->key.single);
    for (size_t i = 0;
         source->kind == SOURCE_TEMPLATE && i < source->part_count; i++) {
        const char *column = source_column(map, &source->parts[i]);
        if (column[0])
            return column;
    }
    return "";
}

static enum source_result
faulty(const struct source_row *row, const struct source *source,
       enum code code, const char *text, struct fault *fault)
{
    fault_set(fault, code, source_column(row->map, source), text);
    return SOURCE_IS_FAULTY;
}

static enum source_result
no_room(const struct source_row *row, const struct source *source,
        struct fault *fault)
{
    return faulty(row, source, CODE_TOO_LARGE, "the row's texts are too long",
                  fault);
}

static enum source_result
cell_text(const struct source_row *row, const struct source *source,
          struct span *text, struct fault *fault)
{
    struct span cell = row->row->cells[source->column];

    if (map_is_absent(row->map, cell))
        return SOURCE_IS_ABSENT;
    if (memchr(cell.data, '\0', cell.length))
        return faulty(row, source, CODE_BAD_TEXT, "the cell contains a NUL",
                      fault);
    char *copy = scratch_text(row->scratch, cell);
    if (!copy)
        return no_room(row, source, fault);
    *text = span_text(copy);
    return SOURCE_IS_TEXT;
}

static enum source_result
number_text(const struct source_row *row, const struct source *source,
            uint64_t number, struct span *text, struct fault *fault)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *copy = scratch_text(row->scratch, span_text(digits));
    if (!copy)
        return no_room(row, source, fault);
    *text = span_text(copy);
    return SOURCE_IS_TEXT;
}

static enum source_result
join_parts(const struct source_row *row, const struct source *source,
           struct span *text, struct fault *fault)
{
    struct span parts[MAP_PARTS_MAX];
    size_t length = 0;

    for (size_t i = 0; i < source->part_count; i++) {
        enum source_result result =
            source_text(row, &source->parts[i], &parts[i], fault);
        if (result != SOURCE_IS_TEXT)
            return result;
        length += parts[i].length;
    }
    char *joined = scratch_take(row->scratch, length + 1);
    if (!joined)
        return no_room(row, source, fault);
    *text = span_of(joined, length);
    for (size_t i = 0; i < source->part_count; i++) {
        if (parts[i].length > 0)
            memcpy(joined, parts[i].data, parts[i].length);
        joined += parts[i].length;
    }
    *joined = '\0';
    return SOURCE_IS_TEXT;
}

// raw_text is the text before table and transform.
static enum source_result
raw_text(const struct source_row *row, const struct source *source,
         struct span *text, struct fault *fault)
{
    uint64_t number = row->row->number + source->base;

    switch (source->kind) {
    case SOURCE_ABSENT:
        return SOURCE_IS_ABSENT;
    case SOURCE_CONSTANT:
        *text = span_text(source->text);
        return SOURCE_IS_TEXT;
    case SOURCE_COLUMN:
        return cell_text(row, source, text, fault);
    case SOURCE_ROW:
        return number_text(row, source, number, text, fault);
    case SOURCE_ROW_MODULO:
        return number_text(row, source, number % source->modulo, text, fault);
    case SOURCE_KEY:
        *text = span_text(row->key);
        return SOURCE_IS_TEXT;
    case SOURCE_TEMPLATE:
        return join_parts(row, source, text, fault);
    }
    return SOURCE_IS_ABSENT;
}

static enum source_result
apply_table(const struct source_row *row, const struct source *source,
            struct span *text, struct fault *fault)
{
    char why[FAULT_TEXT_MAX];
    const char *told = map_table_find(source, (const char *)text->data);

    if (!told) {
        snprintf(why, sizeof why, "the map's table does not list \"%.100s\"",
                 (const char *)text->data);
        return faulty(row, source, CODE_BAD_FIELD, why, fault);
    }
    *text = span_text(told);
    return text->length > 0 ? SOURCE_IS_TEXT : SOURCE_IS_ABSENT;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// unhex turns text into bytes where it stands.
static bool
unhex(char *text, uint32_t length)
{
    for (uint32_t i = 0; i + 1 < length; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        text[i / 2] = (char)(high << 4 | low);
    }
    return length % 2 == 0;
}

static enum source_result
transform(const struct source_row *row, const struct source *source,
          struct span *text, struct fault *fault)
{
    if (source->transform == TRANSFORM_NONE)
        return SOURCE_IS_TEXT;
    // Room for the longest result: a slug, a hash, or the text as it is.
    size_t room = text->length > DEALER_ID_MAX ? text->length : DEALER_ID_MAX;
    char *out = scratch_take(row->scratch, room + 1);
    if (!out)
        return no_room(row, source, fault);
    if (source->transform == TRANSFORM_SLUG) {
        map_slug(*text, out);
        *text = span_text(out);
    } else if (source->transform == TRANSFORM_HASH) {
        digest(*text, (uint8_t *)out, HASH_SIZE);
        *text = span_of(out, HASH_SIZE);
    } else {
        memcpy(out, text->data, text->length);
        if (!unhex(out, text->length))
            return faulty(row, source, CODE_BAD_FIELD,
                          "these are no hex digits", fault);
        *text = span_of(out, text->length / 2);
    }
    return SOURCE_IS_TEXT;
}

enum source_result
source_text(const struct source_row *row, const struct source *source,
            struct span *text, struct fault *fault)
{
    enum source_result result = raw_text(row, source, text, fault);

    if (result == SOURCE_IS_TEXT && source->table_count > 0)
        result = apply_table(row, source, text, fault);
    return result == SOURCE_IS_TEXT ? transform(row, source, text, fault)
                                    : result;
}
