// SPDX-License-Identifier: Apache-2.0
#include "client/render_scorecard.h"

#include <inttypes.h>
#include <stdio.h>

enum { NAME_WIDTH = 24 };

static void
json_value(const struct kpi *kpi, struct buffer *text)
{
    char value[KPI_TEXT_MAX];

    if (kpi->has_value)
        kpi_text(kpi->value_micro, value);
    buffer_json(text, kpi->has_value ? value : NULL);
}

static void
json_text(const char *key, const char *value, struct buffer *text)
{
    buffer_format(text, ",\"%s\":", key);
    buffer_json(text, value);
}

static void
json_line(const struct scorecard_line *line, struct buffer *text)
{
    buffer_put(text, "{\"id\":");
    buffer_json(text, line->rule.id);
    buffer_put(text, ",\"value\":");
    json_value(&line->kpi, text);
    buffer_format(text,
                  ",\"n\":%" PRId64 ",\"num\":%" PRId64 ",\"den\":%" PRId64
                  ",\"rank\":",
                  line->kpi.n, line->kpi.num, line->kpi.den);
    if (line->rank > 0)
        buffer_format(text, "%" PRIu32, line->rank);
    else
        buffer_put(text, "null");
    buffer_format(text, ",\"ranked\":%" PRIu32, line->ranked);
    if (line->reason)
        json_text("reason", line->reason, text);
    json_text("flag", ranking_flag(&line->rule, &line->kpi), text);
    buffer_put(text, ",\"total\":");
    json_value(&line->total, text);
    buffer_put(text, ",\"previous\":");
    json_value(&line->previous, text);
    buffer_put(text, ",\"months\":[");
    for (size_t i = 0; i < SCORECARD_MONTHS; i++) {
        buffer_put(text, i > 0 ? "," : "");
        json_value(&line->months[i], text);
    }
    buffer_put(text, "]}");
}

static void
json_months(const struct scorecard *scorecard, struct buffer *text)
{
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    month_name(scorecard->previous_first, first);
    month_name(scorecard->previous_last, last);
    buffer_format(text, ",\"previous\":{\"first\":\"%s\",\"last\":\"%s\"}",
                  first, last);
    buffer_put(text, ",\"months\":[");
    for (size_t i = 0; i < SCORECARD_MONTHS; i++) {
        month_name(scorecard->months[i], first);
        buffer_format(text, "%s\"%s\"", i > 0 ? "," : "", first);
    }
    buffer_put(text, "]");
}

void
render_scorecard_json(const struct scorecard *scorecard, struct buffer *text)
{
    static const struct dealer_row unlisted = {0};
    const struct dealer_row *row = scorecard->row ? scorecard->row : &unlisted;

    buffer_put(text, "{\"dealer\":");
    buffer_json(text, scorecard->dealer);
    json_text("name", row->name, text);
    json_text("region", row->region, text);
    json_text("brand", row->brand, text);
    json_text("size", row->size, text);
    json_text("group", row->group, text);
    json_text("status", row->status, text);
    json_text("period", scorecard->period, text);
    json_text("scope", scorecard->scope, text);
    buffer_format(text,
                  ",\"position\":%" PRIu64 ",\"open\":%s,\"late\":%" PRId64,
                  scorecard->position, scorecard->open ? "true" : "false",
                  scorecard->late);
    json_months(scorecard, text);
    buffer_put(text, ",\"kpis\":[");
    for (size_t i = 0; i < scorecard->line_count; i++) {
        buffer_put(text, i > 0 ? ",\n" : "\n");
        json_line(&scorecard->lines[i], text);
    }
    buffer_put(text, "]}\n");
}

// --- Table -------------------------------------------------------------------

static void
cell(const struct kpi *kpi, struct buffer *text)
{
    char value[KPI_TEXT_MAX] = "-";

    if (kpi->has_value)
        kpi_text(kpi->value_micro, value);
    buffer_format(text, "  %12s", value);
}

static void
table_line(const struct scorecard_line *line, struct buffer *text)
{
    char rank[32] = "-";

    if (line->rank > 0)
        snprintf(rank, sizeof rank, "%" PRIu32 "/%" PRIu32, line->rank,
                 line->ranked);
    buffer_format(text, "%-*s", NAME_WIDTH, line->rule.id);
    cell(&line->kpi, text);
    buffer_format(text, "  %8" PRId64 "  %11s", line->kpi.n, rank);
    cell(&line->total, text);
    cell(&line->previous, text);
    buffer_format(text, "  %s\n", line->reason ? line->reason : "-");
}

void
render_scorecard_table(const struct scorecard *scorecard, struct buffer *text)
{
    buffer_put(text, "# ");
    buffer_plain(text, scorecard->dealer);
    buffer_put(text, "  ");
    buffer_plain(text, scorecard->row ? scorecard->row->name : "not listed");
    buffer_format(text, "  period %s  scope ", scorecard->period);
    buffer_plain(text, scorecard->scope);
    buffer_format(text, "  position %" PRIu64 "\n", scorecard->position);
    if (scorecard->open)
        buffer_put(text, "# still open: figures of this period may change\n");
    if (scorecard->late > 0)
        buffer_format(
            text, "# late: %" PRId64 " received after %s month had closed\n",
            scorecard->late, scorecard->late == 1 ? "its" : "their");
    buffer_format(text, "%-*s  %12s  %8s  %11s  %12s  %12s  %s\n", NAME_WIDTH,
                  "KPI", "VALUE", "N", "RANK", "ALL", "BEFORE", "REASON");
    for (size_t i = 0; i < scorecard->line_count; i++)
        table_line(&scorecard->lines[i], text);
}
