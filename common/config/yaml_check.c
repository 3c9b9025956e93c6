// SPDX-License-Identifier: Apache-2.0
#include "common/config/yaml_check.h"

#include <stdlib.h>

#include "common/config/yaml_tree.h"
#include "common/span.h"

struct check {
    yaml_document_t *document;
    const char *file;
    struct problems *problems;
    int *keys; // scratch, as many as nodes
};

static yaml_node_t *
node_of(const struct check *check, int number)
{
    return &check->document->nodes.start[number - 1];
}

static unsigned
line_of(const struct check *check, int number)
{
    return (unsigned)node_of(check, number)->start_mark.line + 1;
}

static struct span
text_of(const struct check *check, int number)
{
    const yaml_node_t *node = node_of(check, number);

    return span_of(node->data.scalar.value, node->data.scalar.length);
}

static void
report(const struct check *check, int number, const char *key, const char *text)
{
    problem_add(check->problems, check->file, line_of(check, number), key, "%s",
                text);
}

static int
compare_keys(const void *a, const void *b, void *context)
{
    int left_number = *(const int *)a, right_number = *(const int *)b;
    struct span left = text_of(context, left_number);
    struct span right = text_of(context, right_number);
    uint32_t common = left.length < right.length ? left.length : right.length;
    int order = common ? memcmp(left.data, right.data, common) : 0;

    if (order != 0)
        return order;
    if (left.length != right.length)
        return left.length < right.length ? -1 : 1;
    return left_number - right_number; // in the order of the file
}

static bool
check_duplicates(const struct check *check, size_t count)
{
    bool good = true;

    qsort_r(check->keys, count, sizeof *check->keys, compare_keys,
            (void *)check);
    for (size_t i = 1; i < count; i++) {
        int number = check->keys[i];
        struct span key = text_of(check, number);
        if (!span_equal(text_of(check, check->keys[i - 1]), key))
            continue;
        char name[PROBLEM_TEXT_MAX];
        (void)snprintf(name, sizeof name, "%.*s", (int)key.length,
                       (const char *)key.data);
        problem_add(check->problems, check->file, line_of(check, number), name,
                    "is given twice; first in line %u",
                    line_of(check, check->keys[i - 1]));
        good = false;
    }
    return good;
}

static bool
check_map(struct check *check, int number)
{
    const yaml_node_t *map = node_of(check, number);
    size_t count = 0;

    for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        if (node_of(check, pair->key)->type != YAML_SCALAR_NODE) {
            report(check, pair->key, "", "a key must be plain text");
            return false;
        }
        check->keys[count++] = pair->key;
    }
    return check_duplicates(check, count);
}

static bool
check_text(const struct check *check, int number)
{
    struct span text = text_of(check, number);

    if (text.length == 0 || !memchr(text.data, 0, text.length))
        return true;
    report(check, number, "", "text must not contain a NUL");
    return false;
}

static bool
check_nodes(struct check *check, int count)
{
    bool good = true;

    for (int number = 1; number <= count; number++) {
        yaml_node_type_t type = node_of(check, number)->type;
        if (type == YAML_MAPPING_NODE && !check_map(check, number))
            good = false;
        if (type == YAML_SCALAR_NODE && !check_text(check, number))
            good = false;
        if (check->problems->count > PROBLEMS_MAX)
            return false;
    }
    return good;
}

static enum status
check_document(yaml_document_t *document, const char *file,
               struct problems *problems)
{
    size_t count = (size_t)(document->nodes.top - document->nodes.start);

    if (count == 0) {
        problem_add(problems, file, 0, "", "is empty");
        return STATUS_MALFORMED;
    }
    struct check check = {document, file, problems, calloc(count, sizeof(int))};
    if (!check.keys)
        return STATUS_SYSTEM;
    bool good = check_nodes(&check, (int)count);
    free(check.keys);
    return good ? STATUS_OK : STATUS_MALFORMED;
}

enum status
yaml_check_failed(const yaml_parser_t *parser, const char *file,
                  struct problems *problems)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return STATUS_SYSTEM;
    problem_add(problems, file, (unsigned)parser->problem_mark.line + 1, "",
                "is not YAML: %s (column %zu)",
                parser->problem ? parser->problem : "unreadable",
                parser->problem_mark.column + 1);
    return STATUS_MALFORMED;
}

enum status
yaml_check_load(yaml_parser_t *parser, yaml_document_t *document,
                const char *file, struct problems *problems)
{
    if (!yaml_parser_load(parser, document))
        return yaml_check_failed(parser, file, problems);
    enum status status = check_document(document, file, problems);
    if (status != STATUS_OK)
        yaml_document_delete(document);
    return status;
}
