// SPDX-License-Identifier: Apache-2.0
//
// simulate_options: what a person asks `dealerpulse simulate` for.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/config/config.h"

struct simulate_options {
    const char *config, *truth, *until; // lent by argv; NULL: not given
    const char *collectors[CONFIG_ENDPOINTS_MAX];
    size_t collector_count;
    uint64_t seed;
    uint32_t months, terminals, visits;
    unsigned faults;
};

// simulate_options_take reads the command line into the defaults; a wrong one
// ends the program with 64 and a sentence.
void simulate_options_take(struct simulate_options *options, int argc,
                           char **argv);
