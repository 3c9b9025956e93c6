// SPDX-License-Identifier: Apache-2.0
//
// pending: the events of an import whose last word is not spoken, by their
// number in the spool.
//
// Several rows may have made the same event and then share a number.  A retried
// event stays here: it may still be accepted before the import ends.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

struct map_event;

struct pending_event {
    uint64_t seq;
    unsigned line; // in the file
    const struct map_event *from;
    uint16_t suspect; // the item whose answer looks wrong here, 0: none
    bool retried;     // counted as such
    uint32_t next;
};

struct pending {
    size_t count;   // events
    size_t retried; // of them
    uint32_t *buckets;
    struct pending_event *events; // [0] is none
    uint32_t used, capacity, free;
};

MUST_USE enum status pending_init(struct pending *pending);
void pending_fini(struct pending *pending);

// pending_add copies the event under this number.
MUST_USE enum status pending_add(struct pending *pending,
                                 const struct pending_event *event);

// pending_first returns an event with this number, pending_next the one after
// it with the same number; NULL when there is none.
struct pending_event *pending_first(struct pending *pending, uint64_t seq);
struct pending_event *pending_next(struct pending *pending,
                                   const struct pending_event *event);

// pending_remove forgets all events with this number.
void pending_remove(struct pending *pending, uint64_t seq);
