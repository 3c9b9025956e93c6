// SPDX-License-Identifier: Apache-2.0
//
// A checkpoint of a simulated disk being made, and how it can be spoilt.
#include <endian.h>
#include <stdlib.h>

#include "tests/simulation/store_disk.h"

static void *
must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static size_t
stage_bytes(struct store_disk *disk, struct span bytes)
{
    if (disk->staged_capacity - disk->staged_used < bytes.length) {
        disk->staged_capacity = 2 * disk->staged_capacity + bytes.length + 4096;
        disk->staged = must(realloc(disk->staged, disk->staged_capacity));
    }
    size_t at = disk->staged_used;
    if (bytes.length)
        memcpy(disk->staged + at, bytes.data, bytes.length);
    disk->staged_used += bytes.length;
    return at;
}

static enum status
stage(struct store_disk *disk, enum state_db db, struct span key,
      struct span value, bool removes)
{
    if (disk->change_count == disk->change_capacity) {
        disk->change_capacity =
            disk->change_capacity ? 2 * disk->change_capacity : 256;
        disk->changes = must(realloc(disk->changes, disk->change_capacity *
                                                        sizeof *disk->changes));
    }
    struct disk_change *change = &disk->changes[disk->change_count++];
    *change = (struct disk_change){.db = db,
                                   .key_length = key.length,
                                   .length = value.length,
                                   .removes = removes};
    change->key_at = stage_bytes(disk, key);
    change->value_at = stage_bytes(disk, value);
    return STATUS_OK;
}

static enum status
stage_put(void *context, enum state_db db, struct span key, struct span value)
{
    return stage(context, db, key, value, false);
}

static enum status
stage_remove(void *context, enum state_db db, struct span key)
{
    return stage(context, db, key, span_of(NULL, 0), true);
}

struct store_writer
store_disk_stage(struct store_disk *disk)
{
    disk->change_count = disk->staged_used = 0;
    return (struct store_writer){
        .context = disk, .put = stage_put, .remove = stage_remove};
}

// spoil breaks a staged change as the control asks; true: it is not made.
static bool
spoil(struct store_disk *disk, const struct disk_change *change,
      const struct journal_end *end)
{
    uint8_t *value = disk->staged + change->value_at;

    switch (disk->broken) {
    case BREAK_LOSE_DELTA:
        return change->db == STATE_TALLY && disk->checkpoints % 4 == 3;
    case BREAK_ORDER: // the first counter's value, a zigzag varint
        if (change->db == STATE_TALLY && disk->checkpoints % 2 == 1 &&
            change->length > 0 && value[change->length - 1] < 0x7e)
            value[change->length - 1] += 2;
        return false;
    case BREAK_LATER_NOTE:
        if (change->db == STATE_META && change->length == 88) {
            uint64_t position = htole64(end->position);
            uint64_t events = htole64(end->events);
            memcpy(value, &position, sizeof position);
            memcpy(value + 8, &events, sizeof events);
            memcpy(value + 56, end->head, CHAIN_SIZE);
        }
        return false;
    case BREAK_SKIP_SEQ:
        return change->db == STATE_SEQUENCE && disk->checkpoints % 4 == 3;
    case BREAK_NONE:
    case BREAK_EARLY_ACK:
    case BREAK_FORGET_IDS:
    case BREAK_DROP_AT_SEND:
    case BREAK_COUNT:
        return false;
    }
    return false;
}

void
store_disk_commit(struct store_disk *disk, const struct journal_end *end)
{
    disk->checkpoints++;
    for (size_t i = 0; i < disk->change_count; i++) {
        const struct disk_change *change = &disk->changes[i];
        if (spoil(disk, change, end))
            continue;
        store_disk_place(
            disk, change->db,
            span_of(disk->staged + change->key_at, change->key_length),
            span_of(disk->staged + change->value_at, change->length),
            change->removes);
    }
    disk->change_count = 0;
}
