// SPDX-License-Identifier: Apache-2.0
//
// points: performances against thresholds become points, and points a score.
//
// The form is that of the US Hospital Value-Based Purchasing programme (42 CFR
// 412.160-412.167; 76 FR 26490), generalised to any number of dimensions and
// any weights.  Its roundings are written as single integer divisions:
//
//   achievement  10 if p >= B;  0 if p < t;  else 9 (p - t) / (B - t) + 1
//   improvement  0 if p <= b;  9 if p >= B;  else 10 (p - b) / (B - b), 0..9
//   points       the larger of the two
//   base         (100 - cw) * sum w points / (10 sum w)
//   consistency  of the lowest m = (p - f) / (t - f), by cross-multiplication:
//                cw if m >= 1;  0 if m <= 0;  else cw (p - f) / (t - f)
//   score        base + consistency, 0..100
//
// with performance p, own baseline b, floor f, achievement threshold t,
// benchmark B, weights w and the consistency weight cw (20; with eight equal
// weights the score is the published one exactly).  Everything is in ppm: what
// is better is larger.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    POINTS_NONE = -1, // not available: never 0
    POINTS_MAX = 10,
    POINTS_PPM = 1000000,
    POINTS_MICRO = 1000000,
    POINTS_CONSISTENCY = 20, // the default consistency weight
};

// Thresholds of one dimension, frozen before the period:
// 0 <= floor <= threshold <= benchmark <= 10^6.
struct points_scale {
    int64_t floor, threshold, benchmark;
};

// points_scale_problem returns what is wrong with a scale as a constant
// sentence, NULL when nothing is.
const char *points_scale_problem(const struct points_scale *scale);

// One dimension of one dealer.
struct points_measure {
    struct points_scale scale;
    uint32_t weight; // any unit; only the ratio of weights matters
    bool has_base, has_performance;
    int64_t base, performance; // ppm
};

struct points {
    int achievement; // 0..10, POINTS_NONE without a performance
    int improvement; // 0..9, POINTS_NONE without performance or baseline
    int points;      // the larger of those there are, else POINTS_NONE
};

int points_achievement(const struct points_scale *scale, int64_t performance);
int points_improvement(const struct points_scale *scale, int64_t base,
                       int64_t performance);
struct points points_of(const struct points_measure *measure);

struct points_score {
    bool has_value; // false: no dimension of any weight has a performance
    // Over the dimensions with a performance; the weights of the others are
    // spread over them in proportion.
    int64_t points_sum, weight_sum; // sum w points, sum w
    int64_t base_micro;             // 0..(100 - cw) * 10^6
    size_t weakest; // index of the lowest m; the first of equals
    int64_t weakest_num, weakest_den; // m; with t = f: 1/1 from t on, else 0/1
    int consistency;                  // 0..cw
    int64_t score_micro;              // 0..10^8
};

// points_score scores count measures with the consistency weight cw, 0..100.
// The order of the measures changes nothing but `weakest` among equals.
struct points_score points_score(const struct points_measure *measures,
                                 size_t count, int cw);

// How a KPI's published value (micro, scale included) becomes ppm.
enum points_form {
    POINTS_OF_HUNDRED,  // indexes and shares, 0..100: value / 100
    POINTS_OF_NPS,      // -100..100: (value + 100) / 200
    POINTS_OF_UNIT,     // a rate as it stands
    POINTS_OF_THOUSAND, // a rate per thousand: value / 1000
};

// points_ppm makes the input of a dimension from a published value, rounded
// half away from zero; of what is better when lower it is 10^6 - min(p, 10^6).
int64_t points_ppm(int64_t value_micro, enum points_form form,
                   bool lower_is_better);

// points_ppm_of_mean does so of the mean of count > 0 values, rounded once.
int64_t points_ppm_of_mean(const int64_t *values_micro, size_t count,
                           enum points_form form, bool lower_is_better);

// points_value is the way back where more is better: the published value, in
// micro, that makes so many ppm, 0..10^6.
int64_t points_value(int64_t ppm, enum points_form form);

// points_factor returns what num / den of such a value is multiplied with.
int64_t points_factor(enum points_form form);
