// SPDX-License-Identifier: Apache-2.0
#include "common/domain/payout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/money.h"
#include "tests/support/dice.h"

#define POINTS(x) ((int64_t)((x)*INT64_C(1000000)))

static const struct payout_ladder knots = {PAYOUT_LINEAR,
                                           4,
                                           {{POINTS(60), 0},
                                            {POINTS(75), 500000},
                                            {POINTS(85), 800000},
                                            {POINTS(90), 1000000}}};

static const struct payout_ladder tiers = {
    PAYOUT_TIERS,
    3,
    {{POINTS(70), 300000}, {POINTS(80), 600000}, {POINTS(90), 1000000}}};

static int64_t
fen_of(int64_t score_micro)
{
    struct money_gross gross;

    assert_true(money_gross(INT64_C(5000000000), 10000,
                            payout_ratio(&knots, score_micro), &gross));
    assert_int_equal(gross.residue, 0);
    return gross.fen;
}

static void
between_knots_the_ratio_is_in_proportion(void **state)
{
    (void)state;
    assert_int_equal(payout_ratio(&knots, 83400000), 752000);
    assert_int_equal(fen_of(83400000), 37600000);
    assert_int_equal(payout_ratio(&knots, 82900000), 737000);
    assert_int_equal(fen_of(82900000), 36850000);
    assert_int_equal(fen_of(82900000) - fen_of(83400000), -750000);
}

static void
outside_the_knots_their_ends_hold(void **state)
{
    (void)state;
    assert_int_equal(fen_of(59999999), 0);
    assert_int_equal(fen_of(60000000), 0);
    assert_int_equal(payout_ratio(&knots, 95000000), 1000000);
    assert_int_equal(fen_of(95000000), 50000000);
    assert_int_equal(payout_ratio(&knots, 0), 0);
    struct payout_ladder one = {PAYOUT_LINEAR, 1, {{POINTS(50), 200000}}};
    assert_int_equal(payout_ratio(&one, 0), 200000);
    assert_int_equal(payout_ratio(&one, POINTS(100)), 200000);
}

static void
between_knots_the_ratio_is_floored(void **state)
{
    (void)state;
    const struct payout_ladder thirds = {
        PAYOUT_LINEAR, 2, {{0, 0}, {3, 1000000}}};

    assert_int_equal(payout_ratio(&thirds, 1), 333333);
    assert_int_equal(payout_ratio(&thirds, 2), 666666);
}

static void
a_tier_pays_from_its_score_on(void **state)
{
    (void)state;
    assert_int_equal(payout_ratio(&tiers, 69999999), 0);
    assert_int_equal(payout_ratio(&tiers, 70000000), 300000);
    assert_int_equal(payout_ratio(&tiers, 89999999), 600000);
    assert_int_equal(payout_ratio(&tiers, 90000000), 1000000);
    assert_int_equal(payout_ratio(&tiers, POINTS(100)), 1000000);
}

static void
the_next_step_is_the_first_that_pays_more(void **state)
{
    (void)state;
    struct payout_step next;
    const struct payout_ladder flat = {
        PAYOUT_LINEAR,
        3,
        {{POINTS(50), 500000}, {POINTS(70), 500000}, {POINTS(80), 600000}}};

    assert_true(payout_next(&knots, 83400000, &next));
    assert_int_equal(next.score_micro, POINTS(85));
    assert_true(payout_next(&tiers, 0, &next));
    assert_int_equal(next.score_micro, POINTS(70));
    assert_true(payout_next(&flat, POINTS(55), &next));
    assert_int_equal(next.score_micro, POINTS(80));
    assert_false(payout_next(&knots, POINTS(90), &next));
    assert_false(payout_next(&tiers, POINTS(99), &next));
}

static void
a_score_near_a_step_is_borderline(void **state)
{
    (void)state;
    assert_true(payout_is_borderline(&tiers, 79500000, 500000));
    assert_true(payout_is_borderline(&tiers, 80500000, 500000));
    assert_false(payout_is_borderline(&tiers, 79499999, 500000));
    assert_false(payout_is_borderline(&tiers, 75000000, 4999999));
    const struct payout_ladder level = {
        PAYOUT_LINEAR, 2, {{POINTS(50), 7}, {POINTS(60), 7}}};
    assert_false(payout_is_borderline(&level, POINTS(50), POINTS(5)));
}

static void
ladders_that_go_backwards_are_told_with_the_step(void **state)
{
    (void)state;
    size_t at = 99;
    struct payout_ladder bad = knots;

    assert_null(payout_problem(&knots, &at));
    assert_null(payout_problem(&tiers, &at));
    bad.steps[2].score_micro = POINTS(75);
    assert_non_null(payout_problem(&bad, &at));
    assert_int_equal(at, 2);
    bad = knots;
    bad.steps[3].ratio_ppm = 799999;
    assert_non_null(payout_problem(&bad, &at));
    assert_int_equal(at, 3);
    bad = knots;
    bad.steps[3].ratio_ppm = 1000001;
    assert_non_null(payout_problem(&bad, &at));
    bad = knots;
    bad.steps[0].score_micro = -1;
    assert_non_null(payout_problem(&bad, &at));
    assert_int_equal(at, 0);
    bad.count = 0;
    assert_non_null(payout_problem(&bad, &at));
    bad.count = PAYOUT_STEPS_MAX + 1;
    assert_non_null(payout_problem(&bad, &at));
}

static struct payout_ladder
any_ladder(struct dice *dice)
{
    struct payout_ladder ladder = {dice_coin(dice) ? PAYOUT_LINEAR
                                                   : PAYOUT_TIERS,
                                   1 + dice_below(dice, PAYOUT_STEPS_MAX),
                                   {{0}}};
    int64_t score = dice_below(dice, 30000000), ratio = 0;

    for (size_t i = 0; i < ladder.count; i++) {
        ladder.steps[i] = (struct payout_step){score, ratio};
        score += 1 + dice_below(dice, 4000000);
        ratio += dice_below(dice, 60000);
    }
    return ladder;
}

static void
a_higher_score_never_pays_less(void **state)
{
    (void)state;
    struct dice dice = {20240423};

    for (int round = 0; round < 50000; round++) {
        struct payout_ladder ladder = any_ladder(&dice);
        size_t at;
        assert_null(payout_problem(&ladder, &at));
        int64_t low = dice_below(&dice, 100000001);
        int64_t high = low + dice_below(&dice, (uint32_t)(100000001 - low));
        assert_true(payout_ratio(&ladder, low) <= payout_ratio(&ladder, high));
        assert_true(payout_ratio(&ladder, high) <= PAYOUT_RATIO_MAX);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_knots_the_ratio_is_in_proportion),
        cmocka_unit_test(outside_the_knots_their_ends_hold),
        cmocka_unit_test(between_knots_the_ratio_is_floored),
        cmocka_unit_test(a_tier_pays_from_its_score_on),
        cmocka_unit_test(the_next_step_is_the_first_that_pays_more),
        cmocka_unit_test(a_score_near_a_step_is_borderline),
        cmocka_unit_test(ladders_that_go_backwards_are_told_with_the_step),
        cmocka_unit_test(a_higher_score_never_pays_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
