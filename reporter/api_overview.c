// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "reporter/api.h"
#include "reporter/api_parts.h"
#include "reporter/overview.h"

static void
micro_json(struct buffer *text, const char *key, bool has_value, int64_t micro)
{
    char value[KPI_TEXT_MAX];

    if (has_value)
        kpi_text(micro, value);
    if (key)
        buffer_format(text, ",\"%s\":", key);
    buffer_json(text, has_value ? value : NULL);
}

static void
line_json(struct buffer *text, const struct overview_line *line)
{
    const struct kpi *total = &line->total;

    buffer_put(text, "{\"id\":");
    buffer_json(text, line->rule->id);
    micro_json(text, "value", total->has_value, total->value_micro);
    buffer_format(text,
                  ",\"n\":%" PRId64 ",\"num\":%" PRId64 ",\"den\":%" PRId64,
                  total->n, total->num, total->den);
    micro_json(text, "previous", line->previous.has_value,
               line->previous.value_micro);
    micro_json(text, "target", line->has_target, line->target_micro);
    buffer_put(text, ",\"months\":[");
    for (size_t i = 0; i < OVERVIEW_MONTHS; i++) {
        buffer_put(text, i > 0 ? "," : "");
        micro_json(text, NULL, line->months[i].has_value,
                   line->months[i].value_micro);
    }
    buffer_put(text, "]}");
}

static void
months_json(struct buffer *text, const struct overview *overview)
{
    char first[PERIOD_TEXT_MAX], last[PERIOD_TEXT_MAX];

    month_name(overview->previous_first, first);
    month_name(overview->previous_last, last);
    buffer_format(text, ",\"previous\":{\"first\":\"%s\",\"last\":\"%s\"}",
                  first, last);
    buffer_put(text, ",\"months\":[");
    for (size_t i = 0; i < OVERVIEW_MONTHS; i++) {
        month_name(overview->months[i], first);
        buffer_format(text, "%s\"%s\"", i > 0 ? "," : "", first);
    }
    buffer_put(text, "]");
}

static void
bins_json(struct buffer *text, const struct overview *overview)
{
    buffer_format(text, ",\"ranked\":%zu,\"bins\":[", overview->ranked);
    for (size_t i = 0; i < overview->bin_count; i++) {
        const struct overview_bin *bin = &overview->bins[i];
        buffer_format(text, "%s{\"dealers\":%zu", i > 0 ? "," : "",
                      bin->dealers);
        micro_json(text, "from", true, bin->from_micro);
        micro_json(text, "to", true, bin->to_micro);
        buffer_put(text, "}");
    }
    buffer_put(text, "]");
}

// data_json tells what the figures rest on, every count by its name.
static void
data_json(struct buffer *text, const struct overview *overview)
{
    buffer_format(
        text,
        ",\"data\":{\"dealers\":%zu,\"reporting\":%zu,\"late\":%" PRId64
        ",\"counts\":{",
        overview->dealers, overview->reporting, overview->late);
    for (unsigned i = 0; i < COUNT_END; i++)
        buffer_format(text, "%s\"%s\":%" PRId64, i > 0 ? "," : "",
                      count_name((enum count)i), overview->counts[i]);
    buffer_put(text, "}}");
}

static void
give(struct response *response, const struct overview *overview)
{
    const struct selection *selection = &overview->selection;
    struct buffer text = {0};

    buffer_put(&text, "{\"period\":");
    buffer_json(&text, selection->period);
    buffer_put(&text, ",\"scope\":");
    buffer_json(&text, selection->scope);
    buffer_put(&text, ",\"kpi\":");
    buffer_json(&text, selection->rule.id);
    buffer_format(&text, ",\"position\":%" PRIu64 ",\"open\":%s",
                  overview->position, overview->open ? "true" : "false");
    months_json(&text, overview);
    bins_json(&text, overview);
    data_json(&text, overview);
    buffer_put(&text, ",\"kpis\":[");
    for (size_t i = 0; i < overview->line_count; i++) {
        buffer_put(&text, i > 0 ? ",\n" : "\n");
        line_json(&text, &overview->lines[i]);
    }
    buffer_put(&text, "]}\n");
    response_text(response, api_json_type, &text);
}

void
api_overview(const struct site *site, const struct target *target,
             const struct request *request, struct response *response)
{
    struct selected selected = {.period = target_param(target, "period"),
                                .kpi = target_param(target, "kpi"),
                                .scope = target_param(target, "scope")};
    struct overview *overview;

    struct snapshot *snapshot = api_select(site, request, response, &selected);
    if (!snapshot)
        return;
    if (overview_open(&overview, &selected.material, &selected.selection) ==
        STATUS_OK) {
        give(response, overview);
        overview_close(overview);
    } else {
        response_problem(response, 500,
                         "out of memory, or a sum leaves 64 bits");
    }
    snapshot_drop(snapshot);
}
