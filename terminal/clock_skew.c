// SPDX-License-Identifier: Apache-2.0
#include "terminal/clock_skew.h"

#include <inttypes.h>
#include <stdio.h>

bool
clock_skew_text(int64_t offset_ms, char text[CLOCK_SKEW_TEXT_MAX])
{
    int64_t size = offset_ms < 0 ? -offset_ms : offset_ms;

    snprintf(text, CLOCK_SKEW_TEXT_MAX,
             "this machine's clock is %" PRId64 " s %s headquarters'; set it: "
             "times of events are never corrected",
             size / 1000, offset_ms < 0 ? "ahead of" : "behind");
    return size > CLOCK_SKEW_MS;
}
