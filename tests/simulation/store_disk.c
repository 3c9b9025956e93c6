// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/store_disk.h"

#include <stdlib.h>

enum { SLOTS_MIN = 4096 };

static void *
must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

void
store_disk_init(struct store_disk *disk, enum breakage broken)
{
    *disk = (struct store_disk){.broken = broken, .mask = SLOTS_MIN - 1};
    disk->slots = must(calloc(SLOTS_MIN, sizeof *disk->slots));
}

void
store_disk_empty(struct store_disk *disk)
{
    for (size_t i = 0; i <= disk->mask; i++) {
        free(disk->slots[i]);
        disk->slots[i] = NULL;
    }
    disk->used = 0;
    disk->last_id = NULL;
}

void
store_disk_fini(struct store_disk *disk)
{
    for (size_t i = 0; i < disk->record_count; i++)
        free(disk->records[i].bytes);
    free(disk->records);
    store_disk_empty(disk);
    free(disk->slots);
    free(disk->changes);
    free(disk->staged);
    *disk = (struct store_disk){0};
}

// --- The journal -----------------------------------------------------------

void
store_disk_append(struct store_disk *disk, struct span record)
{
    if (disk->record_count == disk->record_capacity) {
        disk->record_capacity =
            disk->record_capacity ? 2 * disk->record_capacity : 64;
        disk->records = must(realloc(disk->records, disk->record_capacity *
                                                        sizeof *disk->records));
    }
    struct disk_record *kept = &disk->records[disk->record_count++];
    kept->bytes = must(malloc(record.length));
    kept->length = record.length;
    memcpy(kept->bytes, record.data, record.length);
    // The control writes nothing down until the next record comes.
    disk->durable_count =
        disk->record_count - (disk->broken == BREAK_EARLY_ACK);
}

// forget_ids is what the control does to deduplication.
static void
forget_ids(struct store_disk *disk)
{
    for (size_t i = 0; i <= disk->mask; i++)
        if (disk->slots[i] && disk->slots[i]->db == STATE_ID)
            disk->slots[i]->is_removed = true;
    disk->last_id = NULL;
}

void
store_disk_crash(struct store_disk *disk)
{
    while (disk->record_count > disk->durable_count)
        free(disk->records[--disk->record_count].bytes);
    disk->change_count = 0;
    if (disk->broken == BREAK_FORGET_IDS)
        forget_ids(disk);
}

void
store_disk_cut(struct store_disk *disk, uint64_t position)
{
    disk->durable_count = position;
    while (disk->record_count > position)
        free(disk->records[--disk->record_count].bytes);
    store_disk_empty(disk);
}

struct span
store_disk_record(const struct store_disk *disk, uint64_t position)
{
    const struct disk_record *record = &disk->records[position - 1];
    return span_of(record->bytes, record->length);
}

// --- The checkpoint --------------------------------------------------------

static struct disk_value **
slot_of(const struct store_disk *disk, enum state_db db, struct span key)
{
    size_t i = table_hash(db, key) & disk->mask;

    for (; disk->slots[i]; i = (i + 1) & disk->mask)
        if (disk->slots[i]->db == db &&
            span_equal(disk_value_key(disk->slots[i]), key))
            break;
    return &disk->slots[i];
}

const struct disk_value *
store_disk_find(const struct store_disk *disk, enum state_db db,
                struct span key)
{
    const struct disk_value *value = *slot_of(disk, db, key);
    return value && !value->is_removed ? value : NULL;
}

const struct disk_value *
store_disk_next(const struct store_disk *disk, size_t *place)
{
    while (*place <= disk->mask) {
        const struct disk_value *value = disk->slots[(*place)++];
        if (value && !value->is_removed)
            return value;
    }
    return NULL;
}

static enum status
get(void *context, enum state_db db, struct span key, struct span *value)
{
    const struct disk_value *found = store_disk_find(context, db, key);

    if (!found)
        return STATUS_NOT_FOUND;
    *value = disk_value_span(found);
    return STATUS_OK;
}

static enum status
last(void *context, enum state_db db, struct span *key)
{
    const struct store_disk *disk = context;

    if (db != STATE_ID || !disk->last_id)
        return STATUS_NOT_FOUND;
    *key = disk_value_key(disk->last_id);
    return STATUS_OK;
}

static enum status
renew(void *context)
{
    (void)context;
    return STATUS_OK;
}

struct store
store_disk_store(struct store_disk *disk)
{
    return (struct store){
        .context = disk, .get = get, .last = last, .renew = renew};
}

static void
grow(struct store_disk *disk)
{
    struct disk_value **old = disk->slots;
    size_t size = disk->mask + 1;

    disk->mask = 2 * size - 1;
    disk->slots = must(calloc(2 * size, sizeof *disk->slots));
    for (size_t i = 0; i < size; i++)
        if (old[i])
            *slot_of(disk, old[i]->db, disk_value_key(old[i])) = old[i];
    free(old);
}

void
store_disk_place(struct store_disk *disk, enum state_db db, struct span key,
                 struct span value, bool removes)
{
    if (disk->used > disk->mask / 2)
        grow(disk);
    struct disk_value **slot = slot_of(disk, db, key);
    bool was_last = *slot && *slot == disk->last_id;

    disk->used += !*slot;
    struct disk_value *kept =
        must(realloc(*slot, sizeof *kept + key.length + value.length));
    *kept = (struct disk_value){.db = db,
                                .key_length = key.length,
                                .length = value.length,
                                .is_removed = removes};
    memcpy(kept->bytes, key.data, key.length);
    if (value.length)
        memcpy(kept->bytes + key.length, value.data, value.length);
    *slot = kept;
    if (db == STATE_ID &&
        (was_last || !disk->last_id ||
         memcmp(kept->bytes, disk->last_id->bytes, key.length) > 0))
        disk->last_id = kept;
}
