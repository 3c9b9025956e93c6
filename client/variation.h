// SPDX-License-Identifier: Apache-2.0
//
// variation: a rebate with a few of its numbers changed, as somebody tries them
// who asks what if.
//
// Each is text as it comes in an address; NULL leaves what the rebate has.
//   consistency   "20", 0 to 100
//   max_rate_ppm  "12000", 0 to 1000000
//   weights       "490000,210000,300000": ppm, one for each dimension in the
//                 order of the programme, 1000000 together
//   thresholds    "700000,600000,800000": ppm, likewise, each between its floor
//                 and its benchmark
//   steps         "40000000:0,90000000:1000000": score in micro and ratio in
//                 ppm, as payout.h
#pragma once

#include "common/domain/scheme.h"

struct variation {
    const char *consistency, *max_rate_ppm, *weights, *thresholds, *steps;
};

enum { VARIATION_PROBLEM_MAX = 192 };

// variation_apply changes the scheme; false with a sentence when what is asked
// for is not a rebate: the scheme is of no use then.
bool variation_apply(const struct variation *variation, struct scheme *scheme,
                     char problem[VARIATION_PROBLEM_MAX]);
