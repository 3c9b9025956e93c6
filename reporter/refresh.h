// SPDX-License-Identifier: Apache-2.0
//
// refresh: keeps the newest snapshot on the shelf and the feed.
#pragma once

#include "client/ask.h"
#include "client/watchlist.h"
#include "reporter/publish.h"
#include "reporter/site.h"

// What refreshing needs; everything is lent.
struct refresh {
    struct ask *ask;
    struct shelf *shelf;
    struct publish *publish;
    struct counters *counters;
    const struct site *site;     // what is made ahead; NULL: nothing is
    void (*shown)(void *listen); // called once a snapshot is on the shelf
    void *listen;
    int64_t refresh_ms;
    int64_t window_ms;       // of alerts
    int64_t silent_since_ms; // steady; 0: the aggregator answers
    struct watchlist alerts; // the caller ends it with watchlist_fini
    bool alerts_whole, alerts_failed;
};

// refresh_once asks the aggregator how it stands and, when something moved,
// takes a new snapshot, puts it on the shelf and publishes what changed.
// *rest_ms is how long to wait before the next one: at least refresh_ms, and
// twice as long as a snapshot took, so that asking never becomes the load.
// STATUS_STOPPED when asked to stop; every other failure is logged, counted
// and tried again.
MUST_USE enum status refresh_once(struct refresh *refresh, int64_t *rest_ms);
