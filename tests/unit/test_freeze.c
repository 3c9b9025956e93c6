// SPDX-License-Identifier: Apache-2.0
//
// Thresholds by hand, and beside those a real programme published for 2,474
// institutions, of which half are here.
#include "common/config/performance.h"
#include "common/config/programme.h"
#include "common/domain/freeze.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#define EXPERIENCE DATA_DIR "/hvbp_fy2024_experience.csv"
#define THRESHOLDS DATA_DIR "/hvbp_fy2024_thresholds.csv"

enum { ROWS_MAX = 1500, BYTES_MAX = 1 << 20, PERCENT = 1000000 };

static void
assert_scale(const struct points_scale *scale, int64_t floor, int64_t threshold,
             int64_t benchmark)
{
    assert_null(points_scale_problem(scale));
    assert_int_equal(scale->floor, floor);
    assert_int_equal(scale->threshold, threshold);
    assert_int_equal(scale->benchmark, benchmark);
}

static void
the_median_is_the_lower_middle_and_the_best_tenth_is_averaged(void **state)
{
    (void)state;
    int64_t twelve[12], three[] = {90 * PERCENT, 10 * PERCENT, 50 * PERCENT};
    struct points_scale scale;

    for (int64_t i = 0; i < 12; i++) // 12 .. 1 per cent
        twelve[i] = (12 - i) * PERCENT;
    freeze_scale(twelve, 12, POINTS_OF_HUNDRED, false, &scale);
    assert_scale(&scale, 10000, 60000, 115000); // (11 + 12) / 2
    freeze_scale(three, 3, POINTS_OF_HUNDRED, false, &scale);
    assert_scale(&scale, 100000, 500000, 900000);
    freeze_scale(three, 1, POINTS_OF_HUNDRED, false, &scale);
    assert_scale(&scale, 100000, 100000, 100000);
}

static void
where_lower_is_better_the_largest_is_the_floor(void **state)
{
    (void)state;
    int64_t values[] = {1 * PERCENT, 30 * PERCENT, 5 * PERCENT, 120 * PERCENT};
    struct points_scale scale;

    freeze_scale(values, 4, POINTS_OF_HUNDRED, true, &scale);
    assert_scale(&scale, 0, 700000, 990000);
}

static void
a_net_promoter_score_is_brought_to_its_own_scale(void **state)
{
    (void)state;
    int64_t values[] = {-100 * PERCENT, 0, 14 * PERCENT};
    struct points_scale scale;

    freeze_scale(values, 3, POINTS_OF_NPS, false, &scale);
    assert_scale(&scale, 0, 500000, 570000);
}

// 1/3 of a ppm each would be rounded away, one by one.
static void
the_best_are_rounded_once(void **state)
{
    (void)state;
    int64_t values[21];
    struct points_scale scale;

    for (size_t i = 0; i < 21; i++)
        values[i] = 33;
    freeze_scale(values, 21, POINTS_OF_HUNDRED, false, &scale);
    assert_scale(&scale, 0, 0, 0);
    values[20] = values[19] = 50;
    values[18] = 49; // 149 / 300 of a ppm
    freeze_scale(values, 21, POINTS_OF_HUNDRED, false, &scale);
    assert_scale(&scale, 0, 0, 0);
    values[18] = 50;
    freeze_scale(values, 21, POINTS_OF_HUNDRED, false, &scale);
    assert_scale(&scale, 0, 0, 1);
}

// Half of the institutions are here, and none of those too small to be paid,
// whose rates lie farther out: the median is near, worst and best lie within.
static void
real_baselines_lie_within_the_official_thresholds(void **state)
{
    (void)state;
    static int64_t values[DIMENSIONS_MAX][ROWS_MAX];
    static struct performance performance;
    static struct problems problems;
    struct thresholds official;
    size_t length, counts[DIMENSIONS_MAX] = {0};
    char *data;

    if (access(EXPERIENCE, R_OK) != 0) {
        print_message("skipped: no reference data in %s\n", DATA_DIR);
        skip();
    }
    assert_int_equal(thresholds_load(THRESHOLDS, &official, &problems),
                     STATUS_OK);
    assert_int_equal(
        file_take(EXPERIENCE, BYTES_MAX, &data, &length, &problems), STATUS_OK);
    assert_int_equal(performance_open(&performance, span_of(data, length),
                                      EXPERIENCE, &official, NULL, &problems),
                     STATUS_OK);
    while (performance_next(&performance) == STATUS_OK)
        for (size_t i = 0; i < official.count; i++)
            if (performance.measures[i].has_base)
                values[i][counts[i]++] = performance.measures[i].base * 100;
    performance_close(&performance);
    free(data);
    for (size_t i = 0; i < official.count; i++) {
        const struct points_scale *theirs = &official.dimensions[i].scale;
        struct points_scale ours;
        assert_true(counts[i] > 1200);
        freeze_scale(values[i], counts[i], POINTS_OF_HUNDRED, false, &ours);
        assert_null(points_scale_problem(&ours));
        assert_true(llabs(ours.threshold - theirs->threshold) < 7000);
        assert_true(ours.floor > theirs->floor - 50); // official to 4 places
        assert_true(ours.benchmark < theirs->benchmark);
        assert_true(ours.benchmark > theirs->benchmark - 45000);
        print_message("%-10s threshold %lld, official %lld; benchmark %lld, "
                      "official %lld\n",
                      official.dimensions[i].name, (long long)ours.threshold,
                      (long long)theirs->threshold, (long long)ours.benchmark,
                      (long long)theirs->benchmark);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_median_is_the_lower_middle_and_the_best_tenth_is_averaged),
        cmocka_unit_test(where_lower_is_better_the_largest_is_the_floor),
        cmocka_unit_test(a_net_promoter_score_is_brought_to_its_own_scale),
        cmocka_unit_test(the_best_are_rounded_once),
        cmocka_unit_test(real_baselines_lie_within_the_official_thresholds),
    };
    return cmocka_run_group_tests_name("freeze", tests, NULL, NULL);
}
