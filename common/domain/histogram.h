// SPDX-License-Identifier: Apache-2.0
//
// histogram: how often each value was counted.
//
// The counters of one class and number differ in their lowest byte only, so
// they stand side by side in a tally: a histogram of that byte.
#pragma once

#include "common/domain/tally.h"

struct histogram_part {
    __int128 n, sum; // of the values, and n times their size
};

// histogram_part sums the counters (class, a, lo..hi) of a tally.
struct histogram_part histogram_part(const struct tally *tally,
                                     enum counter_class class, uint32_t a,
                                     uint8_t lo, uint8_t hi);

// histogram_nth returns the nth smallest value counted, n from 1 to the n of
// the whole histogram.
uint8_t histogram_nth(const struct tally *tally, enum counter_class class,
                      uint32_t a, __int128 n);
