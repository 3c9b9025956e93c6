// SPDX-License-Identifier: Apache-2.0
//
// fold: from a committed record to entities, tallies and sequences.
//
// The same code folds a record just committed, the tail after a crash, and the
// whole journal in a rebuild or a verification.  It is total: what it cannot
// compute contributes nothing and is listed in quarantine.
#pragma once

#include "aggregator/cache.h"
#include "aggregator/history.h"
#include "common/domain/event.h"
#include "common/domain/outcome.h"
#include "common/wire/commit.h"

// Why something is in quarantine, kept as one byte before its text.
enum quarantine_reason {
    QUARANTINE_UNREADABLE = 1, // this version cannot read it
    QUARANTINE_HELD_BACK       // an operator put it there
};

struct fold;

MUST_USE enum status fold_open(struct fold **out, struct cache *cache,
                               const struct history *history);
void fold_close(struct fold *fold); // NULL is fine

// The events of a record, in order, by who has read them already.
struct known_events {
    size_t count;
    const struct event *list;
};

// fold_commit folds every event of a record and marks its sequence numbers.
// Without `known` (NULL) the events are read from the record.  STATUS_CORRUPT
// or STATUS_SYSTEM: the process must end.
MUST_USE enum status fold_commit(struct fold *fold, const struct commit *commit,
                                 const struct known_events *known);

// fold_horizon is the latest instant any event folded so far belongs to: a
// rulebook version valid only later changes nothing already folded.
int64_t fold_horizon(const struct fold *fold);
void fold_horizon_set(struct fold *fold, int64_t horizon);

// fold_read reads a body and resolves what the store knows of it: the dealer's
// number and a survey's completeness.  An outcome other than ACCEPTED: it
// cannot be stored (now).
struct outcome fold_read(const struct history *history, struct span body,
                         struct event *event);
