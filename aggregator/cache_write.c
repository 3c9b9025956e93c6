// SPDX-License-Identifier: Apache-2.0
#include "aggregator/cache_parts.h"

#include <stdlib.h>

enum { AHEAD = 8 };

// write_tally stores a tally's canonical bytes, or removes an empty one.
static enum status
write_tally(const struct store_writer *writer, const struct table_entry *entry,
            uint8_t **room, size_t *room_size)
{
    const struct tally *tally = entry->value;
    if (tally->used == 0)
        return writer->remove(writer->context, STATE_TALLY, entry->key);

    size_t need = tally_encoded_max(tally->used);
    if (need > *room_size) {
        uint8_t *larger = realloc(*room, need);
        if (!larger)
            return STATUS_SYSTEM;
        *room = larger;
        *room_size = need;
    }
    size_t length = tally_encode(tally, *room);
    return writer->put(writer->context, STATE_TALLY, entry->key,
                       span_of(*room, length));
}

static enum status
write_table(struct cache *cache, enum state_db db,
            const struct store_writer *writer)
{
    struct table_sorter *sorter = &cache->sorter;
    size_t count, room_size = 0;
    uint8_t *room = NULL;

    enum status status = table_sort(cache->frozen->table[db], sorter, &count);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct table_entry entry = table_sorted(sorter, i);
        if (i + AHEAD < count)
            table_sorted_prefetch(sorter, i + AHEAD);
        if (db == STATE_TALLY)
            status = write_tally(writer, &entry, &room, &room_size);
        else
            status = writer->put(writer->context, db, entry.key,
                                 span_of(entry.value, entry.length));
    }
    free(room);
    return status;
}

enum status
cache_write_to(struct cache *cache, const struct store_writer *writer)
{
    enum status status = STATUS_OK;

    for (size_t db = 0; db < STATE_DB_COUNT && status == STATUS_OK; db++)
        if (table_used(cache->frozen->table[db]))
            status = write_table(cache, (enum state_db)db, writer);
    return status;
}

static enum status
put(void *context, enum state_db db, struct span key, struct span value)
{
    return checkpoint_put(context, db, key, value);
}

static enum status
take_away(void *context, enum state_db db, struct span key)
{
    return checkpoint_remove(context, db, key);
}

enum status
cache_write(struct cache *cache, struct checkpoint *checkpoint)
{
    const struct store_writer writer = {
        .context = checkpoint, .put = put, .remove = take_away};
    return cache_write_to(cache, &writer);
}
