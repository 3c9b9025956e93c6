// SPDX-License-Identifier: Apache-2.0
//
// id: names for events that sort by time.
//
// Live events get a UUIDv7: 48 bits of ms, a 12-bit counter, 62 random bits.
// Within one maker every id is greater than the one before, also when the clock
// goes back: it then stays on the last millisecond and counts on.  Imported
// events get a UUIDv8 that depends on what they say alone.
#pragma once

#include "common/domain/event.h"

struct id_maker {
    uint64_t last_ms;
    uint32_t counter;
};

enum { ID_RANDOM_SIZE = 10 };

// id_maker_init starts behind `last`, the greatest id known; the zero id when
// there is none.
void id_maker_init(struct id_maker *maker, const struct event_id *last);

struct event_id id_make(struct id_maker *maker, int64_t now_ms,
                        const uint8_t random[ID_RANDOM_SIZE]);

// id_is_live tells a UUIDv7 from anything else.
bool id_is_live(const struct event_id *id);

// id_raise makes `last` the greater of itself and a live id.
void id_raise(struct event_id *last, const struct event_id *id);

struct import_key {
    int64_t occurred_at;
    struct span dealer;
    uint32_t event_type;
    struct span name_space; // the map's name
    uint32_t ordinal;       // which event of the row
    struct span natural_key;
};

// id_import writes 48 bits of occurred_at, version 8, and 74 bits of BLAKE2b
// over: length and bytes of dealer, type, length and bytes of name_space,
// ordinal, BLAKE2b-256 of the natural key; lengths and numbers as 4 bytes, big
// endian.  dealer and name_space are at most 64 bytes each.
struct event_id id_import(const struct import_key *key);
