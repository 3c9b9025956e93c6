// SPDX-License-Identifier: Apache-2.0
//
// wilson: which side of a limit the Wilson 95 % interval of a share lies on.
//
// The interval of num / n is the set of all c with
//   (num/n - c)^2 <= z^2 c (1 - c) / n,  z = 1.959963984540054
// (Wilson 1927; rulings C22), so a limit is on one side of it or the other by
// integers alone, without a root.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// 0 <= num <= n, 1 <= n; limit in ppm, 0..10^6.

// wilson_lower_reaches: the lower end is >= limit, and num/n is above it.
bool wilson_lower_reaches(int64_t num, int64_t n, int64_t limit_ppm);

// wilson_upper_below: the upper end is < limit.
bool wilson_upper_below(int64_t num, int64_t n, int64_t limit_ppm);
