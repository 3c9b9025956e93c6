// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "common/config/map_parts.h"
#include "common/config/text.h"

static int
by_from(const void *a, const void *b)
{
    const struct source_entry *left = a, *right = b;

    return strcmp(left->from, right->from);
}

static void
read_table(struct map_draft *draft, struct node node, struct source *source)
{
    size_t count = node_count(node);

    if (!node_map(node))
        return;
    if (count < 1 || count > MAP_TABLE_MAX) {
        node_problem(node, "must have 1 to %d entries", MAP_TABLE_MAX);
        return;
    }
    struct source_entry *table = map_take(draft, count, sizeof *table);
    if (!table)
        return;
    for (size_t i = 0; i < count; i++) {
        struct span from, to = {0};
        struct node value = node_pair(node, i, &from);
        (void)map_value(value, &to);
        table[i] =
            (struct source_entry){map_text(draft, from), map_text(draft, to)};
    }
    qsort(table, count, sizeof *table, by_from);
    source->table = table;
    source->table_count = count;
}

static void
read_otherwise(struct map_draft *draft, struct node node, struct source *source)
{
    struct span text;

    if (node_kind(node) == NODE_ABSENT || !map_value(node, &text))
        return;
    source->otherwise = map_text(draft, text);
    if (source->table_count == 0)
        node_problem(node, "goes with a table");
}

static void
read_transform(struct node node, struct source *source)
{
    static const char *const words[] = {"slug", "hex", "hash"};
    size_t choice;

    if (node_choice(node, words, 3, &choice))
        source->transform = TRANSFORM_SLUG + (enum source_transform)choice;
}

static bool
read_column(struct map_draft *draft, struct node node, struct source *source)
{
    struct span name;

    if (!map_value(node, &name) ||
        !map_column(draft, node, name, &source->column))
        return false;
    source->kind = SOURCE_COLUMN;
    return true;
}

static bool
read_row(struct node node, struct node modulo, struct source *source)
{
    int64_t base, divisor;

    if (!node_whole(node, 0, 1, &base))
        return false;
    source->kind = SOURCE_ROW;
    source->base = (uint32_t)base;
    if (node_kind(modulo) == NODE_ABSENT)
        return true;
    if (!node_whole(modulo, 1, INT64_MAX, &divisor))
        return false;
    source->kind = SOURCE_ROW_MODULO;
    source->modulo = (uint64_t)divisor;
    return true;
}

// Where the text comes from: exactly one of the three.
static bool
read_origin(struct map_draft *draft, struct node node, struct source *source)
{
    struct node column = node_get(node, "column");
    struct node row = node_get(node, "row");
    struct node modulo = node_get(node, "modulo");
    struct node text = node_get(node, "text");
    struct span template;
    int given = (node_kind(column) != NODE_ABSENT) +
                (node_kind(row) != NODE_ABSENT) +
                (node_kind(text) != NODE_ABSENT);

    if (given != 1) {
        node_problem(node, "must say where the value comes from: one of "
                           "{column: NAME}, {row: 0}, {row: 1}, {text: ...}");
        return false;
    }
    if (node_kind(modulo) != NODE_ABSENT && node_kind(row) == NODE_ABSENT)
        node_problem(modulo, "goes with row");
    if (node_kind(column) != NODE_ABSENT)
        return read_column(draft, column, source);
    if (node_kind(row) != NODE_ABSENT)
        return read_row(row, modulo, source);
    return map_value(text, &template) &&
           map_template(draft, text, template, source);
}

bool
map_source(struct map_draft *draft, struct node node, struct source *source)
{
    struct span text;

    source->line = node_line(node);
    if (node_kind(node) == NODE_ABSENT)
        return false;
    if (node_kind(node) != NODE_MAP) {
        if (!map_value(node, &text))
            return false;
        if (text.length == 0) {
            node_problem(node, "must not be empty; leave it out");
            return false;
        }
        source->kind = SOURCE_CONSTANT;
        source->text = map_text(draft, text);
        return true;
    }
    bool good = read_origin(draft, node, source);
    read_table(draft, node_get(node, "table"), source);
    read_otherwise(draft, node_get(node, "otherwise"), source);
    read_transform(node_get(node, "as"), source);
    return good;
}

const char *
map_table_find(const struct source *source, const char *text)
{
    if (source->table_count == 0)
        return text;
    struct source_entry wanted = {.from = text};
    const struct source_entry *entry =
        bsearch(&wanted, source->table, source->table_count,
                sizeof *source->table, by_from);
    return entry ? entry->to : source->otherwise;
}
