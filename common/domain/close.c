// SPDX-License-Identifier: Apache-2.0
#include "common/domain/close.h"

#include "common/domain/scheme.h"

static int64_t
days_after(int64_t end, uint32_t days)
{
    int64_t at;

    // The end of a month beyond the calendar is the end of all numbers.
    return __builtin_add_overflow(end, (int64_t)days * DAY_MS, &at) ? INT64_MAX
                                                                    : at;
}

struct close
close_of(const struct rulebook *rulebook, uint32_t last, int64_t now_ms)
{
    const struct scheme *scheme = rulebook->scheme;
    int64_t end = month_start(&rulebook->zone, last + 1);
    struct close close = {
        .has_calendar = scheme != NULL,
        .end = end,
        .provisional = days_after(end, scheme ? scheme->provisional_days
                                              : rulebook->close_days),
    };

    if (scheme) {
        close.review = days_after(end, scheme->review_days);
        close.decisions = days_after(end, scheme->decision_days);
        close.final = days_after(end, scheme->final_days);
    }
    if (now_ms < close.provisional)
        close.state = CLOSE_OPEN;
    else if (!scheme || now_ms < close.final)
        close.state = CLOSE_PROVISIONAL;
    else
        close.state = CLOSE_FINAL;
    return close;
}

const char *
close_state_name(enum close_state state)
{
    static const char *const names[] = {[CLOSE_OPEN] = "OPEN",
                                        [CLOSE_PROVISIONAL] = "PROVISIONAL",
                                        [CLOSE_FINAL] = "FINAL"};
    return names[state];
}
