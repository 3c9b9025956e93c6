// SPDX-License-Identifier: Apache-2.0
#include "common/domain/points.h"

#include "common/domain/exact.h"

enum { ACHIEVEMENT_STEPS = 9, IMPROVEMENT_MAX = 9 };

// A ppm in micro of a value, and how far below 0 an NPS begins.
enum {
    PPM_OF_HUNDRED = 100,
    PPM_OF_THOUSAND = 1000,
    PPM_OF_NPS = 200,
    NPS_ZERO = 100 * POINTS_MICRO,
};

const char *
points_scale_problem(const struct points_scale *scale)
{
    if (scale->floor < 0)
        return "the floor is below 0";
    if (scale->floor > scale->threshold)
        return "the floor is above the threshold";
    if (scale->threshold > scale->benchmark)
        return "the threshold is above the benchmark";
    if (scale->benchmark > POINTS_PPM)
        return "the benchmark is above 1000000 ppm";
    return NULL;
}

int
points_achievement(const struct points_scale *scale, int64_t performance)
{
    int128 above = (int128)performance - scale->threshold;
    int128 range = (int128)scale->benchmark - scale->threshold;

    if (performance >= scale->benchmark)
        return POINTS_MAX;
    if (above < 0)
        return 0;
    return (int)(ACHIEVEMENT_STEPS * above / range) + 1;
}

int
points_improvement(const struct points_scale *scale, int64_t base,
                   int64_t performance)
{
    int128 gain = (int128)performance - base;
    int128 range = (int128)scale->benchmark - base;

    if (gain <= 0)
        return 0;
    if (performance >= scale->benchmark)
        return IMPROVEMENT_MAX;
    int128 points = POINTS_MAX * gain / range; // base < performance < benchmark
    return points > IMPROVEMENT_MAX ? IMPROVEMENT_MAX : (int)points;
}

struct points
points_of(const struct points_measure *measure)
{
    struct points points = {POINTS_NONE, POINTS_NONE, POINTS_NONE};

    if (!measure->has_performance)
        return points;
    points.achievement =
        points_achievement(&measure->scale, measure->performance);
    if (measure->has_base)
        points.improvement = points_improvement(&measure->scale, measure->base,
                                                measure->performance);
    points.points = points.achievement > points.improvement
                        ? points.achievement
                        : points.improvement;
    return points;
}

// m = (p - f) / (t - f).  Without a range between floor and threshold only
// reaching it tells (rulings C17).
static void
ratio_of(const struct points_measure *measure, int64_t *num, int64_t *den)
{
    const struct points_scale *scale = &measure->scale;

    *num = measure->performance - scale->floor;
    *den = scale->threshold - scale->floor;
    if (*den > 0)
        return;
    *num = measure->performance >= scale->threshold;
    *den = 1;
}

static void
keep_weakest(struct points_score *score, const struct points_measure *measure,
             size_t index)
{
    int64_t num, den;

    ratio_of(measure, &num, &den);
    if (score->has_value &&
        (int128)num * score->weakest_den >= (int128)score->weakest_num * den)
        return;
    score->weakest = index;
    score->weakest_num = num;
    score->weakest_den = den;
}

static int
consistency_of(const struct points_score *score, int cw)
{
    if (score->weakest_num >= score->weakest_den)
        return cw;
    if (score->weakest_num <= 0)
        return 0;
    return (int)((int128)cw * score->weakest_num / score->weakest_den);
}

struct points_score
points_score(const struct points_measure *measures, size_t count, int cw)
{
    struct points_score score = {0};

    for (size_t i = 0; i < count; i++) {
        if (!measures[i].has_performance || measures[i].weight == 0)
            continue;
        keep_weakest(&score, &measures[i], i);
        score.points_sum +=
            (int64_t)measures[i].weight * points_of(&measures[i]).points;
        score.weight_sum += measures[i].weight;
        score.has_value = true;
    }
    if (!score.has_value)
        return score;
    score.base_micro = (int64_t)exact_round(
        (int128)(POINTS_MICRO / POINTS_MAX) * (100 - cw) * score.points_sum,
        score.weight_sum);
    score.consistency = consistency_of(&score, cw);
    score.score_micro =
        score.base_micro + (int64_t)score.consistency * POINTS_MICRO;
    return score;
}

int64_t
points_ppm_of_mean(const int64_t *values_micro, size_t count,
                   enum points_form form, bool lower_is_better)
{
    const int128 n = (int128)count;
    int128 value = 0;

    for (size_t i = 0; i < count; i++)
        value += values_micro[i];
    switch (form) {
    case POINTS_OF_HUNDRED:
        value = exact_round(value, n * PPM_OF_HUNDRED);
        break;
    case POINTS_OF_NPS:
        value = exact_round(value + n * NPS_ZERO, n * PPM_OF_NPS);
        break;
    case POINTS_OF_THOUSAND:
        value = exact_round(value, n * PPM_OF_THOUSAND);
        break;
    case POINTS_OF_UNIT:
        value = exact_round(value, n);
        break;
    }
    if (!lower_is_better)
        return (int64_t)value;
    return value > POINTS_PPM ? 0 : (int64_t)(POINTS_PPM - value);
}

int64_t
points_ppm(int64_t value_micro, enum points_form form, bool lower_is_better)
{
    return points_ppm_of_mean(&value_micro, 1, form, lower_is_better);
}

int64_t
points_value(int64_t ppm, enum points_form form)
{
    switch (form) {
    case POINTS_OF_HUNDRED:
        return ppm * PPM_OF_HUNDRED;
    case POINTS_OF_NPS:
        return ppm * PPM_OF_NPS - NPS_ZERO;
    case POINTS_OF_THOUSAND:
        return ppm * PPM_OF_THOUSAND;
    case POINTS_OF_UNIT:
        break;
    }
    return ppm;
}

int64_t
points_factor(enum points_form form)
{
    switch (form) {
    case POINTS_OF_HUNDRED:
    case POINTS_OF_NPS:
        return 100;
    case POINTS_OF_THOUSAND:
        return 1000;
    case POINTS_OF_UNIT:
        break;
    }
    return 1;
}
