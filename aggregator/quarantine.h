// SPDX-License-Identifier: Apache-2.0
//
// quarantine: the events that contribute nothing, listed, looked at, put there
// and taken out again.
#pragma once

#include "aggregator/history.h"
#include "common/config/problem.h"
#include "common/domain/event.h"
#include "common/storage/journal.h"

// One of them, lent for the time of the call.
struct quarantined {
    uint64_t position;
    uint32_t index, reason; // enum quarantine_reason
    struct span text;
};

// quarantine_list shows what the last checkpoint lists, by position and index;
// also while the aggregator runs.
MUST_USE enum status
quarantine_list(const char *dir, size_t map_bytes,
                void (*visit)(void *context, const struct quarantined *one),
                void *context);

// A stored event as the journal has it.  Spans are lent until quarantine_free.
struct stored_event {
    struct journal_reader *reader;
    struct journal *journal;
    int64_t committed_at_ms;
    struct parcel parcel;
    struct delivery delivery;
    struct outcome outcome; // of reading the body
    struct event event;     // when that was accepted
    bool is_purged;         // only an outline of it is left
};

// quarantine_find reads an event; STATUS_NOT_FOUND: there is none.
MUST_USE enum status quarantine_find(struct stored_event *stored,
                                     const char *dir, size_t map_bytes,
                                     uint64_t position, uint32_t index);
void quarantine_free(struct stored_event *stored);

// quarantine_change publishes another list of held back events, while no
// aggregator runs (STATUS_BUSY): adds one with a reason, or with NULL takes one
// off; position 0 with NULL takes all off.  The next start, or a rebuild, folds
// everything again.  STATUS_UNAVAILABLE: there is no store; STATUS_NOT_FOUND:
// there is no such event, it was purged (what it contributes, or not, is
// final), or it was not on the list.
MUST_USE enum status quarantine_change(const char *dir, size_t map_bytes,
                                       uint64_t position, uint32_t index,
                                       const char *reason, int64_t now,
                                       const char **step,
                                       struct problems *problems);
