// SPDX-License-Identifier: Apache-2.0
#include "common/config/map.h"

#include <stdlib.h>
#include <string.h>

#include "common/config/map_parts.h"
#include "common/config/programme.h"
#include "common/config/text.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024, TEXTS_MAX = 4096 };

// The map and the memory its arrays live in.
struct owned {
    struct import_map map; // first: map_free finds the rest by it
    struct pool pool;
};

void *
map_take(struct map_draft *draft, size_t count, size_t size)
{
    void *memory = pool_take(draft->pool, count, size);

    draft->out_of_memory = draft->out_of_memory || !memory;
    return memory;
}

const char *
map_text(struct map_draft *draft, struct span text)
{
    const char *copy = pool_text(draft->pool, text);

    draft->out_of_memory = draft->out_of_memory || !copy;
    return copy ? copy : "";
}

bool
map_value(struct node node, struct span *text)
{
    bool plain;

    if (node_kind(node) != NODE_SCALAR) {
        node_problem(node, "must be one text");
        return false;
    }
    *text = node_raw(node, &plain);
    if (plain && (text_is(*text, "~") || text_is(*text, "null")))
        *text = span_of("", 0);
    if (text_is_clean(*text))
        return true;
    node_problem(node, "must be one line");
    return false;
}

size_t
map_texts(struct map_draft *draft, struct node node, const char *const **out)
{
    bool list = node_kind(node) == NODE_LIST;
    size_t count = list ? node_count(node) : 1;

    if (count < 1 || count > TEXTS_MAX) {
        node_problem(node, "must list 1 to %d texts", TEXTS_MAX);
        return 0;
    }
    const char **texts = map_take(draft, count, sizeof *texts);
    if (!texts)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct span text = span_of("", 0);
        (void)map_value(list ? node_at(node, i) : node, &text);
        texts[i] = map_text(draft, text);
    }
    *out = texts;
    return count;
}

bool
map_column(struct map_draft *draft, struct node node, struct span name,
           size_t *out)
{
    struct import_map *map = draft->map;

    if (name.length == 0) {
        node_problem(node, "must be the name of a column");
        return false;
    }
    for (size_t i = 0; i < map->column_count; i++) {
        if (!text_is(name, map->columns[i]))
            continue;
        *out = i;
        return true;
    }
    if (map->column_count == MAP_COLUMNS_MAX) {
        node_problem(node, "a map names at most %d columns", MAP_COLUMNS_MAX);
        return false;
    }
    *out = map->column_count;
    draft->columns[map->column_count++] = map_text(draft, name);
    return true;
}

bool
map_is_absent(const struct import_map *map, struct span cell)
{
    if (cell.length == 0)
        return true;
    for (size_t i = 0; i < map->absent_count; i++)
        if (text_is(cell, map->absent[i]))
            return true;
    return false;
}

static bool
names_key(const struct source *source)
{
    if (source->kind == SOURCE_KEY)
        return true;
    for (size_t i = 0; i < source->part_count; i++)
        if (source->parts[i].kind == SOURCE_KEY)
            return true;
    return false;
}

static void
read_key_columns(struct map_draft *draft, struct node node,
                 struct natural_key *key)
{
    const char *const *names;
    size_t count = map_texts(draft, node, &names);
    size_t *columns = map_take(draft, count, sizeof *columns);

    if (!columns)
        return;
    for (size_t i = 0; i < count; i++) {
        if (!map_column(draft, node, span_text(names[i]), &columns[i]))
            return;
        for (size_t j = 0; j < i; j++) {
            if (columns[j] != columns[i])
                continue;
            node_problem(node, "names the column \"%s\" twice", names[i]);
            return;
        }
    }
    key->columns = columns; // so never more than MAP_COLUMNS_MAX
    key->column_count = count;
}

void
map_key(struct map_draft *draft, struct node root)
{
    struct natural_key *key = &draft->map->key;
    struct node node = node_need(root, "key");

    if (!node_map(node))
        return;
    struct node columns = node_get(node, "columns");
    struct node except = node_get(node, "all_columns_but");
    if (node_kind(columns) != NODE_ABSENT) {
        read_key_columns(draft, columns, key);
        return;
    }
    if (node_kind(except) != NODE_ABSENT) {
        if (node_kind(except) == NODE_SCALAR || node_count(except) > 0)
            key->except_count = map_texts(draft, except, &key->except);
        return;
    }
    if (map_source(draft, node, &key->single) &&
        (names_key(&key->single) || key->single.transform != TRANSFORM_NONE))
        node_problem(node, "must not name {key} and takes no `as`");
}

static void
read_separator(struct node node, char *separator)
{
    static const char *const words[] = {",", ";", "|", "tab"};
    size_t choice;

    if (node_choice(node, words, 4, &choice))
        *separator = choice == 3 ? '\t' : words[choice][0];
}

static void
read_map(struct map_draft *draft, struct node root)
{
    struct import_map *map = draft->map;
    char name[MAP_NAME_MAX + 1] = "";
    bool plain;

    if (!node_map(root))
        return;
    node_id(node_need(root, "map"), name, sizeof name);
    map->name = map_text(draft, span_text(name));
    map->separator = ',';
    read_separator(node_get(root, "separator"), &map->separator);
    struct node zone = node_get(root, "zone");
    if (node_kind(zone) != NODE_ABSENT &&
        !when_offset(node_raw(zone, &plain), &map->offset_s))
        node_problem(zone, "must be an offset such as +08:00 or Z");
    struct node absent = node_get(root, "absent");
    if (node_kind(absent) != NODE_ABSENT)
        map->absent_count = map_texts(draft, absent, &map->absent);
    draft->columns = map_take(draft, MAP_COLUMNS_MAX, sizeof *draft->columns);
    if (!draft->columns)
        return;
    map->columns = draft->columns;
    map_key(draft, root);
    map_events(draft, root);
}

enum status
map_read(struct span text, const char *file, struct import_map **out,
         struct problems *problems)
{
    struct tree *tree;
    enum status status = tree_open(&tree, text, file, problems);

    if (status != STATUS_OK)
        return status;
    struct owned *owned = calloc(1, sizeof *owned);
    if (!owned) {
        tree_close(tree);
        return STATUS_SYSTEM;
    }
    struct map_draft draft = {&owned->pool, &owned->map, NULL, false};
    read_map(&draft, tree_root(tree));
    bool good = tree_finish(tree);
    tree_close(tree);
    if (good && !draft.out_of_memory) {
        *out = &owned->map;
        return STATUS_OK;
    }
    map_free(&owned->map);
    return draft.out_of_memory ? STATUS_SYSTEM : STATUS_MALFORMED;
}

enum status
map_load(const char *path, struct import_map **out, struct problems *problems)
{
    char *data;
    size_t length;
    enum status status =
        file_take(path, FILE_BYTES_MAX, &data, &length, problems);

    if (status != STATUS_OK)
        return status;
    status = map_read(span_of(data, length), path, out, problems);
    free(data);
    return status;
}

void
map_free(struct import_map *map)
{
    struct owned *owned = (struct owned *)map;

    if (!owned)
        return;
    pool_fini(&owned->pool);
    free(owned);
}
