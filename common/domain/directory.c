// SPDX-License-Identifier: Apache-2.0
#include "common/domain/directory.h"

#include <string.h>

// id holds at most DEALER_ID_MAX bytes, none of them NUL, so that the NUL at
// the end of the shorter one decides.
static int
compare_id(struct span id, const char other[DEALER_ID_MAX + 1])
{
    int order = memcmp(id.data, other, id.length);

    if (order != 0)
        return order;
    return other[id.length] == '\0' ? 0 : -1;
}

const struct dealer *
directory_find(const struct directory *directory, struct span id)
{
    size_t low = 0, high = directory->dealer_count;

    if (id.length == 0 || id.length > DEALER_ID_MAX ||
        memchr(id.data, '\0', id.length))
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct dealer *dealer =
            &directory->dealers[directory->by_id[middle]];
        int order = compare_id(id, dealer->id);

        if (order == 0)
            return dealer;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
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

// A scope's tag, NULL when the scope is not of this kind.
static const char *
tag_of(const char *scope, const char *kind)
{
    size_t length = strlen(kind);

    return strncmp(scope, kind, length) == 0 ? scope + length : NULL;
}

bool
dealer_in_scope(const struct dealer_row *row, const char *scope)
{
    const char *tag;

    if (!scope_valid(scope))
        return false;
    if ((tag = tag_of(scope, "region:")) != NULL)
        return strcmp(row->region, tag) == 0;
    if ((tag = tag_of(scope, "brand:")) != NULL)
        return strcmp(row->brand, tag) == 0;
    if ((tag = tag_of(scope, "size:")) != NULL)
        return strcmp(row->size, tag) == 0;
    return true; // nation
}

bool
scope_valid(const char *scope)
{
    static const char *const kinds[] = {"region:", "brand:", "size:"};

    if (strcmp(scope, "nation") == 0)
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *tag = tag_of(scope, kinds[i]);
        if (tag)
            return *tag != '\0' && strlen(tag) <= DEALER_TAG_MAX;
    }
    return false;
}
