// SPDX-License-Identifier: Apache-2.0
//
// sealing: the words of comments under keys of their own, in both directions.
//
// Sealed words are the number of the key's slot (8 bytes, big endian), then
// what words_seal wrote, bound to the dealer and the event's id.
#pragma once

#include "aggregator/intake.h"
#include "common/storage/comment_keys.h"

// sealing_of is the sealer that takes fresh keys from `keys`; they are on disk
// after comment_keys_commit, which must come before the record is.
struct sealer sealing_of(struct comment_keys *keys);

// sealing_slot tells where the key of sealed words lies; 0: nowhere.
uint64_t sealing_slot(struct span sealed);

// What an event says in words; spans are lent by room.
struct said {
    struct span salt, comment;
    uint8_t room[SEALED_MAX];
};

// sealing_open opens sealed words.  STATUS_NOT_FOUND: the key was erased;
// STATUS_CORRUPT: damaged, or not of this event.
MUST_USE enum status sealing_open(struct comment_keys *keys, struct span dealer,
                                  const struct event_id *id, struct span sealed,
                                  struct said *said);
