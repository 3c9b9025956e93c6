// SPDX-License-Identifier: Apache-2.0
#include "common/domain/estimate.h"

#include "common/domain/exact.h"
#include "common/domain/kpi_index.h"

enum { PPM = 1000000, MICRO_PER_PPM = KPI_PER_CENT };

// z^2 of a two-sided 95 %, rounded up: 1.959963984540054^2.
#define Z_SQUARED_MICRO 3841459

// scale_of tells what num / den of a KPI is multiplied with.
static int64_t
scale_of(const struct kpi_rule *rule)
{
    switch (rule->form) {
    case KPI_INDEX:
    case KPI_NPS:
    case KPI_SHARE:
    case KPI_SLA:
        return KPI_PER_CENT;
    case KPI_RATIO:
        return rule->scale;
    case KPI_MEAN:
    case KPI_GAP:
    case KPI_COUNTER:
    case KPI_QUANTILE:
    case KPI_GAPS:
        break;
    }
    return 1;
}

// The smallest whole number whose square is at least `square`.
static int64_t
root_up(uint128 square)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 62; bit > 0; bit >>= 1)
        if ((uint128)(root + bit) * (root + bit) < square)
            root += bit;
    return square == 0 ? 0 : (int64_t)root + 1;
}

static int64_t
bounded(int128 value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : (int64_t)value;
}

// set_interval keeps within what the KPI can be; means and gaps know no such
// bounds here.
static void
set_interval(struct estimate *estimate, const struct kpi_rule *rule,
             int64_t centre)
{
    const int64_t full = (int64_t)KPI_PER_CENT * KPI_MICRO;
    const bool is_open = scale_of(rule) != KPI_PER_CENT;
    const int64_t most = is_open ? INT64_MAX : full;
    const int64_t least = is_open                 ? INT64_MIN
                          : rule->form == KPI_NPS ? -full
                                                  : 0;
    const int64_t half = root_up(
        ((uint128)estimate->variance * Z_SQUARED_MICRO + PPM - 1) / PPM);

    estimate->low_micro = bounded((int128)centre - half, least, most);
    estimate->high_micro = bounded((int128)centre + half, least, most);
}

struct estimate
estimate_of(const struct credibility *credibility, const struct kpi_rule *rule,
            const struct kpi *kpi, bool by_estimate)
{
    const struct shrink *shrink = &credibility->shrink;
    struct estimate out = {0};

    if (!kpi->has_value || !shrink_value(shrink, kpi->n, kpi->num, kpi->den,
                                         scale_of(rule), &out.value_micro))
        return (struct estimate){0};
    out.has_value = true;
    if (!shrink->is_flat)
        out.weight_micro =
            (int64_t)exact_round((int128)kpi->n * PPM * PPM,
                                 (int128)kpi->n * PPM + shrink->strength_micro);
    out.variance = by_estimate
                       ? credibility_variance(credibility, kpi->n)
                       : kpi_round(credibility->within_micro, kpi->n, 1);
    set_interval(&out, rule, by_estimate ? out.value_micro : kpi->value_micro);
    return out;
}

enum band
estimate_band(const struct credibility *credibility,
              const struct kpi_rule *rule, const struct kpi *kpi)
{
    int64_t rate;

    if (rule->form != KPI_SHARE && rule->form != KPI_SLA)
        return band_of_mean(credibility, kpi->value_micro, kpi->n);
    rate = (int64_t)exact_round(credibility->shrink.mean_micro, MICRO_PER_PPM);
    if (rate < 1 || rate >= PPM || kpi->den != kpi->n)
        return BAND_NOT_DISTINGUISHABLE;
    return band_of_rate(kpi->num, kpi->n, (uint32_t)rate);
}

const char *
band_name(enum band band)
{
    static const char *const names[] = {[BAND_NOT_DISTINGUISHABLE] =
                                            "not_distinguishable",
                                        [BAND_ABOVE] = "above",
                                        [BAND_BELOW] = "below"};

    return names[band];
}
