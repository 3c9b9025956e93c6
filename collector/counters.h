// SPDX-License-Identifier: Apache-2.0
//
// counters: what a collector did since it started, by the names the metrics
// carry (dealerpulse_collector_<name>).
#pragma once

#include <stdint.h>

#define COLLECTOR_COUNTER_MAP(X)                                               \
    X(frames_total, "frames terminals sent")                                   \
    X(garbage_total, "of those, frames nobody can read")                       \
    X(dropped_total, "messages of several frames, or of nobody")               \
    X(hellos_total, "terminals admitted")                                      \
    X(refusals_total, "terminals refused")                                     \
    X(unauthorised_total, "frames of keys that may not speak (any more)")      \
    X(batches_total, "batches taken")                                          \
    X(events_total, "events in them")                                          \
    X(accepted_total, "events answered ACCEPTED")                              \
    X(duplicates_total, "events answered DUPLICATE")                           \
    X(rejected_total, "events answered REJECTED")                              \
    X(retried_total, "events answered RETRY")                                  \
    X(over_quota_total, "of those, events beyond the credit or the quota")     \
    X(receipts_lost_total, "receipts whose terminal was gone or did not read") \
    X(link_batches_total, "batches sent to the aggregator")                    \
    X(link_receipts_total, "receipts the aggregator gave")                     \
    X(link_losses_total, "times the aggregator was lost")                      \
    X(forgotten_total, "events terminals have to send again")

struct collector_counters {
#define X(name, meaning) uint64_t name;
    COLLECTOR_COUNTER_MAP(X)
#undef X
};
