// SPDX-License-Identifier: Apache-2.0
//
// health: what the serving thread tells the answering one about itself.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct health {
    _Atomic bool intake_held;    // no room: events are put off
    _Atomic uint32_t reader_pid; // who holds the oldest snapshot; 0: nobody
    _Atomic int64_t reader_ms;   // and for how long
};
