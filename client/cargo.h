// SPDX-License-Identifier: Apache-2.0
//
// cargo: copies of the events a session was given and got no outcome for.
//
// Ascending by seq.  An event waits until it is put on a flight (a batch, named
// by its number); a flight that is lost puts its events back to waiting.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"
#include "common/wire/envelope.h"

struct cargo_item {
    uint64_t seq;
    int64_t recorded_at_ms;
    uint64_t flight; // 0: waits
    uint8_t *bytes;  // body, salt, comment, signature; NULL: has its outcome
    uint32_t body, salt, comment, signature; // lengths
};

// cargo_delivery is the item as it goes into a batch; lent by the cargo.
struct delivery cargo_delivery(const struct cargo_item *item);

static inline size_t
cargo_item_bytes(const struct cargo_item *item)
{
    return (size_t)item->body + item->salt + item->comment + item->signature;
}

struct cargo {
    struct cargo_item *items;
    size_t capacity, first, end; // items[first..end) are in use
    size_t events_max, bytes_max;
    size_t events, waiting, bytes;
    size_t hint; // nothing before it waits
};

MUST_USE enum status cargo_init(struct cargo *cargo, size_t events_max,
                                size_t bytes_max);
void cargo_fini(struct cargo *cargo);

bool cargo_has_room(const struct cargo *cargo);

// cargo_find returns the event with this number, NULL without one.
struct cargo_item *cargo_find(struct cargo *cargo, uint64_t seq);

// cargo_load copies an event.  STATUS_BUSY: it is here already; STATUS_FULL.
MUST_USE enum status cargo_load(struct cargo *cargo,
                                const struct delivery *delivery);

// cargo_next_waiting returns the first one that waits, NULL without one.
struct cargo_item *cargo_next_waiting(struct cargo *cargo);

// cargo_board puts a waiting event on a flight.
void cargo_board(struct cargo *cargo, struct cargo_item *item, uint64_t flight);

// cargo_next_on returns the first event of a flight with seq >= from.
struct cargo_item *cargo_next_on(struct cargo *cargo, uint64_t flight,
                                 uint64_t from);

// cargo_return puts the events of a flight (0: of all) back to waiting.
void cargo_return(struct cargo *cargo, uint64_t flight);

// cargo_unload forgets an event: it has its outcome.
void cargo_unload(struct cargo *cargo, struct cargo_item *item);
