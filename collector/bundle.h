// SPDX-License-Identifier: Apache-2.0
//
// bundle: one batch for the aggregator, made of many terminals' batches, and
// what is needed to answer each of them once the aggregator has.
//
// All memory is taken by bundle_init.  A bundle is FREE, then FILLING, READY
// (its frame is finished), SENT, and FREE again.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/judge.h"

enum bundle_state { BUNDLE_FREE, BUNDLE_FILLING, BUNDLE_READY, BUNDLE_SENT };

// A terminal's batch: the bundle's events first .. first + passed - 1, plus
// those of its own exceptions.
struct entry {
    uint32_t place; // of the session
    uint64_t session;
    uint64_t number;
    uint32_t events, first, passed;
    uint32_t exception, exception_count; // into the bundle's list
};

struct bundle {
    enum bundle_state state;
    uint64_t number;
    uint32_t events; // passed on, over all entries
    uint32_t entry_count, exception_count;
    int64_t sent_at_ms;
    struct writer writer;
    size_t length; // of the finished frame
    uint8_t *buffer;
    struct entry *entries;
    struct exception *exceptions;
};

// bundle_init takes the memory.  False without it.
bool bundle_init(struct bundle *bundle);
void bundle_fini(struct bundle *bundle);

// bundle_begin starts a FREE bundle; bundle_free drops what is in it.
void bundle_begin(struct bundle *bundle, uint64_t session, uint64_t number);
void bundle_free(struct bundle *bundle);

enum bundle_result {
    BUNDLE_ADDED,
    BUNDLE_NOTHING, // nothing of it has to go on: answer it at once
    BUNDLE_FULL     // unchanged: take another bundle
};

// bundle_add copies what is to go on of a terminal's batch: parcels without
// exceptions whole, of the others the deliveries not excepted and one settled
// range per run of rejections.  name and received_at_ms are the collector's.
enum bundle_result
bundle_add(struct bundle *bundle, struct span name, int64_t received_at_ms,
           const struct sessions *sessions, const struct session *session,
           const struct batch *batch, const struct judgement *judgement);

// bundle_finish closes the frame: FILLING to READY.
void bundle_finish(struct bundle *bundle);

static inline struct span
bundle_frame(const struct bundle *bundle)
{
    return span_of(bundle->buffer, bundle->length);
}
