// SPDX-License-Identifier: Apache-2.0
//
// freeze: thresholds made of what peers reached before the period.
//
// Of the shrunken values of the dealers with enough answers, best last:
//   floor      the worst
//   threshold  the median; of an even number the lower middle
//   benchmark  the mean of the best ceil(k / 10)
// each rounded to ppm once (rulings C17; 42 CFR 412.160 has the form).  Fixed
// in the rulebook before the period, so that nobody's answer moves what
// somebody is measured by.
#pragma once

#include "common/domain/points.h"

enum { FREEZE_LEAST = 10 }; // fewer dealers are judged with a wider group

// freeze_scale sorts count > 0 values (micro, scale included) in place, worst
// first, and writes the thresholds; values outside what ppm can say are
// brought to its ends.
void freeze_scale(int64_t *values_micro, size_t count, enum points_form form,
                  bool lower_is_better, struct points_scale *scale);
