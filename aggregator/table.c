// SPDX-License-Identifier: Apache-2.0
#include "aggregator/table_parts.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    MIN_SLOTS = 64,
    LARGE_PAGES_FROM = 8 << 20,
    FEW_OF_SLOTS = 64, // below this share a reset goes from entry to entry
};

static uint64_t
fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
load(const uint8_t *bytes, size_t length)
{
    uint64_t word = 0;
    memcpy(&word, bytes, length);
    return word;
}

uint64_t
table_hash(uint64_t seed, struct span key)
{
    const uint64_t k1 = 0xa0761d6478bd642f, k2 = 0xe7037ed1a0b428db;
    const uint8_t *bytes = key.data;
    size_t left = key.length;
    uint64_t hash = seed ^ (left * k2);

    for (; left > 8; left -= 8, bytes += 8)
        hash = fold(hash ^ load(bytes, 8), k1 ^ seed);
    hash = fold(hash ^ load(bytes, left), k2 ^ seed);
    return fold(hash, k1);
}

static void *
reserve(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    // Look-ups are at random: large pages save most of their cost.  Refused:
    // as good as before.
    if (size >= LARGE_PAGES_FROM)
        (void)madvise(memory, size, MADV_HUGEPAGE);
    return memory;
}

enum status
table_open(struct table **out, size_t entries, size_t bytes)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table)
        return STATUS_SYSTEM;
    size_t slots = MIN_SLOTS;
    while (slots < entries + entries / 2)
        slots *= 2;
    table->mask = slots - 1;
    table->limit = entries;
    table->region_size = round_up(bytes) + ALIGN;
    table->region_used = ALIGN; // so that place 0 is nobody's
    table->slots = reserve(slots * sizeof *table->slots);
    table->region = reserve(table->region_size);
    if (!table->slots || !table->region) {
        table_close(table);
        return STATUS_SYSTEM;
    }
    // Now, not under the first events: the kernel clears two megabytes at each
    // first touch.
    memset(table->slots, 0, slots * sizeof *table->slots);
    *out = table;
    return STATUS_OK;
}

void
table_close(struct table *table)
{
    if (!table)
        return;
    if (table->slots)
        munmap(table->slots, (table->mask + 1) * sizeof *table->slots);
    if (table->region)
        munmap(table->region, table->region_size);
    free(table);
}

// find_slot returns the key's slot, or the empty one where it would go.
static struct slot *
find_slot(const struct table *table, struct span key, uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32);

    for (size_t i = hash & table->mask;; i = (i + 1) & table->mask) {
        struct slot *slot = &table->slots[i];
        if (slot->place == 0)
            return slot;
        if (slot->tag != tag)
            continue;
        struct entry *entry = entry_at(table, slot->place);
        if (entry->key_length == key.length &&
            memcmp(entry_key(entry), key.data, key.length) == 0)
            return slot;
    }
}

void
table_prefetch(const struct table *table, uint64_t hash)
{
    __builtin_prefetch(&table->slots[hash & table->mask]);
}

void
table_prefetch_value(const struct table *table, uint64_t hash)
{
    const struct slot *slot = &table->slots[hash & table->mask];
    const uint8_t *entry = (const uint8_t *)entry_at(table, slot->place);

    __builtin_prefetch(entry);
    __builtin_prefetch(entry + 64);
    __builtin_prefetch(entry + 128);
}

void *
table_find(const struct table *table, struct span key, uint64_t hash,
           uint32_t *length)
{
    const struct slot *slot = find_slot(table, key, hash);
    if (slot->place == 0)
        return NULL;
    struct entry *entry = entry_at(table, slot->place);
    if (entry->removed)
        return NULL;
    *length = entry->length;
    return entry_value(entry);
}

// allocate takes room for an entry; a fifth more for values that grow.
static struct entry *
allocate(struct table *table, struct span key, uint64_t hash, uint32_t length,
         bool again, uint32_t *place)
{
    const struct entry head = {
        .hash = hash,
        .length = length,
        .capacity = (uint32_t)round_up(again ? length + length / 2 : length),
        .key_length = (uint16_t)key.length};

    if (entry_size(&head) > table->region_size - table->region_used)
        return NULL;
    *place = (uint32_t)(table->region_used / ALIGN);
    struct entry *entry = entry_at(table, *place);
    table->region_used += entry_size(&head);
    *entry = head;
    memcpy(entry_key(entry), key.data, key.length);
    return entry;
}

static void *
put_anew(struct table *table, struct slot *slot, struct span key, uint64_t hash,
         uint32_t length)
{
    bool again = slot->place != 0;
    uint32_t place;

    if (!again && table->used == table->limit)
        return NULL;
    struct entry *entry = allocate(table, key, hash, length, again, &place);
    if (!entry)
        return NULL;
    if (again)
        entry_at(table, slot->place)->removed = true;
    table->used += !again;
    *slot = (struct slot){.tag = (uint32_t)(hash >> 32), .place = place};
    return entry_value(entry);
}

void *
table_put(struct table *table, struct span key, uint64_t hash, uint32_t length)
{
    struct slot *slot = find_slot(table, key, hash);

    if (slot->place != 0) {
        struct entry *entry = entry_at(table, slot->place);
        if (length <= entry->capacity) {
            entry->removed = false;
            entry->length = length;
            return entry_value(entry);
        }
    }
    return put_anew(table, slot, key, hash, length);
}

void *
table_put_anew(struct table *table, struct span key, uint64_t hash,
               uint32_t length)
{
    return put_anew(table, find_slot(table, key, hash), key, hash, length);
}

void
table_remove(struct table *table, struct span key, uint64_t hash)
{
    struct slot *slot = find_slot(table, key, hash);
    if (slot->place != 0)
        entry_at(table, slot->place)->removed = true;
}

bool
table_room(const struct table *table, size_t entries, size_t bytes)
{
    return table->limit - table->used >= entries &&
           table->region_size - table->region_used >= bytes;
}

bool
table_is_half_free(const struct table *table)
{
    return table->used <= table->limit / 2 &&
           table->region_used <= table->region_size / 2;
}

size_t
table_used(const struct table *table)
{
    return table->used;
}

// clear_runs clears the run of slots every entry lies in: whichever entry
// comes first takes the rest of its run along.
static void
clear_runs(struct table *table)
{
    size_t place = 0;
    uint64_t hash;

    while (table_next_hash(table, &place, &hash))
        for (size_t i = hash & table->mask; table->slots[i].place != 0;
             i = (i + 1) & table->mask)
            table->slots[i] = (struct slot){0};
}

void
table_reset(struct table *table)
{
    if (table->used < (table->mask + 1) / FEW_OF_SLOTS)
        clear_runs(table);
    else
        memset(table->slots, 0, (table->mask + 1) * sizeof *table->slots);
    table->used = 0;
    table->region_used = ALIGN;
}

bool
table_next_hash(const struct table *table, size_t *place, uint64_t *hash)
{
    if (*place == 0)
        *place = ALIGN;
    if (*place >= table->region_used)
        return false;
    const struct entry *entry = entry_at(table, (uint32_t)(*place / ALIGN));
    *hash = entry->hash;
    *place += entry_size(entry);
    return true;
}
