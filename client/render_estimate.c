// SPDX-License-Identifier: Apache-2.0
#include "client/render_estimate.h"

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

const char *
estimate_band_text(const struct rank_row *row)
{
    return row->estimate.first > 0 ? band_name(row->estimate.band) : NULL;
}

static const char *
source_name(enum spread_source source)
{
    static const char *const names[] = {[SPREAD_NONE] = "none",
                                        [SPREAD_BEFORE] = "before",
                                        [SPREAD_PERIOD] = "period"};

    return names[source];
}

// --- JSON --------------------------------------------------------------------

static void
json_decimal(const char *key, bool is_there, int64_t micro, struct buffer *text)
{
    char value[KPI_TEXT_MAX];

    buffer_format(text, ",\"%s\":", key);
    buffer_json(text, decimals(is_there, micro, value));
}

static void
json_rank(const char *key, uint32_t rank, struct buffer *text)
{
    if (rank > 0)
        buffer_format(text, ",\"%s\":%" PRIu32, key, rank);
    else
        buffer_format(text, ",\"%s\":null", key);
}

void
estimate_json(const struct ranking *ranking, const struct rank_row *row,
              struct buffer *text)
{
    const struct estimate *estimate = &row->estimate;
    bool is_there = estimate->has_value;

    if (!ranking->is_weighed)
        return;
    json_decimal("estimate", is_there, estimate->value_micro, text);
    json_decimal("credibility", is_there, estimate->weight_micro, text);
    json_decimal("low", is_there, estimate->low_micro, text);
    json_decimal("high", is_there, estimate->high_micro, text);
    json_rank("rank_first", estimate->first, text);
    json_rank("rank_last", estimate->last, text);
    buffer_put(text, ",\"band\":");
    buffer_json(text, estimate_band_text(row));
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

// --- CSV ---------------------------------------------------------------------

static void
csv_decimal(bool is_there, int64_t micro, struct buffer *text)
{
    char value[KPI_TEXT_MAX];
    const char *shown = decimals(is_there, micro, value);

    buffer_format(text, ",%s", shown ? shown : "");
}

void
estimate_csv(const struct ranking *ranking, const struct rank_row *row,
             struct buffer *text)
{
    const struct estimate *estimate = &row->estimate;
    bool is_there = estimate->has_value;

    if (!ranking->is_weighed)
        return;
    csv_decimal(is_there, estimate->value_micro, text);
    csv_decimal(is_there, estimate->weight_micro, text);
    csv_decimal(is_there, estimate->low_micro, text);
    csv_decimal(is_there, estimate->high_micro, text);
    if (estimate->first > 0)
        buffer_format(text, ",%" PRIu32 ",%" PRIu32 ",%s", estimate->first,
                      estimate->last, estimate_band_text(row));
    else
        buffer_put(text, ",,,");
}

// --- Table -------------------------------------------------------------------

void
estimate_table(const struct ranking *ranking, const struct rank_row *row,
               struct buffer *text)
{
    const struct estimate *estimate = &row->estimate;
    char value[KPI_TEXT_MAX], weight[KPI_TEXT_MAX], ranks[32] = "-";

    if (!ranking->is_weighed)
        return;
    const char *shown =
        decimals(estimate->has_value, estimate->value_micro, value);
    const char *own =
        decimals(estimate->has_value, estimate->weight_micro, weight);
    if (estimate->first > 0)
        snprintf(ranks, sizeof ranks, "%" PRIu32 "-%" PRIu32, estimate->first,
                 estimate->last);
    const char *band = estimate_band_text(row);
    buffer_format(text, "  %14s  %8s  %-12s  %-19s", shown ? shown : "-",
                  own ? own : "-", ranks, band ? band : "-");
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
