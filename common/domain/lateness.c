// SPDX-License-Identifier: Apache-2.0
#include "common/domain/lateness.h"

#include "common/domain/event.h"

uint32_t
lateness_days(const struct zone *zone, uint32_t month, int64_t received_at)
{
    int64_t after;

    if (month == MONTH_NONE)
        return 0;
    // Of a month beyond the calendar the end is the end of all numbers.
    if (__builtin_sub_overflow(received_at, month_start(zone, month + 1),
                               &after) ||
        after <= 0)
        return 0;
    int64_t days = after / DAY_MS + (after % DAY_MS != 0);
    return days < LATENESS_DAYS_MAX ? (uint32_t)days : LATENESS_DAYS_MAX;
}

int64_t
lateness_late(const uint32_t *counters, const int64_t *values, size_t count,
              uint32_t close_days)
{
    int64_t late = 0;

    for (size_t i = 0; i < count; i++)
        if (counters[i] >> 24 == COUNTER_ARRIVAL &&
            (counters[i] >> 8 & 0xffff) > close_days &&
            __builtin_add_overflow(late, values[i], &late))
            return INT64_MAX;
    return late;
}
