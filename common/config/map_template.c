// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "common/config/map_parts.h"
#include "common/config/text.h"

// A template being taken apart: parts in fixed room, literal bytes gathered.
struct taking {
    struct map_draft *draft;
    struct node node;
    struct source parts[MAP_PARTS_MAX];
    size_t count;
    char literal[256];
    size_t literal_length;
};

static struct source *
add_part(struct taking *taking)
{
    if (taking->count == MAP_PARTS_MAX) {
        node_problem(taking->node, "must have at most %d parts", MAP_PARTS_MAX);
        return NULL;
    }
    struct source *part = &taking->parts[taking->count++];
    *part = (struct source){.line = node_line(taking->node)};
    return part;
}

static bool
end_literal(struct taking *taking)
{
    if (taking->literal_length == 0)
        return true;
    struct source *part = add_part(taking);
    if (!part)
        return false;
    part->kind = SOURCE_CONSTANT;
    part->text = map_text(taking->draft,
                          span_of(taking->literal, taking->literal_length));
    taking->literal_length = 0;
    return true;
}

static bool
add_literal(struct taking *taking, uint8_t byte)
{
    if (taking->literal_length == sizeof taking->literal) {
        node_problem(taking->node, "is too long a text");
        return false;
    }
    taking->literal[taking->literal_length++] = (char)byte;
    return true;
}

static bool
begins(struct span text, const char *prefix)
{
    size_t length = strlen(prefix);

    return text.length >= length && memcmp(text.data, prefix, length) == 0;
}

static struct span
after(struct span text, const char *prefix)
{
    uint32_t length = (uint32_t)strlen(prefix);

    return span_of(text.data + length, text.length - length);
}

// "row0", "row1", "row0 mod 10"
static bool
read_row(struct span name, struct source *part)
{
    int64_t modulo;

    part->kind = SOURCE_ROW;
    part->base = (uint32_t)(name.data[3] - '0');
    if (name.length == 4)
        return true;
    struct span rest = span_of(name.data + 4, name.length - 4);
    if (!begins(rest, " mod ") || !text_whole(after(rest, " mod "), &modulo) ||
        modulo < 1)
        return false;
    part->kind = SOURCE_ROW_MODULO;
    part->modulo = (uint64_t)modulo;
    return true;
}

static bool
read_name(struct taking *taking, struct span name, struct source *part)
{
    if (text_is(name, "key")) {
        part->kind = SOURCE_KEY;
        return true;
    }
    if (begins(name, "column ")) {
        part->kind = SOURCE_COLUMN;
        return map_column(taking->draft, taking->node, after(name, "column "),
                          &part->column);
    }
    if ((begins(name, "row0") || begins(name, "row1")) && read_row(name, part))
        return true;
    node_problem(taking->node,
                 "{%.*s} is not known; known: {column NAME}, {row0}, {row1}, "
                 "{row0 mod 10}, {key}; a brace is written {{ or }}",
                 name.length > 40 ? 40 : (int)name.length,
                 (const char *)name.data);
    return false;
}

// take_braces reads from "{" on and returns how many bytes it took; 0: wrong.
static uint32_t
take_braces(struct taking *taking, struct span rest)
{
    const uint8_t *end = memchr(rest.data, '}', rest.length);

    if (!end) {
        node_problem(taking->node, "has a { without a }");
        return 0;
    }
    struct span name = span_of(rest.data + 1, (size_t)(end - rest.data) - 1);
    if (!end_literal(taking))
        return 0;
    struct source *part = add_part(taking);
    if (!part || !read_name(taking, name, part))
        return 0;
    return name.length + 2;
}

static bool
take_all(struct taking *taking, struct span text)
{
    for (uint32_t i = 0; i < text.length;) {
        struct span rest = span_of(text.data + i, text.length - i);
        bool brace = *rest.data == '{' || *rest.data == '}';
        if (brace && !begins(rest, "{{") && !begins(rest, "}}")) {
            uint32_t taken = *rest.data == '{' ? take_braces(taking, rest) : 0;
            if (*rest.data == '}')
                node_problem(taking->node, "has a } without a {");
            if (taken == 0)
                return false;
            i += taken;
            continue;
        }
        if (!add_literal(taking, *rest.data))
            return false;
        i += brace ? 2 : 1;
    }
    return end_literal(taking);
}

// A template of one part is that part.
static bool
put_parts(struct taking *taking, struct source *source)
{
    unsigned line = source->line;

    if (taking->count == 1) {
        *source = taking->parts[0];
        source->line = line;
        return true;
    }
    struct source *parts =
        map_take(taking->draft, taking->count, sizeof *parts);
    if (!parts)
        return false;
    memcpy(parts, taking->parts, taking->count * sizeof *parts);
    source->kind = SOURCE_TEMPLATE;
    source->part_count = taking->count;
    source->parts = parts;
    return true;
}

bool
map_template(struct map_draft *draft, struct node node, struct span text,
             struct source *source)
{
    struct taking taking = {.draft = draft, .node = node};

    if (!take_all(&taking, text))
        return false;
    if (taking.count == 0) {
        node_problem(node, "must not be empty; leave it out");
        return false;
    }
    return put_parts(&taking, source);
}
