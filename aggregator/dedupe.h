// SPDX-License-Identifier: Apache-2.0
//
// dedupe: which events the store has, without a horizon.
//
// The key is the event's id, then the dealer it is about: no dealer can burn
// another's ids, and ids made in time order are put at the tree's edge.
#pragma once

#include "aggregator/cache.h"
#include "common/crypto/digest.h"
#include "common/domain/event.h"
#include "common/domain/outcome.h"

enum {
    BODY_DIGEST_SIZE = 16,
    DEDUPE_KEY_SIZE = EVENT_ID_SIZE + 4,
    DEDUPE_VALUE_SIZE = 8 + BODY_DIGEST_SIZE,
};

struct dedupe_key {
    uint8_t bytes[DEDUPE_KEY_SIZE]; // id, dealer number big endian
    uint64_t hash;
};

// dedupe_name writes the name of an event in STATE_ID; dedupe_position reads
// the journal position out of what is found there.
void dedupe_name(const struct event_id *id, uint32_t dealer,
                 uint8_t name[DEDUPE_KEY_SIZE]);
MUST_USE enum status dedupe_position(struct span value, uint64_t *position);

// dedupe_prepare makes the key of an event and asks the memory for it.
void dedupe_prepare(const struct cache *cache, const struct event *event,
                    struct dedupe_key *key);

// dedupe_judge tells CODE_NONE (not there), CODE_ALREADY_STORED or
// CODE_ID_CONFLICT of an event whose body has this digest.
MUST_USE enum status dedupe_judge(struct cache *cache,
                                  const struct dedupe_key *key,
                                  const uint8_t digest[BODY_DIGEST_SIZE],
                                  enum code *code);

// dedupe_remember puts an event that the record at `position` holds;
// dedupe_forget takes it back before that record is on disk.
MUST_USE enum status dedupe_remember(struct cache *cache,
                                     const struct dedupe_key *key,
                                     uint64_t position,
                                     const uint8_t digest[BODY_DIGEST_SIZE]);
void dedupe_forget(struct cache *cache, const struct dedupe_key *key);
