// SPDX-License-Identifier: Apache-2.0
//
// collectors: whom a terminal may turn to, and how long it waits before it
// does.
//
// Each is an endpoint, with "#" and its public key behind it where it serves
// with keys.  The configured ones come first; a collector tells of others.
// After the n-th failure in a row the wait is random between 0 and min(60 s,
// 2^(n-1) s), so that terminals that lost the same collector do not come back
// all at once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

enum { COLLECTORS_MAX = 32, COLLECTOR_TEXT_MAX = 176 };

struct collectors {
    size_t count, current;
    char list[COLLECTORS_MAX][COLLECTOR_TEXT_MAX];
    unsigned failures; // in a row
    uint64_t random;   // state of the generator
};

void collectors_init(struct collectors *collectors, uint64_t seed);

// collectors_learn adds one unless it is known, no endpoint or one too many.
bool collectors_learn(struct collectors *collectors, struct span endpoint);

// collectors_current is the one to turn to; NULL without any.
const char *collectors_current(const struct collectors *collectors);

// collectors_failed goes on to the next one and returns how many ms to wait.
int64_t collectors_failed(struct collectors *collectors);

// collectors_despair makes the next wait one of the longest.
void collectors_despair(struct collectors *collectors);

// collectors_welcomed ends a row of failures.
void collectors_welcomed(struct collectors *collectors);
