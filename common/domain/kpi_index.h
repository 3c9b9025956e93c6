// SPDX-License-Identifier: Apache-2.0
//
// kpi_index: a weighted index of items, or of gaps, each over its own sample.
#pragma once

#include "common/domain/kpi.h"

// kpi_index forms a KPI_INDEX; without a value when any of its items has none.
struct kpi kpi_index(const struct rulebook *rulebook,
                     const struct kpi_rule *rule, const struct tally *tally);

// kpi_gaps forms a KPI_GAPS, likewise of all its pairs or none.
struct kpi kpi_gaps(const struct kpi_rule *rule, const struct tally *tally);

// kpi_settle makes the figure of n answers that is num / den at a scale;
// without a value when n or den is not positive.
struct kpi kpi_settle(__int128 n, __int128 num, __int128 den, int64_t scale);

// kpi_divisor returns the greatest common divisor of a, b >= 0, not both 0.
__int128 kpi_divisor(__int128 a, __int128 b);

enum {
    KPI_MICRO = 1000000,
    KPI_PER_CENT = 100,
    KPI_GAP_ZERO = 128, // a gap histogram's place of gap 0
};
