// SPDX-License-Identifier: Apache-2.0
//
// load: a run of the load generator, from greeting to the last receipt.
#pragma once

#include "bench/keys.h"
#include "bench/lane.h"
#include "bench/watch.h"

enum {
    LOAD_MARKS_MAX = 16,
    LOAD_WATCHES_MAX = 8,
    LOAD_TERMINALS_MAX = WAIT_MAX
};

struct load_options {
    const char *collector;
    uint64_t events, first_event; // over all terminals
    uint32_t batch, window;
    uint32_t rate;    // events a second; 0: as fast as it goes
    const char *name; // terminals are called NAME-0, NAME-1...
    bool flood;       // heed no credit
    struct bench_keys keys;
    struct mill_options mill;
    size_t mark_count, watch_count;
    uint64_t marks[LOAD_MARKS_MAX]; // ascending, of events answered
    struct watch watches[LOAD_WATCHES_MAX];
};

// load_run prints the figures on stdout, one "key value..." a line.  False,
// with the reason on stderr, when a session was lost or nothing moved.
bool load_run(const struct load_options *options);
