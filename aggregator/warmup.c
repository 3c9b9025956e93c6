// SPDX-License-Identifier: Apache-2.0
#include "aggregator/warmup.h"

#include <pthread.h>
#include <stdlib.h>

enum { KEYS_PER_SNAPSHOT = 100000, KEY_ROOM = 512 };

struct warmup {
    struct state *state;
    struct cache *cache;
    pthread_t thread;
    bool stopping; // atomic
};

// A place in a database, kept between snapshots.
struct place {
    uint32_t length;
    uint8_t key[KEY_ROOM];
};

// add_some adds up to KEYS_PER_SNAPSHOT keys from a place on; STATUS_NOT_FOUND
// at the end.  The key at the place is added twice, which changes nothing.
static enum status
add_some(struct warmup *warmup, struct snapshot *snapshot, enum state_db db,
         struct place *place)
{
    struct scan *scan;
    struct span key, value;

    enum status status =
        scan_open(&scan, snapshot, db, span_of(place->key, place->length));
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < KEYS_PER_SNAPSHOT; i++) {
        status = scan_next(scan, &key, &value);
        if (status != STATUS_OK)
            break;
        cache_tell(warmup->cache, db, key);
        if (i == KEYS_PER_SNAPSHOT - 1 && key.length <= KEY_ROOM) {
            place->length = key.length;
            memcpy(place->key, key.data, key.length);
        }
    }
    scan_close(scan);
    return status;
}

static enum status
add_database(struct warmup *warmup, enum state_db db)
{
    struct place place = {0};
    enum status status = STATUS_OK;

    while (status == STATUS_OK &&
           !__atomic_load_n(&warmup->stopping, __ATOMIC_RELAXED)) {
        struct snapshot *snapshot;
        status = snapshot_open(&snapshot, warmup->state);
        if (status != STATUS_OK)
            return status;
        status = add_some(warmup, snapshot, db, &place);
        snapshot_close(snapshot);
    }
    return status;
}

static void *
run(void *argument)
{
    struct warmup *warmup = argument;

    // A database that cannot be read is found out by who needs it.
    if (add_database(warmup, STATE_ID) == STATUS_NOT_FOUND &&
        add_database(warmup, STATE_ENTITY) == STATUS_NOT_FOUND)
        cache_told_all(warmup->cache);
    return NULL;
}

enum status
warmup_start(struct warmup **out, struct state *state, struct cache *cache)
{
    struct warmup *warmup = calloc(1, sizeof *warmup);
    if (!warmup)
        return STATUS_SYSTEM;
    warmup->state = state;
    warmup->cache = cache;
    if (pthread_create(&warmup->thread, NULL, run, warmup)) {
        free(warmup);
        return STATUS_SYSTEM;
    }
    *out = warmup;
    return STATUS_OK;
}

void
warmup_stop(struct warmup *warmup)
{
    if (!warmup)
        return;
    __atomic_store_n(&warmup->stopping, true, __ATOMIC_RELAXED);
    pthread_join(warmup->thread, NULL);
    free(warmup);
}
