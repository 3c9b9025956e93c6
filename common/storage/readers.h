// SPDX-License-Identifier: Apache-2.0
//
// readers: who holds a snapshot of the journal or the state, and for how long.
//
// While a snapshot lives, no page it may see is used again: the file grows.
// One whose process is gone is let go of.
#pragma once

#include <stdint.h>

#include "common/status.h"

struct journal;
struct state;

// The oldest snapshot of an environment: pid 0 when there is none that lags.
struct reader {
    uint32_t pid;
    uint64_t txn;    // what it sees
    uint64_t behind; // transactions committed since
};

// Both let go of dead processes' snapshots (*dead: how many).
MUST_USE enum status journal_oldest_reader(struct journal *journal,
                                           struct reader *reader, int *dead);
MUST_USE enum status state_oldest_reader(struct state *state,
                                         struct reader *reader, int *dead);
