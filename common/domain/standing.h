// SPDX-License-Identifier: Apache-2.0
//
// standing: which ranks chance leaves open, and who stands out.
//
// Dealer j is significantly better than i when x_j > x_i and
// (x_j - x_i)^2 > c^2 (v_i + v_j).  The ranks of i that chance leaves open are
// 1 + (number significantly better) to k - (number significantly worse).
// Sources: domain specification 2.10, rulings D23 to D25.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/credibility.h"

enum { STANDING_C_MILLI = 3000 }; // c = 3, the default

struct standing {
    int64_t value_micro;  // higher is better
    int64_t variance;     // micro^2, credibility_variance
    uint32_t first, last; // filled: the ranks left open, from 1
};

// standing_intervals fills first and last; rows must be sorted, best first.
void standing_intervals(struct standing *rows, size_t count, uint32_t c_milli);

enum band { BAND_NOT_DISTINGUISHABLE, BAND_ABOVE, BAND_BELOW };

// band_of_mean: above or below the peers' mean by more than three times what
// chance and the usual spread of dealers explain: (x - mean)^2 > 9 (within / n
// + between).
enum band band_of_mean(const struct credibility *credibility,
                       int64_t value_micro, int64_t n);

// band_of_rate: hits of n against the peers' rate in ppm (1..999,999); outside
// when the binomial tail is below 0.00135.  Tails are summed in fixed point of
// 2^-64 of the likeliest term: the error stays below n * 2^-62.  n <= 2^24.
enum band band_of_rate(int64_t hits, int64_t n, uint32_t rate_ppm);
