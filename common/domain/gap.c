// SPDX-License-Identifier: Apache-2.0
#include "common/domain/gap.h"

#include <string.h>

// What is tried out: measures of which one is changed.
struct trial {
    const struct scheme_dimension *dimension; // of gap_answers
    const struct kpi *kpi;                    // as it is
    struct points_measure measures[SCHEME_DIMENSIONS_MAX];
    size_t count, changed;
    int consistency;
    int64_t target;
};

typedef bool (*reaches)(struct trial *trial, int64_t value);

static bool
is_reached(const struct trial *trial)
{
    struct points_score score =
        points_score(trial->measures, trial->count, trial->consistency);

    return score.has_value && score.score_micro >= trial->target;
}

// first finds the smallest value in low..high that reaches the target, given
// that larger ones do when smaller ones do.
static bool
first(struct trial *trial, reaches does, int64_t low, int64_t high,
      int64_t *value)
{
    if (low > high || !does(trial, high))
        return false;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (does(trial, middle))
            high = middle;
        else
            low = middle + 1;
    }
    *value = low;
    return true;
}

static bool
with_performance(struct trial *trial, int64_t ppm)
{
    struct points_measure *measure = &trial->measures[trial->changed];

    measure->has_performance = true;
    measure->performance = ppm;
    return is_reached(trial);
}

bool
gap_performance(const struct points_measure *measures, size_t count,
                int consistency, size_t dimension, int64_t target_micro,
                int64_t *ppm)
{
    struct trial trial = {.count = count,
                          .changed = dimension,
                          .consistency = consistency,
                          .target = target_micro};

    memcpy(trial.measures, measures, count * sizeof *measures);
    return first(&trial, with_performance, 0, POINTS_PPM, ppm);
}

static bool
with_answers(struct trial *trial, int64_t more)
{
    struct points_measure *measure = &trial->measures[trial->changed];
    struct kpi kpi = *trial->kpi;

    kpi.n += more;
    kpi.den += more;
    if (!trial->dimension->lower_is_better)
        kpi.num += more;
    kpi.has_value = kpi.n > 0;
    if (kpi.has_value)
        kpi.value_micro =
            kpi_round(kpi.num, kpi.den, points_factor(trial->dimension->form));
    measure->has_performance =
        scheme_input(trial->dimension, &kpi, &measure->performance);
    return is_reached(trial);
}

// Below the least number of answers a dimension does not count at all, which
// may score higher than counting: nothing below is tried.
static int64_t
fewest(const struct scheme_dimension *dimension, const struct kpi *kpi)
{
    int64_t missing = (int64_t)dimension->min_n - kpi->n;

    return missing > 0 ? missing : 0;
}

bool
gap_answers(const struct scheme *scheme, const struct kpi *period,
            const struct kpi *baseline, size_t dimension, int64_t target_micro,
            int64_t *more)
{
    const struct kpi *kpi = &period[dimension];
    struct trial trial = {.dimension = &scheme->dimensions[dimension],
                          .kpi = kpi,
                          .count = scheme->dimension_count,
                          .changed = dimension,
                          .consistency = scheme->consistency,
                          .target = target_micro};

    scheme_measures(scheme, period, baseline, trial.measures);
    *more = 0;
    if (is_reached(&trial))
        return true;
    if (trial.dimension->form == POINTS_OF_UNIT || kpi->den != kpi->n ||
        kpi->n < 0 || kpi->n > SHRINK_N_MAX)
        return false;
    return first(&trial, with_answers, fewest(trial.dimension, kpi),
                 SHRINK_N_MAX - kpi->n, more);
}
