// SPDX-License-Identifier: Apache-2.0
//
// credibility: how far a peer group's means can be believed, estimated from
// its answers (Buehlmann-Straub): what shrink.h draws values with.
//
//   mean    = sum S / N                        over all dealers of the group
//   within  = sum (Q - S^2/n) / (N - k)        spread of answers (sigma^2)
//   between = (sum n (S/n - mean)^2 - (k - 1) within) / (N - sum n^2 / N)
//                                              spread of dealers (tau^2), >= 0
//   K       = within / between
//
// Source: domain specification 2.10, rulings C14 (S^2/n is floored to 10^-12,
// then summed).  Estimated from four frozen quarters and published in the
// rulebook, so that no rival's answer moves my pay.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/shrink.h"

// What one dealer's answers add up to, in units of the scale.
struct sample {
    int64_t n, sum, squares;
};

// In micro of the value's unit, the spreads of its square.
struct credibility {
    struct shrink shrink; // is_flat: between is 0, and strength
    int64_t within_micro, between_micro;
};

// credibility_of estimates from samples, those with n = 0 left out.  False:
// fewer than two dealers, no dealer with two answers, a dealer with more than
// SHRINK_N_MAX, or sums too large.
bool credibility_of(const struct sample *samples, size_t count,
                    struct credibility *out);

// credibility_variance is the variance Z within / n of the shrunken value, in
// micro^2 (rulings D23); n > 0.
int64_t credibility_variance(const struct credibility *credibility, int64_t n);
