// SPDX-License-Identifier: Apache-2.0
#include "common/config/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config/yaml_check.h"
#include "common/config/yaml_inner.h"

static bool
start(yaml_parser_t *parser, struct span text)
{
    if (!yaml_parser_initialize(parser))
        return false;
    yaml_parser_set_input_string(parser, text.data, text.length);
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    return true;
}

static enum status
parse(struct tree *tree, struct span text)
{
    yaml_parser_t parser;

    if (!start(&parser, text))
        return STATUS_SYSTEM;
    enum status status = yaml_check_shape(&parser, tree->file, tree->problems);
    yaml_parser_delete(&parser);
    if (status != STATUS_OK)
        return status;
    if (!start(&parser, text))
        return STATUS_SYSTEM;
    status =
        yaml_check_load(&parser, &tree->document, tree->file, tree->problems);
    yaml_parser_delete(&parser);
    return status;
}

enum status
tree_open(struct tree **out, struct span text, const char *file,
          struct problems *problems)
{
    if (text.length > YAML_BYTES_MAX) {
        problem_add(problems, file, 0, "", "is larger than %d bytes",
                    YAML_BYTES_MAX);
        return STATUS_MALFORMED;
    }
    struct tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return STATUS_SYSTEM;
    tree->file = file;
    tree->problems = problems;
    tree->problems_before = problems->count;
    enum status status = parse(tree, text);
    if (status != STATUS_OK) {
        free(tree);
        return status;
    }
    size_t nodes =
        (size_t)(tree->document.nodes.top - tree->document.nodes.start);
    tree->known = calloc(nodes + 1, 1);
    if (!tree->known) {
        tree_close(tree);
        return STATUS_SYSTEM;
    }
    *out = tree;
    return STATUS_OK;
}

void
tree_close(struct tree *tree)
{
    if (!tree)
        return;
    yaml_document_delete(&tree->document);
    free(tree->known);
    free(tree->asked);
    free(tree);
}

static const yaml_node_t *
inner(struct node node)
{
    if (node.number == 0)
        return NULL;
    return &node.tree->document.nodes.start[node.number - 1];
}

struct node
tree_root(struct tree *tree)
{
    return (struct node){.tree = tree, .number = 1};
}

enum node_kind
node_kind(struct node node)
{
    const yaml_node_t *yaml = inner(node);

    if (!yaml)
        return NODE_ABSENT;
    switch (yaml->type) {
    case YAML_SCALAR_NODE:
        return NODE_SCALAR;
    case YAML_SEQUENCE_NODE:
        return NODE_LIST;
    case YAML_MAPPING_NODE:
        return NODE_MAP;
    case YAML_NO_NODE:
        return NODE_ABSENT;
    }
    abort(); // every type is listed above
}

unsigned
node_line(struct node node)
{
    const yaml_node_t *yaml = inner(node);

    return yaml ? (unsigned)yaml->start_mark.line + 1 : 0;
}

static void
extend_path(struct node *node, const char *separator, struct span key)
{
    size_t used = strlen(node->path);
    const char *dot = used == 0 ? "" : separator;

    (void)snprintf(node->path + used, sizeof node->path - used, "%s%.*s", dot,
                   (int)key.length, (const char *)key.data);
}

static struct span
scalar_of(const struct tree *tree, int number)
{
    const yaml_node_t *yaml = &tree->document.nodes.start[number - 1];

    return span_of(yaml->data.scalar.value, yaml->data.scalar.length);
}

// Remembered for the sentence that answers an unknown key; without memory the
// sentence is shorter.
static void
remember(struct tree *tree, int map, const char *key)
{
    if (tree->asked_count == tree->asked_capacity) {
        size_t capacity = tree->asked_capacity ? tree->asked_capacity * 2 : 64;
        struct asked *larger =
            realloc(tree->asked, capacity * sizeof *tree->asked);
        if (!larger)
            return;
        tree->asked = larger;
        tree->asked_capacity = capacity;
    }
    tree->asked[tree->asked_count++] = (struct asked){map, key};
}

struct node
node_get(struct node map, const char *key)
{
    struct node value = {.tree = map.tree};

    if (node_kind(map) != NODE_MAP)
        return value;
    remember(map.tree, map.number, key);
    memcpy(value.path, map.path, sizeof value.path);
    extend_path(&value, ".", span_text(key));
    const yaml_node_t *yaml = inner(map);
    for (const yaml_node_pair_t *pair = yaml->data.mapping.pairs.start;
         pair < yaml->data.mapping.pairs.top; pair++) {
        if (!span_equal(scalar_of(map.tree, pair->key), span_text(key)))
            continue;
        map.tree->known[pair->key] = 1;
        value.number = pair->value;
        break;
    }
    return value;
}

struct node
node_need(struct node map, const char *key)
{
    return node_need_like(map, key, NULL);
}

struct node
node_need_like(struct node map, const char *key, const char *what)
{
    struct node value = node_get(map, key);

    if (value.number == 0 && node_kind(map) == NODE_MAP)
        problem_add(map.tree->problems, map.tree->file, node_line(map),
                    value.path, "is missing%s%s", what ? ": " : "",
                    what ? what : "");
    return value;
}

bool
node_list(struct node node)
{
    enum node_kind kind = node_kind(node);

    if (kind != NODE_ABSENT && kind != NODE_LIST)
        node_problem(node, "must be a list: [a, b]");
    return kind == NODE_LIST;
}

bool
node_map(struct node node)
{
    enum node_kind kind = node_kind(node);

    if (kind != NODE_ABSENT && kind != NODE_MAP)
        node_problem(node, "must hold keys and values: {key: value}");
    return kind == NODE_MAP;
}

size_t
node_count(struct node node)
{
    const yaml_node_t *yaml = inner(node);

    if (node_kind(node) == NODE_LIST)
        return (size_t)(yaml->data.sequence.items.top -
                        yaml->data.sequence.items.start);
    if (node_kind(node) == NODE_MAP)
        return (size_t)(yaml->data.mapping.pairs.top -
                        yaml->data.mapping.pairs.start);
    return 0;
}

struct node
node_at(struct node list, size_t index)
{
    struct node member = list;
    size_t used = strlen(list.path);

    member.number = inner(list)->data.sequence.items.start[index];
    (void)snprintf(member.path + used, sizeof member.path - used, "[%zu]",
                   index);
    return member;
}

struct node
node_pair(struct node map, size_t index, struct span *key)
{
    const yaml_node_pair_t *pair = &inner(map)->data.mapping.pairs.start[index];
    struct node value = map;

    *key = scalar_of(map.tree, pair->key);
    map.tree->known[pair->key] = 1;
    value.number = pair->value;
    extend_path(&value, ".", *key);
    return value;
}

struct span
node_raw(struct node node, bool *plain)
{
    const yaml_node_t *yaml = inner(node);

    if (node_kind(node) != NODE_SCALAR) {
        *plain = false;
        return (struct span){0};
    }
    *plain = yaml->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return scalar_of(node.tree, node.number);
}

void
node_problem(struct node node, const char *format, ...)
{
    char text[PROBLEM_TEXT_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problem_add(node.tree->problems, node.tree->file, node_line(node),
                node.path, "%s", text);
}
