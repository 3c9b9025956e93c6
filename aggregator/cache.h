// SPDX-License-Identifier: Apache-2.0
//
// cache: the fold's state in memory, in front of its checkpoint.
//
// Three levels: the active generation takes every change; the frozen one is
// being written by somebody else and only read here; below them the store
// holds the last checkpoint.  Freezing swaps pointers and costs nothing.
//
//   active  --cache_freeze-->  frozen  --written, cache_flushed-->  store
//
// Pure but for the store behind the interface below.
#pragma once

#include <stdbool.h>

#include "aggregator/table.h"
#include "common/domain/tally.h"
#include "common/storage/state.h"

// The last checkpoint, as the core sees it.  get and last lend their results
// until renew.
struct store {
    void *context;
    enum status (*get)(void *context, enum state_db db, struct span key,
                       struct span *value);
    enum status (*last)(void *context, enum state_db db, struct span *key);
    enum status (*renew)(void *context); // move to the newest checkpoint
};

// Where a frozen generation goes: a checkpoint being made.
struct store_writer {
    void *context;
    enum status (*put)(void *context, enum state_db db, struct span key,
                       struct span value);
    enum status (*remove)(void *context, enum state_db db, struct span key);
};

// How much one generation may hold.
struct cache_limits {
    size_t ids, entities, tallies, others; // entries
    size_t bytes;                          // of keys and values, each table
    size_t filter_bytes;                   // see filter.h
};

struct cache;

MUST_USE enum status cache_open(struct cache **out, struct store store,
                                const struct cache_limits *limits,
                                uint64_t hash_seed);
void cache_close(struct cache *cache); // NULL is fine

// A key and its hash, computed once for all that is done with it.
struct cache_key {
    struct span name;
    uint64_t hash;
};
struct cache_key cache_key_of(const struct cache *cache, struct span name);

// cache_prefetch asks the memory for what a look-up of the key will need; a
// few events ahead it hides most of the wait.
void cache_prefetch(const struct cache *cache, enum state_db db,
                    const struct cache_key *key);

// cache_prefetch_tally is for the tally of a dealer and month (slice ALL), in
// two steps some events apart: first `step` 0, then 1.
void cache_prefetch_tally(const struct cache *cache, uint64_t hash, int step);

// cache_tally_hash is the hash of a tally's key.
uint64_t cache_tally_hash(const struct cache *cache,
                          const struct tally_key *key);

// cache_get lends the newest value of a key until the next change of it or
// cache_flushed.  Not for STATE_TALLY.
MUST_USE enum status cache_get(struct cache *cache, enum state_db db,
                               const struct cache_key *key, struct span *value);

// cache_tell says that the store had this id or entity when the cache was
// opened (others are ignored), cache_told_all that nothing is left to tell.
// Until then every key is looked up on every level.  They may be called
// from another thread.
void cache_tell(struct cache *cache, enum state_db db, struct span key);
void cache_told_all(struct cache *cache);

// cache_put returns memory for a new value of `length` bytes in the active
// generation, to be filled at once; NULL: the generation is full.
void *cache_put(struct cache *cache, enum state_db db,
                const struct cache_key *key, uint32_t length);

// cache_forget takes back a key put into the active generation that no other
// level knows.
void cache_forget(struct cache *cache, enum state_db db,
                  const struct cache_key *key);

// cache_tally lends the tally of a key in the active generation, with room for
// `more` counters; an empty one if it is new.  *out is valid until the next
// cache_tally of the same key or cache_freeze.
MUST_USE enum status cache_tally(struct cache *cache,
                                 const struct tally_key *key, uint32_t more,
                                 struct tally **out);

// cache_has_room tells whether `events` more events fit the active generation
// whatever they are.
bool cache_has_room(const struct cache *cache, size_t events);

// cache_freeze makes the active generation the frozen one.  Not while there is
// a frozen one.  cache_flushed lets go of it once the store holds it (and
// renews the store); the generation must then be reset (cache_reset, by
// whoever has the time, before the next cache_freeze).
void cache_freeze(struct cache *cache);
bool cache_is_frozen(const struct cache *cache);
MUST_USE enum status cache_flushed(struct cache *cache);
void cache_reset(struct cache *cache);

// cache_write_to puts the whole frozen generation into a checkpoint, in order.
// It may run in another thread: the frozen generation is only read.  Empty
// tallies are removed.  cache_write is for one of state/.
MUST_USE enum status cache_write_to(struct cache *cache,
                                    const struct store_writer *writer);
MUST_USE enum status cache_write(struct cache *cache,
                                 struct checkpoint *checkpoint);
