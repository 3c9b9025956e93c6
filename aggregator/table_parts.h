// SPDX-License-Identifier: Apache-2.0
//
// table_parts: what table.c and table_sort.c share.
#pragma once

#include "aggregator/table.h"

enum { ALIGN = 8 };

// An entry in the region: this, the key, padding, the value.
struct entry {
    uint64_t hash;     // of the key
    uint32_t length;   // of the value
    uint32_t capacity; // of its place
    uint16_t key_length;
    bool removed; // taken back, or its value moved to another place
};

// `place` counts in units of ALIGN from the region's start; 0 is empty.
struct slot {
    uint32_t tag;
    uint32_t place;
};

struct table {
    struct slot *slots;
    size_t mask; // slots - 1
    size_t limit, used;
    uint8_t *region;
    size_t region_size, region_used;
};

static inline size_t
round_up(size_t size)
{
    return (size + ALIGN - 1) / ALIGN * ALIGN;
}

static inline struct entry *
entry_at(const struct table *table, uint32_t place)
{
    return (struct entry *)(void *)(table->region + (size_t)place * ALIGN);
}

static inline uint8_t *
entry_key(struct entry *entry)
{
    return (uint8_t *)(entry + 1);
}

static inline uint8_t *
entry_value(struct entry *entry)
{
    return (uint8_t *)entry + round_up(sizeof *entry + entry->key_length);
}

// entry_size is how much of the region an entry takes.
static inline size_t
entry_size(const struct entry *entry)
{
    return round_up(sizeof *entry + entry->key_length) + entry->capacity;
}
