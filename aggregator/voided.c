// SPDX-License-Identifier: Apache-2.0
#include "aggregator/voided.h"

#include <stdlib.h>
#include <string.h>

// An event is named by its id and the dealer it is about.
struct name {
    struct event_id id;
    uint8_t length;
    char dealer[DEALER_ID_MAX];
};

struct order {
    struct name control; // the VOID's own name
    struct name target;
};

struct names {
    size_t count, capacity, size;
    void *list;
};

struct voided {
    struct names orders; // struct order: the VOIDs
    struct names undone; // struct name: VOIDs taken back
    struct names live;   // struct name: targets of the others, sorted
};

static void *
append(struct names *names)
{
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 64;
        void *list = realloc(names->list, capacity * names->size);
        if (!list)
            return NULL;
        names->list = list;
        names->capacity = capacity;
    }
    return (char *)names->list + names->count++ * names->size;
}

static struct name
name_of(const struct event_id *id, struct span dealer)
{
    struct name name = {.id = *id, .length = (uint8_t)dealer.length};

    memcpy(name.dealer, dealer.data, dealer.length);
    return name;
}

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct name)); // bytes only: no padding
}

enum status
voided_open(struct voided **out)
{
    struct voided *voided = calloc(1, sizeof *voided);
    if (!voided)
        return STATUS_SYSTEM;
    voided->orders.size = sizeof(struct order);
    voided->undone.size = voided->live.size = sizeof(struct name);
    *out = voided;
    return STATUS_OK;
}

void
voided_close(struct voided *voided)
{
    if (!voided)
        return;
    free(voided->orders.list);
    free(voided->undone.list);
    free(voided->live.list);
    free(voided);
}

enum status
voided_hear(struct voided *voided, const struct event *event)
{
    if (event->type == EVENT_VOID) {
        struct order *order = append(&voided->orders);
        if (!order)
            return STATUS_SYSTEM;
        order->control = name_of(&event->id, event->dealer_id);
        order->target = name_of(&event->control.target, event->dealer_id);
    } else if (event->type == EVENT_UNVOID) {
        struct name *undone = append(&voided->undone);
        if (!undone)
            return STATUS_SYSTEM;
        *undone = name_of(&event->control.control, event->dealer_id);
    }
    return STATUS_OK;
}

static bool
has(const struct names *names, const struct name *name)
{
    return names->count > 0 && bsearch(name, names->list, names->count,
                                       sizeof *name, compare) != NULL;
}

bool
voided_settle(struct voided *voided)
{
    const struct order *orders = voided->orders.list;

    if (voided->undone.count)
        qsort(voided->undone.list, voided->undone.count, sizeof(struct name),
              compare);
    for (size_t i = 0; i < voided->orders.count; i++) {
        if (has(&voided->undone, &orders[i].control))
            continue;
        struct name *live = append(&voided->live);
        if (!live)
            return voided->live.count > 0;
        *live = orders[i].target;
    }
    if (voided->live.count)
        qsort(voided->live.list, voided->live.count, sizeof(struct name),
              compare);
    return voided->live.count > 0;
}

bool
voided_has(const struct voided *voided, const struct event *event)
{
    struct name name = name_of(&event->id, event->dealer_id);

    return has(&voided->live, &name);
}
