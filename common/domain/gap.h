// SPDX-License-Identifier: Apache-2.0
//
// gap: what a dealer is short of, exactly: the smallest performance, or the
// fewest further good answers, that bring a score to a target, all else equal.
//
// The target is usually the next step of the payout (payout_next).  Found by
// bisection over the rule itself, so that rounding, thresholds and shrinkage
// are in it and the answer is neither one too few nor one too many.
#pragma once

#include "common/domain/scheme.h"

// gap_performance finds the smallest performance of one dimension, in ppm, at
// which count measures (at most SCHEME_DIMENSIONS_MAX) score target_micro.
// False when not even 10^6 ppm do.
bool gap_performance(const struct points_measure *measures, size_t count,
                     int consistency, size_t dimension, int64_t target_micro,
                     int64_t *ppm);

// gap_answers finds how many more good answers (promoters, top boxes, cases
// met; for what is better when lower, ones that do not count) one dimension
// needs for target_micro.  0 when the target is reached.  False when no number
// suffices, or the KPI is not a count over its answers (an index).
bool gap_answers(const struct scheme *scheme, const struct kpi *period,
                 const struct kpi *baseline, size_t dimension,
                 int64_t target_micro, int64_t *more);
