// SPDX-License-Identifier: Apache-2.0
#include "client/render.h"

#include "client/render_estimate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool
render_format_of(const char *name, enum render_format *format)
{
    static const char *const names[] = {
        [RENDER_TABLE] = "table", [RENDER_JSON] = "json", [RENDER_CSV] = "csv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *format = (enum render_format)i;
            return true;
        }
    return false;
}

static bool
has_flag(const struct ranking *ranking)
{
    return ranking->rule.flag_ppm > 0;
}

// has_sides: whether answers above, at and below expectation are told.
static bool
has_sides(const struct ranking *ranking)
{
    return ranking->rule.form == KPI_GAP;
}

// value_text writes the value, or nothing_there without one.
static const char *
value_text(const struct kpi *kpi, char text[KPI_TEXT_MAX],
           const char *nothing_there)
{
    if (!kpi->has_value)
        return nothing_there;
    kpi_text(kpi->value_micro, text);
    return text;
}

// --- JSON --------------------------------------------------------------------

void
render_head(const struct ranking *ranking, struct buffer *text)
{
    buffer_put(text, "\"period\":");
    buffer_json(text, ranking->period);
    buffer_put(text, ",\"kpi\":");
    buffer_json(text, ranking->rule.id);
    buffer_put(text, ",\"scope\":");
    buffer_json(text, ranking->scope);
    buffer_format(text, ",\"position\":%" PRIu64, ranking->position);
}

static void
json_figures(const struct ranking *ranking, const struct kpi *kpi,
             const char *reason, struct buffer *text)
{
    char value[KPI_TEXT_MAX];

    buffer_put(text, "\"value\":");
    buffer_json(text, value_text(kpi, value, NULL));
    buffer_format(text,
                  ",\"n\":%" PRId64 ",\"num\":%" PRId64 ",\"den\":%" PRId64,
                  kpi->n, kpi->num, kpi->den);
    if (reason) {
        buffer_put(text, ",\"reason\":");
        buffer_json(text, reason);
    }
    if (has_flag(ranking)) {
        buffer_put(text, ",\"flag\":");
        buffer_json(text, ranking_flag(&ranking->rule, kpi));
    }
    if (has_sides(ranking))
        buffer_format(text,
                      ",\"above\":%" PRId64 ",\"equal\":%" PRId64
                      ",\"below\":%" PRId64,
                      kpi->above, kpi->equal, kpi->below);
}

void
render_rows(const struct ranking *ranking, struct buffer *text)
{
    buffer_put(text, "\"rows\":[");
    for (size_t i = 0; i < ranking->row_count; i++) {
        const struct rank_row *row = &ranking->rows[i];
        buffer_put(text, i > 0 ? ",\n{\"rank\":" : "\n{\"rank\":");
        if (row->rank > 0)
            buffer_format(text, "%" PRIu32, row->rank);
        else
            buffer_put(text, "null");
        buffer_put(text, ",\"dealer\":");
        buffer_json(text, row->dealer);
        buffer_put(text, ",\"name\":");
        buffer_json(text, row->name);
        buffer_put(text, ",");
        json_figures(ranking, &row->kpi, row->reason, text);
        estimate_json(ranking, row, text);
        buffer_put(text, "}");
    }
    buffer_put(text, "],\n\"total\":{");
    json_figures(ranking, &ranking->total, ranking->total_reason, text);
    buffer_put(text, "}");
}

static void
render_json(const struct ranking *ranking, struct buffer *text)
{
    buffer_put(text, "{");
    render_head(ranking, text);
    buffer_format(text, ",\"open\":%s", ranking->open ? "true" : "false");
    if (ranking->rule.form == KPI_SLA && ranking->open)
        buffer_format(text, ",\"unanswered\":%" PRId64, ranking->unanswered);
    spread_json(ranking, text);
    buffer_put(text, ",\n");
    render_rows(ranking, text);
    buffer_put(text, "}\n");
}

// --- CSV ---------------------------------------------------------------------

static void
csv_line(const struct ranking *ranking, const struct rank_row *row,
         struct buffer *text)
{
    char value[KPI_TEXT_MAX];

    if (row->rank > 0)
        buffer_format(text, "%" PRIu32, row->rank);
    buffer_put(text, ",");
    buffer_csv(text, row->dealer);
    buffer_put(text, ",");
    buffer_csv(text, row->name);
    buffer_format(text, ",%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%s",
                  value_text(&row->kpi, value, ""), row->kpi.n, row->kpi.num,
                  row->kpi.den, row->reason ? row->reason : "");
    if (has_flag(ranking)) {
        const char *flag = ranking_flag(&ranking->rule, &row->kpi);
        buffer_format(text, ",%s", flag ? flag : "");
    }
    if (has_sides(ranking))
        buffer_format(text, ",%" PRId64 ",%" PRId64 ",%" PRId64, row->kpi.above,
                      row->kpi.equal, row->kpi.below);
    estimate_csv(ranking, row, text);
    buffer_put(text, "\r\n");
}

// total_row dresses the total as one more row.
static struct rank_row
total_row(const struct ranking *ranking)
{
    return (struct rank_row){.dealer = "TOTAL",
                             .name = ranking->scope,
                             .kpi = ranking->total,
                             .reason = ranking->total_reason};
}

static void
render_csv(const struct ranking *ranking, struct buffer *text)
{
    struct rank_row total = total_row(ranking);

    buffer_put(text, "rank,dealer,name,value,n,num,den,reason");
    buffer_put(text, has_flag(ranking) ? ",flag" : "");
    buffer_put(text, has_sides(ranking) ? ",above,equal,below" : "");
    buffer_put(text, ranking->is_weighed ? ESTIMATE_CSV "\r\n" : "\r\n");
    for (size_t i = 0; i < ranking->row_count; i++)
        csv_line(ranking, &ranking->rows[i], text);
    csv_line(ranking, &total, text);
}

// --- Table -------------------------------------------------------------------

static int
dealer_width(const struct ranking *ranking)
{
    size_t width = strlen("DEALER");

    for (size_t i = 0; i < ranking->row_count; i++) {
        size_t length = strlen(ranking->rows[i].dealer);
        width = length > width ? length : width;
    }
    return (int)width;
}

static void
table_line(const struct ranking *ranking, const struct rank_row *row, int width,
           struct buffer *text)
{
    char value[KPI_TEXT_MAX], rank[16] = "-";

    if (row->rank > 0)
        snprintf(rank, sizeof rank, "%" PRIu32, row->rank);
    buffer_format(
        text,
        "%5s  %-*s  %14s  %8" PRId64 "  %12" PRId64 "  %12" PRId64 "  %-11s",
        rank, width, row->dealer, value_text(&row->kpi, value, "-"), row->kpi.n,
        row->kpi.num, row->kpi.den, row->reason ? row->reason : "-");
    if (has_flag(ranking)) {
        const char *flag = ranking_flag(&ranking->rule, &row->kpi);
        buffer_format(text, "  %-10s", flag ? flag : "-");
    }
    if (has_sides(ranking))
        buffer_format(text, "  %8" PRId64 "  %8" PRId64 "  %8" PRId64,
                      row->kpi.above, row->kpi.equal, row->kpi.below);
    estimate_table(ranking, row, text);
    buffer_put(text, "  ");
    buffer_plain(text, row->name[0] ? row->name : "-");
    buffer_put(text, "\n");
}

static void
render_table(const struct ranking *ranking, struct buffer *text)
{
    struct rank_row total = total_row(ranking);
    int width = dealer_width(ranking);

    buffer_format(text, "# %s (%s)  period %s  scope ", ranking->rule.name_en,
                  ranking->rule.id, ranking->period);
    buffer_plain(text, ranking->scope);
    buffer_format(text, "  position %" PRIu64 "\n", ranking->position);
    if (ranking->open)
        buffer_put(text, "# still open: figures of this period may change\n");
    if (ranking->open && ranking->rule.form == KPI_SLA)
        buffer_format(
            text,
            "# no answer yet, counted when the period closes: %" PRId64 "\n",
            ranking->unanswered);
    spread_table(ranking, text);
    buffer_format(text, "%5s  %-*s  %14s  %8s  %12s  %12s  %-11s%s%s%s  %s\n",
                  "RANK", width, "DEALER", "VALUE", "N", "NUM", "DEN", "REASON",
                  has_flag(ranking) ? "  FLAG      " : "",
                  has_sides(ranking) ? "     ABOVE     EQUAL     BELOW" : "",
                  ranking->is_weighed ? ESTIMATE_TABLE : "", "NAME");
    for (size_t i = 0; i < ranking->row_count; i++)
        table_line(ranking, &ranking->rows[i], width, text);
    table_line(ranking, &total, width, text);
}

void
render(const struct ranking *ranking, enum render_format format,
       struct buffer *text)
{
    switch (format) {
    case RENDER_JSON:
        render_json(ranking, text);
        return;
    case RENDER_CSV:
        render_csv(ranking, text);
        return;
    case RENDER_TABLE:
        render_table(ranking, text);
        return;
    }
}
