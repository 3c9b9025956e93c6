// SPDX-License-Identifier: Apache-2.0
#include "collector/dealer_set.h"

#include <assert.h>
#include <stdlib.h>

// FNV-1a: names are short and not chosen against us; a peer that did would
// slow down nobody but itself.
static uint32_t
hash(struct span name)
{
    uint32_t value = 2166136261u;
    for (uint32_t i = 0; i < name.length; i++)
        value = (value ^ name.data[i]) * 16777619u;
    return value ^ (value >> 15);
}

bool
dealer_set_init(struct dealer_set *set, uint32_t count)
{
    uint32_t places = 4;
    while (places < 2 * count)
        places *= 2;
    *set = (struct dealer_set){.mask = places - 1};
    set->places = calloc(places, sizeof *set->places);
    return set->places != NULL;
}

void
dealer_set_fini(struct dealer_set *set)
{
    free(set->places);
    *set = (struct dealer_set){0};
}

// find returns the place that holds the name, or the free one it belongs to.
static struct dealer_name *
find(const struct dealer_set *set, struct span name)
{
    uint32_t at = hash(name) & set->mask;
    for (;;) {
        struct dealer_name *place = &set->places[at];
        if (place->length == 0 ||
            span_equal(span_of(place->text, place->length), name))
            return place;
        at = (at + 1) & set->mask;
    }
}

void
dealer_set_add(struct dealer_set *set, struct span name)
{
    assert(name.length >= 1 && name.length <= DEALER_ID_MAX);
    struct dealer_name *place = find(set, name);
    if (place->length != 0)
        return;
    assert(set->count < set->mask); // find needs a free place
    place->length = (uint8_t)name.length;
    memcpy(place->text, name.data, name.length);
    set->count++;
}

bool
dealer_set_has(const struct dealer_set *set, struct span name)
{
    if (set->count == 0 || name.length == 0 || name.length > DEALER_ID_MAX)
        return false;
    return find(set, name)->length != 0;
}
