// SPDX-License-Identifier: Apache-2.0
//
// sum: tallies added up, as many as there are.
//
// The read side's tally: it grows, and it adds by merging two ascending lists,
// which is what thousands of dealers over many months need.
#pragma once

#include "common/domain/tally.h"

struct sum {
    struct tally tally; // capacity is how many fit at the moment
    struct tally spare; // what the next merge is written to
};

void sum_fini(struct sum *sum); // a zeroed one is empty and fine
void sum_reset(struct sum *sum);

// sum_add adds `count` counters, ascending.  STATUS_FULL: a value left int64;
// STATUS_SYSTEM: no memory.  The sum is then as before.
MUST_USE enum status sum_add(struct sum *sum, const uint32_t *counters,
                             const int64_t *values, size_t count);
