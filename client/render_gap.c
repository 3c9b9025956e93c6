// SPDX-License-Identifier: Apache-2.0
#include "client/render_gap.h"

#include <inttypes.h>

#include "common/domain/gap.h"

// Where one of them alone would do, and what has been written.
struct gaps {
    const struct scheme *scheme;
    const struct kpi_rule *rules;
    const struct kpi *period, *baseline;
    int64_t target;
    struct buffer *text;
    bool any;
};

static void
begin(struct gaps *gaps, size_t dimension)
{
    buffer_format(gaps->text, "%s%s: ", gaps->any ? "; " : "",
                  gaps->scheme->dimensions[dimension].kpi);
    gaps->any = true;
}

static void
put_answers(struct gaps *gaps, size_t dimension, int64_t more)
{
    const struct kpi_rule *rule = &gaps->rules[dimension];
    const bool lower = rule->lower_is_better;

    begin(gaps, dimension);
    buffer_format(gaps->text, "%" PRId64 " more ", more);
    if (rule->form == KPI_SHARE)
        buffer_format(gaps->text,
                      lower ? "answers below %u" : "answers from %u",
                      rule->cut);
    else if (lower)
        buffer_put(gaps->text, "that do not count");
    else if (rule->form == KPI_NPS)
        buffer_put(gaps->text, "promoters");
    else if (rule->form == KPI_SLA)
        buffer_put(gaps->text, "cases in time");
    else
        buffer_put(gaps->text, "that count");
}

static void
put_value(struct gaps *gaps, size_t dimension)
{
    const struct scheme *scheme = gaps->scheme;
    const struct scheme_dimension *one = &scheme->dimensions[dimension];
    struct points_measure measures[SCHEME_DIMENSIONS_MAX];
    char wanted[KPI_TEXT_MAX], now[KPI_TEXT_MAX] = "no data";
    int64_t ppm, value;

    scheme_measures(scheme, gaps->period, gaps->baseline, measures);
    if (!gap_performance(measures, scheme->dimension_count, scheme->consistency,
                         dimension, gaps->target, &ppm))
        return;
    if (one->lower_is_better)
        ppm = POINTS_PPM - ppm;
    kpi_text(points_value(ppm, one->form), wanted);
    if (scheme_value(one, &gaps->period[dimension], &value))
        kpi_text(value, now);
    begin(gaps, dimension);
    buffer_format(gaps->text, "%s instead of %s", wanted, now);
}

void
render_gaps(const struct scheme *scheme, const struct kpi_rule *rules,
            const struct kpi *period, const struct kpi *baseline,
            int64_t target_micro, struct buffer *text)
{
    struct gaps gaps = {scheme,       rules, period, baseline,
                        target_micro, text,  false};

    for (size_t i = 0; i < scheme->dimension_count; i++) {
        int64_t more;
        if (gap_answers(scheme, period, baseline, i, target_micro, &more))
            put_answers(&gaps, i, more);
        else
            put_value(&gaps, i);
    }
}
