// SPDX-License-Identifier: Apache-2.0
//
// answers: what the store says to a read-only question.
//
// Reads the last checkpoint and the journal's end through short snapshots;
// never the cache.  May run in any thread.
#pragma once

#include "aggregator/health.h"
#include "aggregator/history.h"
#include "common/storage/journal.h"
#include "common/storage/keys.h"
#include "common/storage/state.h"
#include "common/wire/query.h"

struct answers {
    struct journal *journal;
    struct state *state;
    const struct history *history; // does not change while serving
    struct store_identity identity;
    const char *dir; // of the data
    struct health *health;
};

// answers_position reads the position of the checkpoint.
MUST_USE enum status answers_position(const struct answers *answers,
                                      uint64_t *position);

// answers_make writes the answer to a query into a malloc'ed buffer, which the
// caller owns.
MUST_USE enum status answers_make(const struct answers *answers,
                                  const struct query *query, void **bytes,
                                  size_t *length);
