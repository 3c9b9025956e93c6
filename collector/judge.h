// SPDX-License-Identifier: Apache-2.0
//
// judge: what a collector can say about each event of a terminal's batch
// before anybody else sees it.
#pragma once

#include <stdint.h>

#include "collector/published.h"
#include "collector/session.h"
#include "common/wire/envelope.h"

// An event of a batch that is not simply passed on.  index counts over all
// parcels of the batch, from 0.
struct exception {
    uint32_t index;
    struct outcome outcome;
};

// All a batch's exceptions, ascending by index.
struct judgement {
    uint32_t events;
    uint32_t parcels; // that hold events
    uint32_t count;
    int64_t sent_at_ms; // as its last parcel says; 0: not told
    struct exception exceptions[BATCH_EVENTS_MAX];
};

// judge_batch fills *judgement for a batch envelope_read has taken with at most
// BATCH_EVENTS_MAX events.  now is wall time.
void judge_batch(struct judgement *judgement, const struct session *session,
                 const struct published *published, const struct batch *batch,
                 int64_t now_ms);

// judgement_all gives every event of a batch the same outcome.
void judgement_all(struct judgement *judgement, const struct batch *batch,
                   struct outcome outcome);

// parcel_is_foreign tells whether a parcel names another terminal than the
// one that sent it: nothing of it may be journaled under either name.
bool parcel_is_foreign(const struct session *session,
                       const struct parcel *parcel);
