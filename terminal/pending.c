// SPDX-License-Identifier: Apache-2.0
#include "terminal/pending.h"

#include <stdlib.h>

enum { BUCKETS = 1 << 16, CAPACITY_FIRST = 1 << 12 };

enum status
pending_init(struct pending *pending)
{
    *pending = (struct pending){.capacity = CAPACITY_FIRST, .used = 1};
    pending->buckets = calloc(BUCKETS, sizeof *pending->buckets);
    pending->events = calloc(CAPACITY_FIRST, sizeof *pending->events);
    return pending->buckets && pending->events ? STATUS_OK : STATUS_SYSTEM;
}

void
pending_fini(struct pending *pending)
{
    free(pending->buckets);
    free(pending->events);
    *pending = (struct pending){0};
}

static uint32_t *
bucket_of(struct pending *pending, uint64_t seq)
{
    return &pending->buckets[seq & (BUCKETS - 1)];
}

// take_place returns the index of an unused event, 0 without memory.
static uint32_t
take_place(struct pending *pending)
{
    if (pending->free) {
        uint32_t place = pending->free;
        pending->free = pending->events[place].next;
        return place;
    }
    if (pending->used == pending->capacity) {
        uint32_t capacity = 2 * pending->capacity;
        struct pending_event *events =
            realloc(pending->events, capacity * sizeof *events);
        if (!events)
            return 0;
        pending->events = events;
        pending->capacity = capacity;
    }
    return pending->used++;
}

enum status
pending_add(struct pending *pending, const struct pending_event *event)
{
    uint32_t place = take_place(pending);
    if (place == 0)
        return STATUS_SYSTEM;

    uint32_t *last = bucket_of(pending, event->seq); // in order of arrival
    pending->events[place] = *event;
    pending->events[place].next = 0;
    while (*last)
        last = &pending->events[*last].next;
    *last = place;
    pending->count += 1;
    return STATUS_OK;
}

static struct pending_event *
find(struct pending *pending, uint32_t place, uint64_t seq)
{
    while (place && pending->events[place].seq != seq)
        place = pending->events[place].next;
    return place ? &pending->events[place] : NULL;
}

struct pending_event *
pending_first(struct pending *pending, uint64_t seq)
{
    return find(pending, *bucket_of(pending, seq), seq);
}

struct pending_event *
pending_next(struct pending *pending, const struct pending_event *event)
{
    return find(pending, event->next, event->seq);
}

void
pending_remove(struct pending *pending, uint64_t seq)
{
    uint32_t *link = bucket_of(pending, seq);

    while (*link) {
        uint32_t place = *link;
        struct pending_event *event = &pending->events[place];
        if (event->seq != seq) {
            link = &event->next;
            continue;
        }
        *link = event->next;
        pending->count -= 1;
        pending->retried -= event->retried;
        event->next = pending->free;
        pending->free = place;
    }
}
