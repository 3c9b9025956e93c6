// SPDX-License-Identifier: Apache-2.0
#include "common/domain/points.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/dice.h"

// Overall rating of hospital, fiscal year 2024.
static const struct points_scale overall = {363100, 716600, 853900};

static struct points_measure
measure(struct points_scale scale, uint32_t weight, int64_t performance)
{
    return (struct points_measure){.scale = scale,
                                   .weight = weight,
                                   .has_performance = true,
                                   .performance = performance};
}

static struct points_measure
with_base(struct points_measure one, int64_t base)
{
    one.has_base = true;
    one.base = base;
    return one;
}

// docs/KPIS.md, "Points and money": the table of the CMS form.
static void
the_published_form_gives_these_points(void **state)
{
    (void)state;
    static const struct {
        int64_t base, performance;
        int achievement, improvement, points, consistency;
    } rows[] = {
        {700000, 716599, 0, 1, 1, 19}, {700000, 716600, 1, 1, 1, 20},
        {700000, 731855, 1, 2, 2, 20}, {700000, 800000, 6, 6, 6, 20},
        {650000, 700000, 0, 2, 2, 19}, {650000, 853900, 10, 9, 10, 20},
        {860000, 853000, 9, 0, 9, 20}, {716600, 716600, 1, 0, 1, 20},
        {600000, 363100, 0, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct points_measure one =
            with_base(measure(overall, 1, rows[i].performance), rows[i].base);
        struct points points = points_of(&one);
        struct points_score score = points_score(&one, 1, POINTS_CONSISTENCY);

        assert_int_equal(points.achievement, rows[i].achievement);
        assert_int_equal(points.improvement, rows[i].improvement);
        assert_int_equal(points.points, rows[i].points);
        assert_int_equal(score.consistency, rows[i].consistency);
    }
}

static void
without_a_baseline_achievement_counts_alone(void **state)
{
    (void)state;
    struct points_measure one = measure(overall, 1, 800000);
    struct points points = points_of(&one);

    assert_int_equal(points.achievement, 6);
    assert_int_equal(points.improvement, POINTS_NONE);
    assert_int_equal(points.points, 6);
}

static void
without_a_performance_there_are_no_points_not_zero(void **state)
{
    (void)state;
    struct points_measure one = with_base(measure(overall, 1, 0), 700000);

    one.has_performance = false;
    struct points points = points_of(&one);
    assert_int_equal(points.achievement, POINTS_NONE);
    assert_int_equal(points.improvement, POINTS_NONE);
    assert_int_equal(points.points, POINTS_NONE);
    assert_false(points_score(&one, 1, POINTS_CONSISTENCY).has_value);
    assert_false(points_score(NULL, 0, POINTS_CONSISTENCY).has_value);
}

static void
eight_equal_weights_give_the_sum_of_the_points(void **state)
{
    (void)state;
    struct points_measure eight[8];

    for (int i = 0; i < 8; i++) // 9 points each but the last, which has 1
        eight[i] = measure(overall, 125000, i < 7 ? 853000 : 716600);
    struct points_score score = points_score(eight, 8, POINTS_CONSISTENCY);
    assert_int_equal(score.base_micro, 64 * 1000000);
    assert_int_equal(score.consistency, 20);
    assert_int_equal(score.score_micro, 84 * 1000000);
    assert_int_equal(score.weakest, 7);
}

static void
weights_of_missing_dimensions_are_spread_over_the_others(void **state)
{
    (void)state;
    struct points_measure three[] = {measure(overall, 500000, 853900),
                                     measure(overall, 300000, 800000),
                                     measure(overall, 200000, 716600)};

    // (5 * 10 + 3 * 6 + 2 * 1) / 100 * 80
    assert_int_equal(points_score(three, 3, 20).base_micro, 56000000);
    three[0].has_performance = false;
    // (3 * 6 + 2 * 1) / 50 * 80
    assert_int_equal(points_score(three, 3, 20).base_micro, 32000000);
    three[1].has_performance = false;
    assert_int_equal(points_score(three, 3, 20).base_micro, 8000000);
}

static void
the_base_is_rounded_once_half_away_from_zero(void **state)
{
    (void)state;
    struct points_measure three[] = {measure(overall, 1, 853900),
                                     measure(overall, 1, 853900),
                                     measure(overall, 1, 716599)};

    // 20 / 30 * 80 = 53.333333..., * 20 / 30 * 100 = 66.666666...
    assert_int_equal(points_score(three, 3, 20).base_micro, 53333333);
    assert_int_equal(points_score(three, 3, 0).base_micro, 66666667);
}

static void
consistency_is_of_the_weakest_and_scaled_to_its_weight(void **state)
{
    (void)state;
    const struct points_scale scale = {0, 500000, 900000};
    struct points_measure two[] = {measure(scale, 1, 900000),
                                   measure(scale, 1, 249999)};

    assert_int_equal(points_score(two, 2, 20).consistency, 9);
    assert_int_equal(points_score(two, 2, 100).consistency, 49);
    assert_int_equal(points_score(two, 2, 0).consistency, 0);
    two[1].performance = 250000;
    assert_int_equal(points_score(two, 2, 20).consistency, 10);
    assert_int_equal(points_score(two, 2, 20).weakest, 1);
}

static void
of_equally_weak_dimensions_the_first_is_named(void **state)
{
    (void)state;
    // 1/3 and 2/6 are one ratio.
    struct points_measure three[] = {
        measure((struct points_scale){0, 3, 9}, 1, 2),
        measure((struct points_scale){0, 3, 9}, 1, 1),
        measure((struct points_scale){0, 6, 9}, 1, 2)};

    assert_int_equal(points_score(three, 3, 20).weakest, 1);
}

static void
without_a_range_only_reaching_the_threshold_tells(void **state)
{
    (void)state;
    const struct points_scale flat = {500000, 500000, 900000};
    struct points_measure one = measure(flat, 1, 500000);

    assert_int_equal(points_score(&one, 1, 20).consistency, 20);
    assert_int_equal(points_of(&one).points, 1);
    one.performance = 499999;
    assert_int_equal(points_score(&one, 1, 20).consistency, 0);
    assert_int_equal(points_of(&one).points, 0);
    // All three in one place: all or nothing.
    one.scale = (struct points_scale){500000, 500000, 500000};
    assert_int_equal(points_of(&one).points, 0);
    one.performance = 500000;
    assert_int_equal(points_of(&one).points, 10);
}

static void
thresholds_out_of_order_are_told(void **state)
{
    (void)state;
    const struct points_scale good[] = {{0, 0, 0},
                                        {0, 1, 2},
                                        {1000000, 1000000, 1000000}},
                              bad[] = {{-1, 1, 2},
                                       {2, 1, 3},
                                       {1, 3, 2},
                                       {1, 2, 1000001}};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(points_scale_problem(&good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(points_scale_problem(&bad[i]));
}

static void
published_values_become_ppm(void **state)
{
    (void)state;
    assert_int_equal(points_ppm(71970370, POINTS_OF_HUNDRED, false), 719704);
    assert_int_equal(points_ppm(71970350, POINTS_OF_HUNDRED, false), 719704);
    assert_int_equal(points_ppm(71970349, POINTS_OF_HUNDRED, false), 719703);
    assert_int_equal(points_ppm(14000000, POINTS_OF_NPS, false), 570000);
    assert_int_equal(points_ppm(-100000000, POINTS_OF_NPS, false), 0);
    assert_int_equal(points_ppm(100000000, POINTS_OF_NPS, false), 1000000);
    assert_int_equal(points_ppm(970810, POINTS_OF_UNIT, false), 970810);
    assert_int_equal(points_ppm(30000, POINTS_OF_UNIT, true), 970000);
    assert_int_equal(points_ppm(1500000, POINTS_OF_UNIT, true), 0);
    assert_int_equal(points_ppm(19015660, POINTS_OF_HUNDRED, true), 809843);
    assert_int_equal(points_ppm(4500500, POINTS_OF_THOUSAND, false), 4501);
    assert_int_equal(points_ppm(4500499, POINTS_OF_THOUSAND, true), 995500);
}

static struct points_measure
any_measure(struct dice *dice)
{
    int64_t floor = dice_below(dice, 400000);
    int64_t threshold = floor + dice_below(dice, 300000);
    int64_t benchmark = threshold + dice_below(dice, 300000);
    struct points_measure one =
        measure((struct points_scale){floor, threshold, benchmark},
                1 + dice_below(dice, 1000000), dice_below(dice, 1000001));

    one.has_base = dice_coin(dice);
    one.base = dice_below(dice, 1000001);
    one.has_performance = dice_below(dice, 8) != 0;
    return one;
}

static void
a_better_performance_never_lowers_a_score(void **state)
{
    (void)state;
    struct dice dice = {20240421};

    for (int round = 0; round < 20000; round++) {
        struct points_measure all[5];
        for (int i = 0; i < 5; i++)
            all[i] = any_measure(&dice);
        struct points_score before = points_score(all, 5, 20);
        struct points_measure *one = &all[dice_below(&dice, 5)];
        one->performance += dice_below(&dice, 50000);
        struct points_score after = points_score(all, 5, 20);
        assert_true(after.base_micro >= before.base_micro);
        assert_true(after.consistency >= before.consistency);
        assert_true(after.score_micro <= 100 * (int64_t)POINTS_MICRO);
    }
}

static void
the_order_of_dimensions_changes_no_score(void **state)
{
    (void)state;
    struct dice dice = {20240422};

    for (int round = 0; round < 20000; round++) {
        struct points_measure all[6], turned[6];
        uint32_t shift = dice_below(&dice, 6);
        for (uint32_t i = 0; i < 6; i++)
            all[i] = any_measure(&dice);
        for (uint32_t i = 0; i < 6; i++)
            turned[(i + shift) % 6] = all[i];
        struct points_score one = points_score(all, 6, 20);
        struct points_score two = points_score(turned, 6, 20);
        assert_int_equal(one.has_value, two.has_value);
        assert_int_equal(one.score_micro, two.score_micro);
        assert_int_equal(one.consistency, two.consistency);
    }
}

static void
the_largest_numbers_do_not_overflow(void **state)
{
    (void)state;
    struct points_measure all[64];

    for (int i = 0; i < 64; i++)
        all[i] =
            measure((struct points_scale){0, 1, 1000000}, UINT32_MAX, 1000000);
    assert_int_equal(points_score(all, 64, 0).score_micro, 100000000);
    struct points_measure far = measure(overall, 1, INT64_MAX);
    assert_int_equal(points_of(&far).points, 10);
    far.performance = INT64_MIN / 2;
    assert_int_equal(points_of(&far).points, 0);
}

static void
a_threshold_and_its_published_value_are_the_same(void **state)
{
    (void)state;
    static const enum points_form forms[] = {
        POINTS_OF_HUNDRED, POINTS_OF_NPS, POINTS_OF_UNIT, POINTS_OF_THOUSAND};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (int64_t ppm = 0; ppm <= POINTS_PPM; ppm++)
            if (points_ppm(points_value(ppm, forms[i]), forms[i], false) != ppm)
                fail_msg("form %d, %d ppm", (int)forms[i], (int)ppm);
    assert_int_equal(points_value(716600, POINTS_OF_HUNDRED), 71660000);
    assert_int_equal(points_value(0, POINTS_OF_NPS), -100000000);
    assert_int_equal(points_value(625000, POINTS_OF_NPS), 25000000);
    assert_int_equal(points_value(625000, POINTS_OF_UNIT), 625000);
    assert_int_equal(points_value(625000, POINTS_OF_THOUSAND), 625000000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_form_gives_these_points),
        cmocka_unit_test(without_a_baseline_achievement_counts_alone),
        cmocka_unit_test(without_a_performance_there_are_no_points_not_zero),
        cmocka_unit_test(eight_equal_weights_give_the_sum_of_the_points),
        cmocka_unit_test(
            weights_of_missing_dimensions_are_spread_over_the_others),
        cmocka_unit_test(the_base_is_rounded_once_half_away_from_zero),
        cmocka_unit_test(
            consistency_is_of_the_weakest_and_scaled_to_its_weight),
        cmocka_unit_test(of_equally_weak_dimensions_the_first_is_named),
        cmocka_unit_test(without_a_range_only_reaching_the_threshold_tells),
        cmocka_unit_test(thresholds_out_of_order_are_told),
        cmocka_unit_test(published_values_become_ppm),
        cmocka_unit_test(a_better_performance_never_lowers_a_score),
        cmocka_unit_test(the_order_of_dimensions_changes_no_score),
        cmocka_unit_test(the_largest_numbers_do_not_overflow),
        cmocka_unit_test(a_threshold_and_its_published_value_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
