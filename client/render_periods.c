// SPDX-License-Identifier: Apache-2.0
#include "client/render_periods.h"

#include <inttypes.h>

enum { DATES = 4 };

static void
put_date(struct buffer *text, const char *key, bool there, int64_t at_ms)
{
    if (there)
        buffer_format(text, ",\"%s\":%" PRId64, key, at_ms);
    else
        buffer_format(text, ",\"%s\":null", key);
}

static void
put_period(const struct choice *choice, struct buffer *text)
{
    const struct close *close = &choice->close;
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    month_name(choice->first, first);
    month_name(choice->last, last);
    buffer_put(text, "{\"id\":");
    buffer_json(text, choice->id);
    buffer_format(
        text, ",\"first\":\"%s\",\"last\":\"%s\",\"open\":%s,\"state\":\"%s\"",
        first, last, choice->open ? "true" : "false",
        close_state_name(close->state));
    put_date(text, "end_ms", true, close->end);
    put_date(text, "provisional_ms", true, close->provisional);
    put_date(text, "review_ms", close->has_calendar, close->review);
    put_date(text, "decisions_ms", close->has_calendar, close->decisions);
    put_date(text, "final_ms", close->has_calendar, close->final);
    buffer_put(text, "}");
}

void
render_periods_json(const struct choices *choices, const char *usual,
                    struct buffer *text)
{
    buffer_put(text, "{\"default\":");
    buffer_json(text, usual);
    buffer_put(text, ",\"periods\":[");
    for (size_t i = 0; i < choices->count; i++) {
        buffer_put(text, i > 0 ? ",\n" : "\n");
        put_period(&choices->list[i], text);
    }
    buffer_put(text, "]}\n");
}

void
render_periods_table(const struct choices *choices,
                     const struct rulebook *rulebook, struct buffer *text)
{
    static const char line[] = "%-12s %-11s  %-16s %-16s %-16s %s\n";

    buffer_format(text, line, "period", "state", "provisional", "review until",
                  "decisions until", "final");
    for (size_t i = 0; i < choices->count; i++) {
        const struct close *close = &choices->list[i].close;
        const int64_t dates[DATES] = {close->provisional, close->review,
                                      close->decisions, close->final};
        char names[DATES][PERIOD_TEXT_MAX] = {"-", "-", "-", "-"};
        for (int j = 0; j < (close->has_calendar ? DATES : 1); j++)
            moment_name(&rulebook->zone, dates[j], names[j]);
        buffer_format(text, line, choices->list[i].id,
                      close_state_name(close->state), names[0], names[1],
                      names[2], names[3]);
    }
}
