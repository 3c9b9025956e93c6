// SPDX-License-Identifier: Apache-2.0
#include "common/domain/directory.h"

#include <stddef.h>
#include <string.h>

// FNV-1a: ids are short, and HQ lists none to make us slow.
static uint32_t
hash_id(struct span id)
{
    uint32_t value = 2166136261u;

    for (uint32_t i = 0; i < id.length; i++)
        value = (value ^ id.data[i]) * 16777619u;
    return value ^ (value >> 15);
}

// A NUL in the middle of id makes it no dealer's, however it goes on.
static bool
has_id(const struct dealer *dealer, struct span id)
{
    return memcmp(id.data, dealer->id, id.length) == 0 &&
           strlen(dealer->id) == id.length;
}

size_t
directory_place_count(size_t dealer_count)
{
    size_t count = 2;

    while (count < 2 * dealer_count)
        count *= 2;
    return count;
}

void
directory_index(struct directory *directory, uint32_t *places)
{
    directory->places = places;
    directory->place_mask =
        (uint32_t)directory_place_count(directory->dealer_count) - 1;
    for (size_t i = 0; i < directory->dealer_count; i++) {
        uint32_t at = hash_id(span_text(directory->dealers[i].id));
        while (places[at & directory->place_mask] != 0)
            at++;
        places[at & directory->place_mask] = (uint32_t)i + 1;
    }
}

const struct dealer *
directory_find(const struct directory *directory, struct span id)
{
    uint32_t index;

    if (id.length == 0 || id.length > DEALER_ID_MAX || !directory->places)
        return NULL;
    for (uint32_t at = hash_id(id);
         (index = directory->places[at & directory->place_mask]) != 0; at++)
        if (has_id(&directory->dealers[index - 1], id))
            return &directory->dealers[index - 1];
    return NULL;
}

const struct dealer_row *
dealer_at(const struct dealer *dealer, int64_t at)
{
    size_t row = dealer->row_count - 1;

    while (row > 0 && dealer->rows[row].from > at)
        row--;
    return &dealer->rows[row];
}

bool
dealer_is_closed(const struct dealer_row *row)
{
    return strcmp(row->status, "closed") == 0;
}

static const struct {
    const char *kind;
    size_t offset; // of its column
} kinds[SCOPE_KINDS] = {
    {"region", offsetof(struct dealer_row, region)},
    {"brand", offsetof(struct dealer_row, brand)},
    {"size", offsetof(struct dealer_row, size)},
    {"group", offsetof(struct dealer_row, group)},
};

const char *
scope_kind(size_t nth, const struct dealer_row *row, const char **tag)
{
    *tag = (const char *)row + kinds[nth].offset;
    return kinds[nth].kind;
}

// A scope's tag, NULL when the scope is not of this kind.
static const char *
tag_of(const char *scope, const char *kind)
{
    size_t length = strlen(kind);

    return strncmp(scope, kind, length) == 0 && scope[length] == ':'
               ? scope + length + 1
               : NULL;
}

bool
dealer_in_scope(const struct dealer_row *row, const char *scope)
{
    const char *own;

    for (size_t i = 0; i < SCOPE_KINDS; i++) {
        const char *tag = tag_of(scope, scope_kind(i, row, &own));
        if (tag)
            return *tag != '\0' && strcmp(own, tag) == 0;
    }
    return strcmp(scope, "nation") == 0;
}

bool
scope_valid(const char *scope)
{
    const char *tag = tag_of(scope, "peer");

    for (size_t i = 0; i < SCOPE_KINDS && !tag; i++)
        tag = tag_of(scope, kinds[i].kind);
    if (tag)
        return *tag != '\0' && strlen(tag) <= DEALER_TAG_MAX;
    return strcmp(scope, "nation") == 0;
}
