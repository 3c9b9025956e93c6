// SPDX-License-Identifier: Apache-2.0
//
// run_log: what the agent writes to its log, and only when it changed.
#pragma once

#include <stdint.h>

#include "client/dealerpulse.h"

struct run_log {
    struct dealerpulse_state state; // as last written
    int64_t reported_at, skew_at;   // steady ms
    int lines_left;                 // for outcomes, until the next report
    enum dealerpulse_status trouble;
    int64_t trouble_at;
};

void run_log_init(struct run_log *log);

// run_log_outcome is what dealerpulse_open is given as on_outcome.
void run_log_outcome(void *log, const struct dealerpulse_outcome *outcome);

// run_log_state writes what is new: the link, the store, the clock, the counts
// once a minute.
void run_log_state(struct run_log *log, const struct dealerpulse_state *state);

// run_log_trouble writes why the spool failed, once a minute while it does.
void run_log_trouble(struct run_log *log, enum dealerpulse_status status,
                     const char *text);
