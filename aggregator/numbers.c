// SPDX-License-Identifier: Apache-2.0
#include "aggregator/numbers.h"

#include <endian.h>

static struct cache_key
write_key(const struct cache *cache, struct numbers *numbers,
          struct span terminal, uint64_t epoch)
{
    uint64_t e = htobe64(epoch);
    uint32_t length =
        terminal.length < DEALER_ID_MAX ? terminal.length : DEALER_ID_MAX;

    if (length)
        memcpy(numbers->key, terminal.data, length);
    memcpy(numbers->key + length, &e, sizeof e);
    numbers->key_length = length + (uint32_t)sizeof e;
    return cache_key_of(cache, span_of(numbers->key, numbers->key_length));
}

enum status
numbers_load(struct numbers *numbers, struct cache *cache, struct span terminal,
             uint64_t epoch)
{
    const struct cache_key key = write_key(cache, numbers, terminal, epoch);
    struct span stored;

    numbers->first = numbers->last = 0;
    enum status status = cache_get(cache, STATE_SEQUENCE, &key, &stored);
    if (status == STATUS_OK)
        return sequence_decode(&numbers->sequence, stored);
    if (status != STATUS_NOT_FOUND)
        return status;
    // Not the gaps: none of them count.
    numbers->sequence.high = 0;
    numbers->sequence.forgotten = 0;
    numbers->sequence.gap_count = 0;
    return STATUS_OK;
}

static void
add_run(struct numbers *numbers)
{
    if (numbers->last)
        sequence_add(&numbers->sequence, numbers->first, numbers->last);
}

void
numbers_mark(struct numbers *numbers, uint64_t first, uint64_t last)
{
    if (first == 0 || last < first)
        return;
    if (numbers->last && first == numbers->last + 1) {
        numbers->last = last;
        return;
    }
    add_run(numbers);
    numbers->first = first;
    numbers->last = last;
}

bool
numbers_have(const struct numbers *numbers, uint64_t seq)
{
    return sequence_has(&numbers->sequence, seq);
}

enum status
numbers_store(struct numbers *numbers, struct cache *cache)
{
    uint8_t bytes[SEQUENCE_BYTES_MAX];

    add_run(numbers);
    numbers->first = numbers->last = 0;
    size_t length = sequence_encode(&numbers->sequence, bytes);
    const struct cache_key key =
        cache_key_of(cache, span_of(numbers->key, numbers->key_length));
    void *room = cache_put(cache, STATE_SEQUENCE, &key, (uint32_t)length);
    if (!room)
        return STATUS_FULL;
    memcpy(room, bytes, length);
    return STATUS_OK;
}
