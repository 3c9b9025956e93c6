// SPDX-License-Identifier: Apache-2.0
#include "client/id.h"

#include <assert.h>

#include "common/crypto/digest.h"

enum {
    COUNTER_MAX = 0xfff,
    COUNTER_START_MASK = 0x7ff, // leaves half of the counter to count with
    TEXT_MAX = 64,
    KEY_HASH_SIZE = 32,
};

static const uint64_t MS_MAX = (UINT64_C(1) << 48) - 1;

static void
put_ms(struct event_id *id, uint64_t ms)
{
    for (int i = 0; i < 6; i++)
        id->bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
}

static uint64_t
get_ms(const struct event_id *id)
{
    uint64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id->bytes[i];
    return ms;
}

static void
put_version(struct event_id *id, uint8_t version)
{
    id->bytes[6] = (uint8_t)(version << 4 | (id->bytes[6] & 0x0f));
    id->bytes[8] = (uint8_t)(0x80 | (id->bytes[8] & 0x3f));
}

bool
id_is_live(const struct event_id *id)
{
    return id->bytes[6] >> 4 == 7 && id->bytes[8] >> 6 == 2;
}

void
id_raise(struct event_id *last, const struct event_id *id)
{
    if (id_is_live(id) && memcmp(id, last, sizeof *id) > 0)
        *last = *id;
}

void
id_maker_init(struct id_maker *maker, const struct event_id *last)
{
    *maker = (struct id_maker){0};
    if (!id_is_live(last))
        return;
    maker->last_ms = get_ms(last);
    maker->counter = (uint32_t)(last->bytes[6] & 0x0f) << 8 | last->bytes[7];
}

struct event_id
id_make(struct id_maker *maker, int64_t now_ms,
        const uint8_t random[ID_RANDOM_SIZE])
{
    uint64_t now = now_ms < 0 ? 0 : (uint64_t)now_ms & MS_MAX;
    uint32_t start =
        ((uint32_t)random[8] << 8 | random[9]) & COUNTER_START_MASK;
    struct event_id id;

    if (now > maker->last_ms) {
        maker->last_ms = now;
        maker->counter = start;
    } else if (++maker->counter > COUNTER_MAX) {
        maker->last_ms++; // borrows the next millisecond
        maker->counter = start;
    }
    put_ms(&id, maker->last_ms);
    id.bytes[6] = (uint8_t)(maker->counter >> 8);
    id.bytes[7] = (uint8_t)maker->counter;
    memcpy(id.bytes + 8, random, 8);
    put_version(&id, 7);
    return id;
}

static size_t
put_number(uint8_t *out, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
    return 4;
}

static size_t
put_text(uint8_t *out, struct span text)
{
    assert(text.length <= TEXT_MAX);
    put_number(out, text.length);
    if (text.length > 0)
        memcpy(out + 4, text.data, text.length);
    return 4 + text.length;
}

struct event_id
id_import(const struct import_key *key)
{
    uint8_t named[2 * (4 + TEXT_MAX) + 8 + KEY_HASH_SIZE];
    struct event_id id;

    size_t used = put_text(named, key->dealer);
    used += put_number(named + used, key->event_type);
    used += put_text(named + used, key->name_space);
    used += put_number(named + used, key->ordinal);
    digest(key->natural_key, named + used, KEY_HASH_SIZE);
    used += KEY_HASH_SIZE;

    digest(span_of(named, used), id.bytes, sizeof id.bytes);
    put_ms(&id, (uint64_t)key->occurred_at & MS_MAX);
    put_version(&id, 8);
    return id;
}
