// SPDX-License-Identifier: Apache-2.0
//
// cache_parts: what cache.c and cache_write.c share.
#pragma once

#include "aggregator/cache.h"
#include "aggregator/filter.h"

struct generation {
    struct table *table[STATE_DB_COUNT];
};

struct cache {
    struct store store;
    uint64_t seed;
    struct table_sorter sorter; // of whoever writes
    struct filter *filter;      // of the ids and entities anywhere
    struct generation generations[2];
    struct generation *active, *frozen, *spare; // frozen or spare is NULL
    // The greatest id in the store: ids made in time order lie beyond it and
    // need no look-up.
    bool has_last_id;
    uint32_t last_id_length;
    uint8_t last_id[64];
};

// The filter holds the keys of two databases: their hashes are set apart.
static inline uint64_t
filter_hash(enum state_db db, uint64_t hash)
{
    return db == STATE_ID ? hash : ~hash;
}
