// SPDX-License-Identifier: Apache-2.0
//
// counters: what the reporter counts, written by its threads, read by /metrics.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

// X(field, metric, kind, help)
#define COUNTER_MAP(X)                                                         \
    X(refreshes, "dealerpulse_reporter_refreshes_total", "counter",            \
      "times the aggregator answered how it stands")                           \
    X(refresh_failures, "dealerpulse_reporter_refresh_failures_total",         \
      "counter", "times it did not, or gave what cannot be read")              \
    X(snapshots, "dealerpulse_reporter_snapshots_total", "counter",            \
      "snapshots taken because something had changed")                         \
    X(published, "dealerpulse_reporter_published_total", "counter",            \
      "rankings sent on the feed")                                             \
    X(publish_failures, "dealerpulse_reporter_publish_failures_total",         \
      "counter", "rankings the feed did not take")                             \
    X(delivered, "dealerpulse_reporter_deliveries_total", "counter",           \
      "alerts the webhook took")                                               \
    X(delivery_refusals, "dealerpulse_reporter_delivery_refusals_total",       \
      "counter", "alerts the webhook will not have")                           \
    X(delivery_failures, "dealerpulse_reporter_delivery_failures_total",       \
      "counter", "times the webhook was not there")                            \
    X(http_2xx, "dealerpulse_http_2xx_responses_total", "counter",             \
      "HTTP answers with content")                                             \
    X(http_3xx, "dealerpulse_http_3xx_responses_total", "counter",             \
      "HTTP answers saying that nothing changed")                              \
    X(http_4xx, "dealerpulse_http_4xx_responses_total", "counter",             \
      "HTTP questions refused")                                                \
    X(http_5xx, "dealerpulse_http_5xx_responses_total", "counter",             \
      "HTTP questions that could not be answered")

struct counters {
#define X(field, metric, kind, help) _Atomic uint64_t field;
    COUNTER_MAP(X)
#undef X
    _Atomic int64_t answered_steady_ms; // the aggregator, last; 0: never
    _Atomic int64_t snapshot_steady_ms; // last taken; 0: never
    _Atomic uint64_t journal_position;  // as last answered
    _Atomic uint64_t unfolded_ms;       // likewise
    _Atomic uint64_t intake_held;       // likewise; 0 or 1
    _Atomic uint64_t reader_ms;         // likewise
    _Atomic uint64_t quarantined;       // likewise, at the last snapshot
    _Atomic int64_t last_commit_at_ms;  // likewise; wall
    _Atomic uint64_t refresh_ms;        // how long the last snapshot took
};

// counters_add counts one more.
static inline void
counters_add(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}
