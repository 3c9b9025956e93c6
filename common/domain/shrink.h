// SPDX-License-Identifier: Apache-2.0
//
// shrink: a mean drawn towards its peer group's by how little it rests on.
//
//   x~ = (n x + k mu) / (n + k),  k = sigma^2 / tau^2
//
// the Buehlmann-Straub credibility estimate.  mu and k come from the previous
// four quarters of the peer group and are published in the rulebook as micro
// integers, so that nobody's event moves somebody else's value (rulings C14).
// It is unbiased on average over the peer group: it moves good small dealers
// down and bad ones up.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SHRINK_N_MAX = 1 << 24 }; // answers of one dealer in one window

struct shrink {
    bool is_flat;           // tau^2 = 0: all are the peer group's mean, and tie
    int64_t mean_micro;     // mu, on the scale of the value
    int64_t strength_micro; // k >= 0: how many answers the mean is worth
};

// shrink_value makes x~ in micro, rounded half away from zero, of a value
// num / den * scale over n answers (a struct kpi's n, num, den and its scale).
// False, and nothing written, when n is not 1..SHRINK_N_MAX, den or scale not
// positive, the strength negative, or a product beyond 128 bits.
bool shrink_value(const struct shrink *shrink, int64_t n, int64_t num,
                  int64_t den, int64_t scale, int64_t *value_micro);
