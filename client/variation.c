// SPDX-License-Identifier: Apache-2.0
#include "client/variation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 9, CONSISTENCY_MAX = 100 };

// take_number reads digits at *at and steps behind them.
static bool
take_number(const char **at, int64_t most, int64_t *number)
{
    size_t length = strspn(*at, "0123456789");

    if (length == 0 || length > DIGITS_MAX)
        return false;
    *number = 0;
    for (size_t i = 0; i < length; i++)
        *number = *number * 10 + ((*at)[i] - '0');
    *at += length;
    return *number <= most;
}

// read_list reads exactly count numbers with commas between them.
static bool
read_list(const char *text, size_t count, int64_t most, int64_t *numbers)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && *text++ != ',')
            return false;
        if (!take_number(&text, most, &numbers[i]))
            return false;
    }
    return *text == '\0';
}

static bool
set_weights(const char *text, struct scheme *scheme, char *problem)
{
    int64_t weights[SCHEME_DIMENSIONS_MAX], sum = 0;

    bool good = read_list(text, scheme->dimension_count, POINTS_PPM, weights);
    for (size_t i = 0; i < scheme->dimension_count && good; i++)
        sum += weights[i];
    if (!good || sum != POINTS_PPM) {
        snprintf(problem, VARIATION_PROBLEM_MAX,
                 "weights are %zu numbers of ppm with commas between them, "
                 "1000000 together",
                 scheme->dimension_count);
        return false;
    }
    for (size_t i = 0; i < scheme->dimension_count; i++)
        scheme->dimensions[i].weight_ppm = (uint32_t)weights[i];
    return true;
}

static bool
set_thresholds(const char *text, struct scheme *scheme, char *problem)
{
    int64_t thresholds[SCHEME_DIMENSIONS_MAX];

    if (!read_list(text, scheme->dimension_count, POINTS_PPM, thresholds)) {
        snprintf(problem, VARIATION_PROBLEM_MAX,
                 "thresholds are %zu numbers of ppm with commas between them",
                 scheme->dimension_count);
        return false;
    }
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        struct points_scale *scale = &scheme->dimensions[i].scale;
        scale->threshold = thresholds[i];
        if (points_scale_problem(scale)) {
            snprintf(problem, VARIATION_PROBLEM_MAX,
                     "the threshold of %s is from its floor, %" PRId64
                     ", to its benchmark, %" PRId64,
                     scheme->dimensions[i].kpi, scale->floor, scale->benchmark);
            return false;
        }
    }
    return true;
}

static bool
read_steps(const char *text, struct payout_ladder *ladder)
{
    ladder->count = 0;
    do {
        struct payout_step *step = &ladder->steps[ladder->count];
        if (ladder->count == PAYOUT_STEPS_MAX ||
            !take_number(&text, PAYOUT_SCORE_MAX, &step->score_micro) ||
            *text++ != ':' ||
            !take_number(&text, PAYOUT_RATIO_MAX, &step->ratio_ppm))
            return false;
        ladder->count++;
    } while (*text++ == ',');
    return text[-1] == '\0';
}

static bool
set_steps(const char *text, struct scheme *scheme, char *problem)
{
    size_t at = 0;

    const char *what =
        read_steps(text, &scheme->ladder)
            ? payout_problem(&scheme->ladder, &at)
            : "are score:ratio in micro and ppm with commas between them";
    if (what)
        snprintf(problem, VARIATION_PROBLEM_MAX, "steps, number %zu: %s",
                 at + 1, what);
    return !what;
}

static bool
set_number(const char *name, const char *text, int64_t most, int64_t *number,
           char *problem)
{
    if (take_number(&text, most, number) && *text == '\0')
        return true;
    snprintf(problem, VARIATION_PROBLEM_MAX,
             "%s is a number from 0 to %" PRId64, name, most);
    return false;
}

bool
variation_apply(const struct variation *variation, struct scheme *scheme,
                char problem[VARIATION_PROBLEM_MAX])
{
    int64_t consistency = scheme->consistency;

    if (scheme->payout == SCHEME_EXCHANGE &&
        (variation->steps || variation->max_rate_ppm)) {
        snprintf(problem, VARIATION_PROBLEM_MAX,
                 "the rebate is an exchange: it has no steps and no full rate");
        return false;
    }
    if (variation->consistency &&
        !set_number("consistency", variation->consistency, CONSISTENCY_MAX,
                    &consistency, problem))
        return false;
    scheme->consistency = (int)consistency;
    if (variation->max_rate_ppm &&
        !set_number("max_rate_ppm", variation->max_rate_ppm, POINTS_PPM,
                    &scheme->max_rate_ppm, problem))
        return false;
    return (!variation->weights ||
            set_weights(variation->weights, scheme, problem)) &&
           (!variation->thresholds ||
            set_thresholds(variation->thresholds, scheme, problem)) &&
           (!variation->steps || set_steps(variation->steps, scheme, problem));
}
