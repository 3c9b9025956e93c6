// SPDX-License-Identifier: Apache-2.0
#include "client/render_spread.h"

#include <inttypes.h>
#include <stdio.h>

// decimals writes a micro integer, or gives NULL when nothing is there.
static const char *
decimals(bool is_there, int64_t micro, char text[KPI_TEXT_MAX])
{
    if (!is_there)
        return NULL;
    kpi_text(micro, text);
    return text;
}

static const char *
source_name(enum spread_source source)
{
    static const char *const names[] = {[SPREAD_NONE] = "none",
                                        [SPREAD_BEFORE] = "before",
                                        [SPREAD_PERIOD] = "period"};

    return names[source];
}

static void
json_decimal(const char *key, bool is_there, int64_t micro, struct buffer *text)
{
    char value[KPI_TEXT_MAX];

    buffer_format(text, ",\"%s\":", key);
    buffer_json(text, decimals(is_there, micro, value));
}

void
spread_json(const struct ranking *ranking, struct buffer *text)
{
    const struct spread *spread = &ranking->spread;
    const struct credibility *credibility = &spread->credibility;
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    if (!ranking->is_weighed)
        return;
    buffer_format(text, ",\"method\":\"%s\",\"min_n\":%" PRIu32,
                  ranking->by_estimate ? "shrunken" : "raw",
                  ranking->rule.min_n);
    json_decimal("c", true, (int64_t)ranking->c_milli * 1000, text);
    if (spread->source == SPREAD_NONE) {
        buffer_put(text, ",\"spread\":null");
        return;
    }
    month_name(spread->first, first);
    month_name(spread->last, last);
    buffer_format(text,
                  ",\"spread\":{\"source\":\"%s\",\"first\":\"%s\","
                  "\"last\":\"%s\",\"scope\":",
                  source_name(spread->source), first, last);
    buffer_json(text, spread->scope);
    json_decimal("mean", true, credibility->shrink.mean_micro, text);
    json_decimal("within", true, credibility->within_micro, text);
    json_decimal("between", true, credibility->between_micro, text);
    json_decimal("strength", !credibility->shrink.is_flat,
                 credibility->shrink.strength_micro, text);
    buffer_put(text, "}");
}

void
spread_table(const struct ranking *ranking, struct buffer *text)
{
    const struct spread *spread = &ranking->spread;
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX], c[KPI_TEXT_MAX];

    if (!ranking->is_weighed || spread->source == SPREAD_NONE)
        return;
    month_name(spread->first, first);
    month_name(spread->last, last);
    kpi_text((int64_t)ranking->c_milli * 1000, c);
    buffer_format(text, "# ranked by the %s value; spreads of %s to %s, scope ",
                  ranking->by_estimate ? "shrunken" : "raw", first, last);
    buffer_plain(text, spread->scope);
    buffer_format(text, "; c = %s\n", c);
}
