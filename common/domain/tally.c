// SPDX-License-Identifier: Apache-2.0
#include "common/domain/tally.h"

#include <string.h>

enum {
    BLOCK = 16, // counters looked at together: one cache line
    FETCHED_MAX = 512,
    FEW = 4, // deltas that are not worth a fetch
};

static void
put32(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
}

static uint32_t
get32(const uint8_t *in)
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 |
           (uint32_t)in[2] << 8 | in[3];
}

void
tally_key_write(const struct tally_key *key, uint8_t out[TALLY_KEY_SIZE])
{
    put32(out, key->month);
    put32(out + 4, key->dealer);
    put32(out + 8, key->slice);
}

void
tally_key_read(struct tally_key *key, const uint8_t in[TALLY_KEY_SIZE])
{
    key->month = get32(in);
    key->dealer = get32(in + 4);
    key->slice = get32(in + 8);
}

size_t
tally_bytes(uint32_t capacity)
{
    const size_t bytes = capacity * (sizeof(int64_t) + sizeof(uint32_t));

    return (bytes + 7) / 8 * 8; // so that tallies can lie side by side
}

void
tally_init(struct tally *tally, uint32_t capacity, void *memory)
{
    tally->used = 0;
    tally->capacity = capacity;
    tally->values = memory;
    tally->counters = (uint32_t *)(tally->values + capacity);
}

void
tally_copy(struct tally *into, const struct tally *from)
{
    into->used = from->used;
    if (from->used == 0)
        return; // an empty one may have no arrays at all
    memcpy(into->counters, from->counters, from->used * sizeof *from->counters);
    memcpy(into->values, from->values, from->used * sizeof *from->values);
}

// leap narrows the place of a counter down to BLOCK by strides that double
// while they fall short and halve after.
static uint32_t
leap(const struct tally *tally, uint32_t at, uint32_t counter)
{
    const uint32_t *const counters = tally->counters;
    uint32_t stride = BLOCK;

    while (tally->used - at >= stride && counters[at + stride - 1] < counter) {
        at += stride;
        stride *= 2;
    }
    while (stride > BLOCK) {
        stride /= 2;
        if (tally->used - at >= stride && counters[at + stride - 1] < counter)
            at += stride;
    }
    return at;
}

// find returns the first place from `at` on that holds counter or a larger
// one.
static uint32_t
find(const struct tally *tally, uint32_t at, uint32_t counter)
{
    at = leap(tally, at, counter);
    if (tally->used - at >= BLOCK) { // no branch per counter: vectors
        const uint32_t *const block = tally->counters + at;
        uint32_t smaller = 0;

        for (int i = 0; i < BLOCK; i++)
            smaller += block[i] < counter;
        return at + smaller;
    }
    while (at < tally->used && tally->counters[at] < counter)
        at++;
    return at;
}

// shift moves everything from `at` on by one place, up or down.
static void
shift(struct tally *tally, uint32_t at, int by)
{
    const uint32_t from = by > 0 ? at : at + 1;
    const uint32_t count = tally->used - from;
    uint32_t *const counters = tally->counters + from;
    int64_t *const values = tally->values + from;

    memmove(counters + by, counters, count * sizeof *counters);
    memmove(values + by, values, count * sizeof *values);
    tally->used = by > 0 ? tally->used + 1 : tally->used - 1;
}

static enum status
insert(struct tally *tally, uint32_t at, const struct delta *delta)
{
    if (delta->value == 0)
        return STATUS_OK;
    if (tally->used == tally->capacity)
        return STATUS_FULL;
    shift(tally, at, +1);
    tally->counters[at] = delta->counter;
    tally->values[at] = delta->value;
    return STATUS_OK;
}

static enum status
raise_value(struct tally *tally, uint32_t at, const struct delta *delta)
{
    int64_t sum;

    if (__builtin_add_overflow(tally->values[at], delta->value, &sum))
        return STATUS_FULL;
    if (sum != 0)
        tally->values[at] = sum;
    else
        shift(tally, at, -1);
    return STATUS_OK;
}

// fetch asks for a tally's memory all at once: additions touch most of a small
// one line after line and would else wait for each (a third of the time, with
// thousands of tallies).
static void
fetch(const struct tally *tally)
{
    const uint32_t count =
        tally->used < FETCHED_MAX ? tally->used : FETCHED_MAX;

    for (uint32_t i = 0; i < count; i += BLOCK)
        __builtin_prefetch(tally->counters + i);
    for (uint32_t i = 0; i < count; i += BLOCK / 2)
        __builtin_prefetch(tally->values + i, 1);
}

enum status
tally_add(struct tally *tally, const struct delta *deltas, size_t count,
          size_t *done)
{
    uint32_t at = 0;

    if (count > FEW)
        fetch(tally);
    for (size_t i = 0; i < count; i++) {
        enum status status;

        at = find(tally, at, deltas[i].counter);
        if (at < tally->used && tally->counters[at] == deltas[i].counter)
            status = raise_value(tally, at, &deltas[i]);
        else
            status = insert(tally, at, &deltas[i]);
        if (status != STATUS_OK) {
            *done = i;
            return status;
        }
    }
    *done = count;
    return STATUS_OK;
}

int64_t
tally_get(const struct tally *tally, uint32_t counter)
{
    const uint32_t at = find(tally, 0, counter);

    return at < tally->used && tally->counters[at] == counter
               ? tally->values[at]
               : 0;
}
