// SPDX-License-Identifier: Apache-2.0
//
// numbers: the sequence numbers of one terminal and epoch, as the cache keeps
// them.  A plain value to be loaded, marked and stored; about 16 KiB.
#pragma once

#include "aggregator/cache.h"
#include "common/domain/event.h"
#include "common/domain/sequence.h"

struct numbers {
    struct sequence sequence;
    uint64_t first, last; // a run still to be added to it; 0: none
    uint32_t key_length;
    uint8_t key[DEALER_ID_MAX + 8]; // terminal, epoch big endian
};

// numbers_load reads what is known of a terminal and epoch; nothing is fine.
MUST_USE enum status numbers_load(struct numbers *numbers, struct cache *cache,
                                  struct span terminal, uint64_t epoch);

// numbers_mark marks first..last as arrived.  Runs that follow each other,
// which most parcels are, cost nothing.
void numbers_mark(struct numbers *numbers, uint64_t first, uint64_t last);

// numbers_have tells whether a number had arrived when loaded.
bool numbers_have(const struct numbers *numbers, uint64_t seq);

MUST_USE enum status numbers_store(struct numbers *numbers,
                                   struct cache *cache);
