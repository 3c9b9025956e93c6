// SPDX-License-Identifier: Apache-2.0
//
// terminals: `dealerpulse terminals`, who sends, and how their clocks go.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "console/offline.h"

// What there is to say about all terminals together.
struct terminals_summary {
    size_t count, waiting,
        skewed; // heard of; with events that wait; clocks off
    uint64_t events_waiting;
    char most[64]; // the one with the most of them, "" when none waits
};

// terminals_summarise reads the journal of a data directory, also while the
// aggregator runs.  Returns 0, or an exit code after it said why.
int terminals_summarise(const char *title, const struct offline_place *place,
                        struct terminals_summary *summary);

int terminals_command(int argc, char **argv);
