// SPDX-License-Identifier: Apache-2.0
//
// warmup: tells the cache in the background which keys the store has.
//
// Serving need not wait for it; until it is done look-ups just cost more.
#pragma once

#include "aggregator/cache.h"

struct warmup;

// warmup_start begins in a thread of its own.
MUST_USE enum status warmup_start(struct warmup **out, struct state *state,
                                  struct cache *cache);
// warmup_stop ends it, done or not; NULL is fine.
void warmup_stop(struct warmup *warmup);
