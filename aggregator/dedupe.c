// SPDX-License-Identifier: Apache-2.0
#include "aggregator/dedupe.h"

#include <endian.h>

static struct cache_key
name_of(const struct dedupe_key *key)
{
    return (struct cache_key){.name = span_of(key->bytes, DEDUPE_KEY_SIZE),
                              .hash = key->hash};
}

void
dedupe_name(const struct event_id *id, uint32_t dealer,
            uint8_t name[DEDUPE_KEY_SIZE])
{
    dealer = htobe32(dealer);
    memcpy(name, id->bytes, EVENT_ID_SIZE);
    memcpy(name + EVENT_ID_SIZE, &dealer, sizeof dealer);
}

enum status
dedupe_position(struct span value, uint64_t *position)
{
    if (value.length != DEDUPE_VALUE_SIZE)
        return STATUS_CORRUPT;
    memcpy(position, value.data, sizeof *position);
    *position = be64toh(*position);
    return STATUS_OK;
}

void
dedupe_prepare(const struct cache *cache, const struct event *event,
               struct dedupe_key *key)
{
    dedupe_name(&event->id, event->dealer, key->bytes);
    const struct cache_key name =
        cache_key_of(cache, span_of(key->bytes, DEDUPE_KEY_SIZE));
    key->hash = name.hash;
    cache_prefetch(cache, STATE_ID, &name);
}

enum status
dedupe_judge(struct cache *cache, const struct dedupe_key *key,
             const uint8_t digest[BODY_DIGEST_SIZE], enum code *code)
{
    struct span known;

    const struct cache_key name = name_of(key);
    enum status status = cache_get(cache, STATE_ID, &name, &known);
    if (status == STATUS_NOT_FOUND) {
        *code = CODE_NONE;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    if (known.length != DEDUPE_VALUE_SIZE)
        return STATUS_CORRUPT;
    *code = memcmp(known.data + 8, digest, BODY_DIGEST_SIZE) == 0
                ? CODE_ALREADY_STORED
                : CODE_ID_CONFLICT;
    return STATUS_OK;
}

enum status
dedupe_remember(struct cache *cache, const struct dedupe_key *key,
                uint64_t position, const uint8_t digest[BODY_DIGEST_SIZE])
{
    uint64_t p = htobe64(position);
    const struct cache_key name = name_of(key);
    uint8_t *value = cache_put(cache, STATE_ID, &name, DEDUPE_VALUE_SIZE);

    if (!value)
        return STATUS_FULL;
    memcpy(value, &p, sizeof p);
    memcpy(value + sizeof p, digest, BODY_DIGEST_SIZE);
    return STATUS_OK;
}

void
dedupe_forget(struct cache *cache, const struct dedupe_key *key)
{
    const struct cache_key name = name_of(key);
    cache_forget(cache, STATE_ID, &name);
}
