// SPDX-License-Identifier: Apache-2.0
//
// pace: how often a command that shows what is going on looks again, and when
// it has seen enough.
#pragma once

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

enum { PACE_EVERY = 'n', PACE_TIMES = 't', PACE_USUAL_MS = 1000 };

struct pace {
    int64_t every_ms;
    uint64_t left; // how often still; 0: no end
};

#define PACE_USUAL                                                             \
    (struct pace)                                                              \
    {                                                                          \
        .every_ms = PACE_USUAL_MS                                              \
    }

#define PACE_OPTIONS                                                           \
    {"every", PACE_EVERY, "SECONDS", 0, "Look so often; 1 by default", 0},     \
    {                                                                          \
        "times", PACE_TIMES, "N", 0, "Show so many, then end", 0               \
    }

// pace_option takes one of the two.
error_t pace_option(struct pace *pace, int key, const char *argument,
                    struct argp_state *state);

// pace_next waits for the next look; false: that was enough.
bool pace_next(struct pace *pace);
