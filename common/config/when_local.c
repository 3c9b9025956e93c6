// SPDX-License-Identifier: Apache-2.0
#include "common/config/when.h"

enum { DAY = 86400000 };

// try takes the instant that shows local_ms under one of the zone's offsets,
// if it does show it, and keeps the first.
static void
try_offset(const struct zone *zone, int64_t local_ms, int32_t offset_s,
           int64_t *first, bool *found)
{
    int64_t at = local_ms - (int64_t)offset_s * 1000;

    if (zone_offset(zone, at) != offset_s)
        return;
    if (!*found || at < *first)
        *first = at;
    *found = true;
}

int64_t
when_local(const struct zone *zone, int64_t local_ms)
{
    int64_t first = 0;
    bool found = false;

    try_offset(zone, local_ms, zone->offset_s, &first, &found);
    for (size_t i = 0; i < zone->change_count; i++)
        try_offset(zone, local_ms, zone->changes[i].offset_s, &first, &found);
    if (zone->has_daylight)
        try_offset(zone, local_ms, zone->daylight_offset_s, &first, &found);
    if (found)
        return first;
    // The clock jumped over it: what it showed the day before still counts.
    int32_t before = zone_offset(zone, local_ms - DAY);
    return local_ms - (int64_t)before * 1000;
}
