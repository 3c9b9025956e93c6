// SPDX-License-Identifier: Apache-2.0
#include "aggregator/cache_parts.h"

#include <assert.h>
#include <stdlib.h>

enum {
    TALLY_ROOM = 32,    // counters a new tally has room for
    KEYS_PER_EVENT = 4, // entities one event can change
    TALLIES_PER_EVENT = 16,
    BYTES_PER_EVENT = 4096, // keys and values of an ordinary event, generously
};

static size_t
entries_of(const struct cache_limits *limits, size_t db)
{
    if (db == STATE_ID)
        return limits->ids;
    if (db == STATE_ENTITY)
        return limits->entities;
    return db == STATE_TALLY ? limits->tallies : limits->others;
}

static enum status
learn_last_id(struct cache *cache)
{
    struct span last;

    enum status status =
        cache->store.last(cache->store.context, STATE_ID, &last);
    cache->has_last_id = status == STATUS_OK;
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (last.length > sizeof cache->last_id)
        return STATUS_CORRUPT;
    memcpy(cache->last_id, last.data, last.length);
    cache->last_id_length = last.length;
    return STATUS_OK;
}

enum status
cache_open(struct cache **out, struct store store,
           const struct cache_limits *limits, uint64_t hash_seed)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return STATUS_SYSTEM;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < 2; i++)
        for (size_t db = 0; db < STATE_DB_COUNT && status == STATUS_OK; db++)
            status = table_open(&cache->generations[i].table[db],
                                entries_of(limits, db), limits->bytes);
    cache->store = store;
    cache->seed = hash_seed;
    cache->active = &cache->generations[0];
    cache->spare = &cache->generations[1];
    if (status == STATUS_OK)
        status = filter_open(&cache->filter, limits->filter_bytes);
    if (status == STATUS_OK)
        status = learn_last_id(cache);
    if (status != STATUS_OK) {
        cache_close(cache);
        return status;
    }
    *out = cache;
    return STATUS_OK;
}

void
cache_close(struct cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < 2; i++)
        for (size_t db = 0; db < STATE_DB_COUNT; db++)
            table_close(cache->generations[i].table[db]);
    table_sorter_fini(&cache->sorter);
    filter_close(cache->filter);
    free(cache);
}

// is_beyond tells that the store cannot hold this id: it is greater than all.
static bool
is_beyond(const struct cache *cache, enum state_db db, struct span key)
{
    if (db != STATE_ID)
        return false;
    if (!cache->has_last_id)
        return true;
    return key.length == cache->last_id_length &&
           memcmp(key.data, cache->last_id, key.length) > 0;
}

static bool
is_filtered(enum state_db db)
{
    return db == STATE_ID || db == STATE_ENTITY;
}

void
cache_tell(struct cache *cache, enum state_db db, struct span key)
{
    if (is_filtered(db))
        filter_add(cache->filter,
                   filter_hash(db, table_hash(cache->seed, key)));
}

void
cache_told_all(struct cache *cache)
{
    filter_complete(cache->filter);
}

// find_in looks into the two generations in memory.
static void *
find_in(const struct cache *cache, enum state_db db, struct span key,
        uint64_t hash, uint32_t *length)
{
    void *value = table_find(cache->active->table[db], key, hash, length);
    if (!value && cache->frozen)
        value = table_find(cache->frozen->table[db], key, hash, length);
    return value;
}

struct cache_key
cache_key_of(const struct cache *cache, struct span name)
{
    return (struct cache_key){.name = name,
                              .hash = table_hash(cache->seed, name)};
}

void
cache_prefetch(const struct cache *cache, enum state_db db,
               const struct cache_key *key)
{
    table_prefetch(cache->active->table[db], key->hash);
    if (is_filtered(db))
        filter_prefetch(cache->filter, filter_hash(db, key->hash));
}

uint64_t
cache_tally_hash(const struct cache *cache, const struct tally_key *key)
{
    uint8_t room[TALLY_KEY_SIZE];

    tally_key_write(key, room);
    return table_hash(cache->seed, span_of(room, sizeof room));
}

void
cache_prefetch_tally(const struct cache *cache, uint64_t hash, int step)
{
    const struct table *table = cache->active->table[STATE_TALLY];

    if (step == 0)
        table_prefetch(table, hash);
    else
        table_prefetch_value(table, hash);
}

enum status
cache_get(struct cache *cache, enum state_db db, const struct cache_key *key,
          struct span *value)
{
    uint32_t length;

    assert(db != STATE_TALLY);
    if (is_filtered(db) &&
        !filter_may_have(cache->filter, filter_hash(db, key->hash)))
        return STATUS_NOT_FOUND; // on no level
    void *found = find_in(cache, db, key->name, key->hash, &length);
    if (found) {
        *value = span_of(found, length);
        return STATUS_OK;
    }
    if (is_beyond(cache, db, key->name))
        return STATUS_NOT_FOUND;
    return cache->store.get(cache->store.context, db, key->name, value);
}

void *
cache_put(struct cache *cache, enum state_db db, const struct cache_key *key,
          uint32_t length)
{
    if (is_filtered(db))
        filter_add(cache->filter, filter_hash(db, key->hash));
    return table_put(cache->active->table[db], key->name, key->hash, length);
}

void
cache_forget(struct cache *cache, enum state_db db, const struct cache_key *key)
{
    table_remove(cache->active->table[db], key->name, key->hash);
}

// A tally in a table is its struct followed by the arrays it points to.
static uint32_t
tally_length(uint32_t capacity)
{
    return (uint32_t)(sizeof(struct tally) + tally_bytes(capacity));
}

// room_for says how many counters a tally of `used` should be able to gain.
static uint32_t
room_for(uint32_t used, uint32_t more)
{
    uint32_t room = used / 4 > TALLY_ROOM ? used / 4 : TALLY_ROOM;
    return more > room ? more : room;
}

// new_tally lays an empty tally of a capacity into the active generation.
static struct tally *
new_tally(struct cache *cache, struct span key, uint64_t hash,
          uint32_t capacity)
{
    struct tally *tally = table_put_anew(cache->active->table[STATE_TALLY], key,
                                         hash, tally_length(capacity));
    if (tally)
        tally_init(tally, capacity, tally + 1);
    return tally;
}

// copy_up brings a tally of the frozen generation or the old, smaller one of
// the active generation into a new place.
static enum status
copy_up(struct cache *cache, struct span key, uint64_t hash,
        const struct tally *from, uint32_t more, struct tally **out)
{
    struct tally *tally =
        new_tally(cache, key, hash, from->used + room_for(from->used, more));
    if (!tally)
        return STATUS_FULL;
    tally_copy(tally, from);
    *out = tally;
    return STATUS_OK;
}

// load_up brings a tally from the store, or begins a new one.
static enum status
load_up(struct cache *cache, struct span key, uint64_t hash, uint32_t more,
        struct tally **out)
{
    struct span stored;
    uint32_t count = 0;

    enum status status =
        cache->store.get(cache->store.context, STATE_TALLY, key, &stored);
    bool is_new = status == STATUS_NOT_FOUND;
    if (!is_new && status == STATUS_OK)
        status = tally_count(stored, &count);
    if (!is_new && status != STATUS_OK)
        return status;
    struct tally *tally =
        new_tally(cache, key, hash, count + room_for(count, more));
    if (!tally)
        return STATUS_FULL;
    *out = tally;
    return is_new ? STATUS_OK : tally_decode(tally, stored);
}

enum status
cache_tally(struct cache *cache, const struct tally_key *key, uint32_t more,
            struct tally **out)
{
    uint8_t room[TALLY_KEY_SIZE];
    uint32_t length;

    tally_key_write(key, room);
    struct span k = span_of(room, sizeof room);
    uint64_t hash = table_hash(cache->seed, k);
    struct tally *tally =
        table_find(cache->active->table[STATE_TALLY], k, hash, &length);
    if (tally && tally->capacity - tally->used >= more) {
        *out = tally;
        return STATUS_OK;
    }
    if (!tally && cache->frozen)
        tally = table_find(cache->frozen->table[STATE_TALLY], k, hash, &length);
    if (tally)
        return copy_up(cache, k, hash, tally, more, out);
    return load_up(cache, k, hash, more, out);
}

bool
cache_has_room(const struct cache *cache, size_t events)
{
    struct table *const *table = cache->active->table;
    size_t bytes = events * BYTES_PER_EVENT;

    return table_room(table[STATE_ID], events, bytes) &&
           table_room(table[STATE_ENTITY], events * KEYS_PER_EVENT, bytes) &&
           table_room(table[STATE_TALLY], events * TALLIES_PER_EVENT, bytes) &&
           // Not by events: a group may hold numbers of many terminals and
           // nothing else, in as many parcels as its bytes allow.
           table_is_half_free(table[STATE_SEQUENCE]) &&
           table_is_half_free(table[STATE_QUARANTINE]);
}

void
cache_freeze(struct cache *cache)
{
    assert(!cache->frozen && cache->spare);
    cache->frozen = cache->active;
    cache->active = cache->spare;
    cache->spare = NULL;
}

bool
cache_is_frozen(const struct cache *cache)
{
    return cache->frozen != NULL;
}

enum status
cache_flushed(struct cache *cache)
{
    assert(cache->frozen);
    enum status status = cache->store.renew(cache->store.context);
    if (status != STATUS_OK)
        return status;
    cache->spare = cache->frozen;
    cache->frozen = NULL;
    return learn_last_id(cache);
}

void
cache_reset(struct cache *cache)
{
    for (size_t db = 0; db < STATE_DB_COUNT; db++)
        table_reset(cache->spare->table[db]);
}
