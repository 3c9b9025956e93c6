// SPDX-License-Identifier: Apache-2.0
//
// skew: how far somebody's clock is off ours, from what it says.
//
// The way here only ever makes (sent - received) smaller, so the quickest of
// the last 32 to 64 messages comes closest.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SKEW_TOLD_MS = 300000 }; // five minutes: somebody should set it

struct skew {
    int64_t ms;        // its clock minus ours
    bool known;        // some message told when it was sent
    uint8_t in_window; // messages in windows[1]
    int64_t windows[2];
};

// skew_look takes one message; a time of 0 was not told.
void skew_look(struct skew *skew, int64_t sent_at, int64_t received_at);

// skew_is_wrong tells whether the clock is more than SKEW_TOLD_MS off.
bool skew_is_wrong(const struct skew *skew);
