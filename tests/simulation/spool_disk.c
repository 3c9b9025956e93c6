// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/spool_disk.h"

#include <stdlib.h>

#include "client/spool.h"
#include "tests/simulation/world.h"

enum { RETRY_LEAST_MS = 1000 };

void
spool_disk_fini(struct spool_disk *disk)
{
    free(disk->list);
    free(disk->retries);
    *disk = (struct spool_disk){0};
}

static void *
grown(void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    *capacity = *capacity ? 2 * *capacity : 64;
    list = realloc(list, *capacity * size);
    if (!list)
        abort();
    return list;
}

static bool
is_open(enum disk_event_state state)
{
    return state == ENTRY_WAITING || state == ENTRY_RETRY;
}

// change moves an entry to another state and counts what waits.
static void
change(struct world *world, struct spool_disk *disk, uint64_t seq,
       enum disk_event_state state)
{
    struct disk_event *entry = &disk->list[seq - 1];
    uint32_t before = is_open(entry->state), after = is_open(state);

    disk->waiting += after - before;
    world->waiting += after - before;
    entry->state = state;
    if (state != ENTRY_RETRY)
        return;
    disk->retries = grown(disk->retries, disk->retry_count,
                          &disk->retry_capacity, sizeof *disk->retries);
    disk->retries[disk->retry_count++] = seq;
}

void
spool_disk_append(struct world *world, struct spool_disk *disk,
                  const uint32_t *facts, size_t count, int64_t wall_ms)
{
    for (size_t i = 0; i < count; i++) {
        struct fact *fact = &world->facts.list[facts[i]];
        struct disk_event *known =
            fact->seq ? &disk->list[fact->seq - 1] : NULL;

        if (known && known->state == ENTRY_WAITING)
            continue;
        if (known && known->state != ENTRY_GONE) {
            known->not_before = 0;
            fact->code = CODE_NONE;
            change(world, disk, fact->seq, ENTRY_RETRY);
            continue;
        }
        disk->list =
            grown(disk->list, disk->count, &disk->capacity, sizeof *disk->list);
        disk->list[disk->count++] =
            (struct disk_event){.fact = facts[i], .recorded_at = wall_ms};
        fact->seq = disk->count;
        change(world, disk, fact->seq, ENTRY_WAITING);
    }
}

// keep puts one outcome in.
static void
keep(struct world *world, struct spool_disk *disk,
     const struct settlement *settlement, int64_t wall_ms)
{
    struct disk_event *entry = &disk->list[settlement->seq - 1];
    struct fact *fact = &world->facts.list[entry->fact];
    int64_t after = settlement->after_ms;

    switch (settlement->kind) {
    case OUTCOME_ACCEPTED:
    case OUTCOME_DUPLICATE:
        entry->position = settlement->position;
        change(world, disk, settlement->seq, ENTRY_GONE);
        return;
    case OUTCOME_REJECTED:
        fact->code = settlement->code;
        change(world, disk, settlement->seq, ENTRY_LETTER);
        return;
    case OUTCOME_RETRY:
        after = after < RETRY_LEAST_MS ? RETRY_LEAST_MS : after;
        after = after > RETRY_MOST_MS ? RETRY_MOST_MS : after;
        entry->not_before = wall_ms + after;
        change(world, disk, settlement->seq, ENTRY_RETRY);
        return;
    }
}

void
spool_disk_settle(struct world *world, struct spool_disk *disk,
                  const struct settlement *list, size_t count, int64_t wall_ms)
{
    for (size_t i = 0; i < count; i++) {
        const struct disk_event *entry = &disk->list[list[i].seq - 1];
        if (list[i].kind == OUTCOME_ACCEPTED ||
            list[i].kind == OUTCOME_DUPLICATE)
            world->facts.list[entry->fact].is_acked = true;
        if (entry->state != ENTRY_GONE)
            keep(world, disk, &list[i], wall_ms);
    }
}

void
spool_disk_drop(struct world *world, struct spool_disk *disk, uint64_t seq)
{
    change(world, disk, seq, ENTRY_GONE);
}

void
spool_disk_release(struct spool_disk *disk, uint64_t position)
{
    for (size_t i = 0; i < disk->count; i++)
        if (disk->list[i].state == ENTRY_GONE &&
            disk->list[i].position <= position)
            disk->list[i].is_released = true;
}

void
spool_disk_restore(struct world *world, struct spool_disk *disk, uint64_t from)
{
    for (size_t i = from - 1; i < disk->count; i++) {
        const struct disk_event *event = &disk->list[i];
        struct fact *fact = &world->facts.list[event->fact];
        bool is_kept =
            event->state == ENTRY_GONE && fact->is_acked && !event->is_released;
        if (!is_kept && event->state != ENTRY_LETTER)
            continue;
        fact->code = CODE_NONE;
        change(world, disk, i + 1, ENTRY_WAITING);
    }
}
