// SPDX-License-Identifier: Apache-2.0
//
// damper: who guesses too often has to wait.
//
// Each address may fail ten times at once and then once in six seconds.  An
// address is an IPv4 one, or the /64 an IPv6 one is in.  It remembers a bounded
// number of addresses and forgets those that failed least.  No clock in it.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    DAMPER_PLACES = 1024,
    DAMPER_FAILURES = 10,
    DAMPER_STEP_MS = 6000,
};

struct damper {
    struct {
        uint64_t address;
        int64_t clear_ms; // when all failures are forgotten; 0: nobody
    } places[DAMPER_PLACES];
};

// damper_wait_ms tells how long an address has to wait before it may try
// again; 0: not at all.
int64_t damper_wait_ms(const struct damper *damper, uint64_t address,
                       int64_t now_ms);

// damper_failed notes a failure.
void damper_failed(struct damper *damper, uint64_t address, int64_t now_ms);
