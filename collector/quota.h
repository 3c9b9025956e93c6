// SPDX-License-Identifier: Apache-2.0
//
// quota: how many events a terminal may send a second, by its name, whatever
// link or session it comes over (a token bucket for each).
//
// A table of a fixed number of places.  When many names fall together, the
// fullest bucket gives way: it is the one that says least.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

struct quota_bucket {
    uint64_t name; // hash; 0: free
    int64_t at_ms; // steady time of the level
    int64_t level; // thousandths of events; negative: a debt
};

struct quota {
    uint32_t per_second; // 0: no quota at all
    uint32_t burst;
    uint64_t seed;
    struct quota_bucket *buckets;
};

// quota_init: a second's worth is the least burst.  False without memory.
bool quota_init(struct quota *quota, uint32_t per_second, uint32_t burst,
                uint64_t seed);
void quota_fini(struct quota *quota);

// quota_name is what the other functions know a terminal by.
uint64_t quota_name(const struct quota *quota, struct span name);

// quota_left returns how many events a terminal may send now; UINT32_MAX
// without a quota, 0 while it is in debt.
uint32_t quota_left(struct quota *quota, uint64_t name, int64_t now_ms);

// quota_take takes them, on credit if need be: what was granted earlier may be
// on its way.  False when the debt would be more than the burst: nothing is
// taken, and *after_ms says when the debt will be paid.
bool quota_take(struct quota *quota, uint64_t name, uint32_t events,
                int64_t now_ms, uint32_t *after_ms);
