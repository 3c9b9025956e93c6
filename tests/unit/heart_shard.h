// SPDX-License-Identifier: Apache-2.0
//
// heart_shard: an aggregator's fold in memory: dedupe, entities, tallies.
//
// Lists and linear searches: for tests of some hundred events.
#pragma once

#include <stdlib.h>
#include <string.h>

#include "common/domain/contribution.h"

enum {
    SHARD_EVENTS_MAX = 1024,
    SHARD_ROWS_MAX = 512,
    SHARD_COUNTERS_MAX = 1024,
    SHARD_DUMP_MAX = 1 << 20,
};

struct shard_entity {
    struct entity_key key;
    uint8_t *bytes;
    size_t length;
};

struct shard_row {
    struct tally_key key;
    struct tally tally;
};

struct shard {
    const struct rulebook_history *history;
    uint32_t part, parts; // of the entities, by a hash of their keys
    size_t seen_count, entity_count, row_count;
    struct event_id seen[SHARD_EVENTS_MAX];
    uint32_t seen_dealer[SHARD_EVENTS_MAX];
    struct shard_entity entities[2 * SHARD_EVENTS_MAX];
    struct shard_row rows[SHARD_ROWS_MAX];
};

// What a fold works in, lent to whoever folds just then.
static struct member shard_members[ENTITY_MEMBERS_MAX];
static struct contribution shard_before, shard_after, shard_change;
static uint8_t shard_bytes[ENTITY_BYTES_MAX];

static inline void
shard_clear(struct shard *shard, const struct rulebook_history *history,
            uint32_t part, uint32_t parts)
{
    for (size_t i = 0; i < shard->entity_count; i++)
        free(shard->entities[i].bytes);
    for (size_t i = 0; i < shard->row_count; i++)
        free(shard->rows[i].tally.values);
    shard->seen_count = shard->entity_count = shard->row_count = 0;
    shard->history = history;
    shard->part = part;
    shard->parts = parts;
}

static inline bool
shard_is_new(struct shard *shard, const struct event *event)
{
    for (size_t i = 0; i < shard->seen_count; i++)
        if (shard->seen_dealer[i] == event->dealer &&
            event_id_equal(&shard->seen[i], &event->id))
            return false;
    shard->seen_dealer[shard->seen_count] = event->dealer;
    shard->seen[shard->seen_count++] = event->id;
    return true;
}

static inline bool
shard_owns(const struct shard *shard, const struct entity_key *key)
{
    uint32_t hash = 2166136261;

    for (uint8_t i = 0; i < key->length; i++)
        hash = (hash ^ key->bytes[i]) * 16777619;
    return (hash >> 8) % shard->parts == shard->part;
}

static inline struct shard_entity *
shard_entity(struct shard *shard, const struct entity_key *key)
{
    for (size_t i = 0; i < shard->entity_count; i++)
        if (shard->entities[i].key.length == key->length &&
            memcmp(shard->entities[i].key.bytes, key->bytes, key->length) == 0)
            return &shard->entities[i];
    shard->entities[shard->entity_count] = (struct shard_entity){.key = *key};
    return &shard->entities[shard->entity_count++];
}

static inline struct tally *
shard_tally(struct shard *shard, const struct tally_key *key)
{
    struct shard_row *row = shard->rows;

    while (row < shard->rows + shard->row_count &&
           memcmp(&row->key, key, sizeof *key) != 0)
        row++;
    if (row == shard->rows + shard->row_count) {
        void *const memory = malloc(tally_bytes(SHARD_COUNTERS_MAX));

        if (!memory || shard->row_count++ == SHARD_ROWS_MAX)
            abort();
        row->key = *key;
        tally_init(&row->tally, SHARD_COUNTERS_MAX, memory);
    }
    return &row->tally;
}

static inline void
shard_apply(struct shard *shard, const struct delta *deltas, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t end = i, done;

        while (end < count && memcmp(&deltas[i].key, &deltas[end].key,
                                     sizeof deltas[i].key) == 0)
            end++;
        if (tally_add(shard_tally(shard, &deltas[i].key), deltas + i, end - i,
                      &done) != STATUS_OK)
            abort();
        i = end;
    }
}

static inline void
shard_fold_into(struct shard *shard, const struct entity_key *key,
                const struct event *event)
{
    const enum entity_kind kind = entity_kind_of(key);
    struct shard_entity *const stored = shard_entity(shard, key);
    struct entity entity = {.members = shard_members};

    if (entity_decode(kind, span_of(stored->bytes, stored->length), &entity) !=
        STATUS_OK)
        abort();
    contribution_of(key, &entity, shard->history, &shard_before);
    entity_add(kind, &entity, event);
    contribution_of(key, &entity, shard->history, &shard_after);
    contribution_change(&shard_before, &shard_after, &shard_change);
    shard_apply(shard, shard_change.deltas, shard_change.count);

    stored->length = entity_encode(kind, &entity, shard_bytes);
    stored->bytes = realloc(stored->bytes, stored->length + 1);
    if (!stored->bytes)
        abort();
    memcpy(stored->bytes, shard_bytes, stored->length);
}

static inline void
shard_fold(struct shard *shard, const struct event *event)
{
    struct entity_key keys[ENTITY_KEYS_MAX];
    size_t count;

    if (!shard_is_new(shard, event))
        return;
    count = entity_keys(event, shard->history, keys);
    for (size_t i = 0; i < count; i++)
        if (shard_owns(shard, &keys[i]))
            shard_fold_into(shard, &keys[i], event);
}

// shard_merge adds the figures of one shard to another's.
static inline void
shard_merge(struct shard *into, const struct shard *from)
{
    for (size_t r = 0; r < from->row_count; r++) {
        const struct tally *const tally = &from->rows[r].tally;

        for (uint32_t i = 0; i < tally->used; i++)
            shard_apply(into,
                        &(struct delta){from->rows[r].key, tally->counters[i],
                                        tally->values[i]},
                        1);
    }
}

static inline int
shard_row_order(const void *a, const void *b)
{
    uint8_t left[TALLY_KEY_SIZE], right[TALLY_KEY_SIZE];

    tally_key_write(&((const struct shard_row *)a)->key, left);
    tally_key_write(&((const struct shard_row *)b)->key, right);
    return memcmp(left, right, TALLY_KEY_SIZE);
}

// shard_dump writes all rows that are not empty, as they would be stored, and
// returns the length.
static inline size_t
shard_dump(struct shard *shard, uint8_t *out)
{
    uint8_t *at = out;

    qsort(shard->rows, shard->row_count, sizeof *shard->rows, shard_row_order);
    for (size_t i = 0; i < shard->row_count; i++) {
        const struct tally *const tally = &shard->rows[i].tally;

        if (tally->used == 0)
            continue;
        if (at + TALLY_KEY_SIZE + tally_encoded_max(tally->used) >
            out + SHARD_DUMP_MAX)
            abort();
        tally_key_write(&shard->rows[i].key, at);
        at += TALLY_KEY_SIZE;
        at += tally_encode(tally, at);
    }
    return (size_t)(at - out);
}
