// SPDX-License-Identifier: Apache-2.0
//
// instant: both clocks at one moment, as handed to the pure cores.
#pragma once

#include <stdint.h>

struct instant {
    int64_t steady_ms; // what timers run on
    int64_t wall_ms;   // what events are compared with
};
