// SPDX-License-Identifier: Apache-2.0
//
// table: keys and values in memory, for one generation of the cache.
//
// Open addressing over entries in one growing region of memory.  The region
// and the slots are sized once; a full table says so and never rehashes,
// because a rehash is a stall.  Values are aligned for int64_t and stay where
// they are until the table is reset.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

struct table;

// table_open makes a table for `entries` keys and `bytes` of keys and values.
MUST_USE enum status table_open(struct table **out, size_t entries,
                                size_t bytes);
void table_close(struct table *table); // NULL is fine

// table_hash is the hash of every table: seeded, so that nobody can choose
// keys that collide.
uint64_t table_hash(uint64_t seed, struct span key);

// table_prefetch asks the memory for the slot of a hash.
void table_prefetch(const struct table *table, uint64_t hash);

// table_prefetch_value asks for the beginning of what that slot leads to, once
// the slot itself has arrived.
void table_prefetch_value(const struct table *table, uint64_t hash);

// table_find returns the value's memory or NULL; *length gets its length.
void *table_find(const struct table *table, struct span key, uint64_t hash,
                 uint32_t *length);

// table_put makes room of `length` bytes for the key's value and returns it;
// what was there before is gone.  NULL: the table is full.
void *table_put(struct table *table, struct span key, uint64_t hash,
                uint32_t length);

// table_put_anew is table_put into a new place: the old value's memory stays
// readable until the table is reset.
void *table_put_anew(struct table *table, struct span key, uint64_t hash,
                     uint32_t length);

// table_remove forgets a key.
void table_remove(struct table *table, struct span key, uint64_t hash);

// table_room tells whether `entries` more keys of together `bytes` fit.
bool table_room(const struct table *table, size_t entries, size_t bytes);
bool table_is_half_free(const struct table *table);

size_t table_used(const struct table *table);

// table_reset forgets everything and keeps the memory.
void table_reset(struct table *table);

// table_next_hash walks the hashes of everything ever put since the last reset,
// in that order; *place is 0 at first.  False at the end.
bool table_next_hash(const struct table *table, size_t *place, uint64_t *hash);

// Working memory for sorting, kept between tables: all zero at first.
struct table_sorter {
    struct table_order *order, *spare;
    size_t capacity;
};
void table_sorter_fini(struct table_sorter *sorter);

// table_sort sorts all entries by key (memcmp order); *count says how many.
// They are there until the sorter is used again.
MUST_USE enum status table_sort(const struct table *table,
                                struct table_sorter *sorter, size_t *count);

struct table_entry {
    struct span key;
    void *value;
    uint32_t length;
};

// table_sorted lends the i-th entry in key order; table_sorted_prefetch asks
// the memory for it.
struct table_entry table_sorted(const struct table_sorter *sorter, size_t i);
void table_sorted_prefetch(const struct table_sorter *sorter, size_t i);
