// SPDX-License-Identifier: Apache-2.0
//
// intake_parts: what intake.c (the group and its receipts), intake_judge.c (the
// deliveries) and intake_restore.c (the journal's tail) share.
#pragma once

#include "aggregator/dedupe.h"
#include "aggregator/intake.h"
#include "aggregator/numbers.h"

// Some deliveries of a parcel that are judged together: the memory is asked for
// all before the first is looked up.
enum { AHEAD = 16 };
struct ahead {
    size_t first, count; // places among the group's events
    struct delivery deliveries[AHEAD];
    struct outcome outcomes[AHEAD];
};

struct held_conflict {
    struct span terminal;
    uint64_t epoch;
    struct delivery delivery;
};

struct intake {
    struct cache *cache;
    const struct history *history;
    struct sealer sealer;
    struct vetter vetter;
    uint64_t position;
    struct writer record;
    bool anything; // to be stored
    size_t accepted, batch_count, conflict_count;
    struct event *events;    // the accepted
    struct dedupe_key *keys; // theirs, for undo
    struct taken *batches;
    struct held_conflict *conflicts;
    uint8_t *record_room, *receipt_room;
    size_t receipt_used;
    struct numbers numbers; // of the parcel at hand
    bool numbers_loaded;
};

// intake_parcel writes a parcel into the record, unless it brings nothing new,
// and its exceptions into the receipt, from *index on.
MUST_USE enum status intake_parcel(struct intake *intake,
                                   const struct parcel *parcel,
                                   struct writer *receipt, uint32_t *index);
