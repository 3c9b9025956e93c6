// SPDX-License-Identifier: Apache-2.0
//
// lateness: how long after the end of its month an event arrived.
//
// No figure: when something arrived is no part of an event, and a restored
// store hears the same events later than the lost one did.  So it is counted
// beside the contributions, in a slice no KPI reads, as a histogram of days:
// from when on a month is closed (close_days) is asked only when reading.
#pragma once

#include "common/domain/period.h"
#include "common/domain/tally.h"

enum { LATENESS_DAYS_MAX = 0xffff };

// lateness_days returns the days, begun ones included, from the end of a month
// to an arrival, at most LATENESS_DAYS_MAX; 0: within the month, or the month
// is MONTH_NONE.  Late is what has more than close_days.
uint32_t lateness_days(const struct zone *zone, uint32_t month,
                       int64_t received_at);

// lateness_late returns how many of the events in a row of SLICE_ARRIVED came
// more than close_days after their month.
int64_t lateness_late(const uint32_t *counters, const int64_t *values,
                      size_t count, uint32_t close_days);
