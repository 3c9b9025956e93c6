// SPDX-License-Identifier: Apache-2.0
#include "terminal/list_dealers.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

struct names {
    size_t count, capacity; // a power of two
    char (*ids)[DEALER_ID_MAX + 1];
};

static size_t
hash_of(struct span id)
{
    size_t hash = 2166136261u; // FNV-1a

    for (uint32_t i = 0; i < id.length; i++)
        hash = (hash ^ id.data[i]) * 16777619u;
    return hash;
}

// place_of returns where an id is, or would be put.
static size_t
place_of(const struct names *names, struct span id)
{
    size_t at = hash_of(id) & (names->capacity - 1);

    while (names->ids[at][0] && !span_equal(span_text(names->ids[at]), id))
        at = (at + 1) & (names->capacity - 1);
    return at;
}

static bool
grow(struct names *names)
{
    struct names larger = {.count = names->count,
                           .capacity = 2 * names->capacity};
    larger.ids = calloc(larger.capacity, sizeof *larger.ids);
    if (!larger.ids)
        return false;
    for (size_t i = 0; i < names->capacity; i++)
        if (names->ids[i][0]) {
            size_t at = place_of(&larger, span_text(names->ids[i]));
            memcpy(larger.ids[at], names->ids[i], sizeof names->ids[i]);
        }
    free(names->ids);
    *names = larger;
    return true;
}

// is_new remembers an id and tells whether it was not known.
static bool
is_new(struct names *names, struct span id)
{
    if (2 * names->count >= names->capacity && !grow(names))
        return false;
    size_t at = place_of(names, id);
    if (names->ids[at][0])
        return false;
    memcpy(names->ids[at], id.data, id.length);
    names->count += 1;
    return true;
}

// put_cell quotes a cell when it must be.
static void
put_cell(struct span text)
{
    bool quote = false;

    for (uint32_t i = 0; i < text.length; i++)
        quote = quote || strchr(",\"\r\n", text.data[i]);
    if (quote)
        putchar('"');
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"')
            putchar('"');
        putchar(text.data[i]);
    }
    if (quote)
        putchar('"');
}

// name_of is the cell the dealer's id was made of, else the id.
static struct span
name_of(const struct row *row, const struct mapped_event *event)
{
    const struct source *source = &event->from->fields[MAP_FIELD_DEALER];

    if (source->kind == SOURCE_COLUMN)
        return row->cells[source->column];
    return event->event->dealer_id;
}

int
list_dealers(struct rows *rows, struct mapper *mapper)
{
    struct names names = {.capacity = 1024};
    const struct mapped_event *events;
    struct fault fault;
    enum status status;
    struct row row;
    size_t count;

    names.ids = calloc(names.capacity, sizeof *names.ids);
    if (!names.ids)
        return EX_OSERR;
    puts("id,name");
    while ((status = rows_next(rows, &row, &fault)) == STATUS_OK ||
           status == STATUS_MALFORMED) {
        if (status == STATUS_MALFORMED ||
            !mapper_row(mapper, &row, &events, &count, &fault))
            continue;
        for (size_t i = 0; i < count; i++)
            if (is_new(&names, events[i].event->dealer_id)) {
                put_cell(events[i].event->dealer_id);
                putchar(',');
                put_cell(name_of(&row, &events[i]));
                putchar('\n');
            }
    }
    free(names.ids);
    return status == STATUS_AGAIN ? 0 : EX_OSERR;
}
