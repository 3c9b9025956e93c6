// SPDX-License-Identifier: Apache-2.0
//
// rebuild: state/ made anew from journal/, while no aggregator runs.
#pragma once

#include "aggregator/refold.h"
#include "common/config/problem.h"

struct rebuild_report {
    uint64_t position, events; // folded
    const char *step;          // what was being done when it failed
    uint64_t at;               // and where in the journal
};

// rebuild_run folds dir/journal again beside dir/state and then changes the two
// over at once; the state before is removed.  A start after it was broken off
// finds the old state, or none and folds again.  STATUS_BUSY: an aggregator has
// the directory.
MUST_USE enum status rebuild_run(const char *dir, size_t map_bytes,
                                 const struct refold_watch *watch,
                                 struct rebuild_report *report,
                                 struct problems *problems);
