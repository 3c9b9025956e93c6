// SPDX-License-Identifier: Apache-2.0
#include "common/domain/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/dice.h"

enum { SATISFACTION, QUALITY };
enum { SAMPLE, COVERAGE, CONTACT, EMERGENCY, AUDIT, VERDICT, FRAUD, COUNT };

// The gates of docs/KPIS.md, as a rulebook gives them.
static const struct gate_rules rules = {
    COUNT,
    {
        {"sample",
         1,
         {{GATE_SAMPLE, GATE_COUNT_AT_LEAST, 100, 0}},
         GATE_PEERS,
         0,
         0,
         0},
        {"coverage",
         2,
         {{GATE_INVITED, GATE_AT_LEAST, 900000, 0},
          {GATE_BOUNCED, GATE_AT_MOST, 100000, 0}},
         GATE_FACTOR,
         500000,
         0,
         0},
        {"contact",
         1,
         {{GATE_CONTACT, GATE_NOT_BELOW, 900000, 30}},
         GATE_PART,
         0,
         SATISFACTION,
         0},
        {"emergency",
         1,
         {{GATE_EMERGENCY, GATE_AT_LEAST, 950000, 0}},
         GATE_CAP,
         500000,
         0,
         0},
        {"audit",
         2,
         {{GATE_VETO, GATE_COUNT_AT_MOST, 0, 0},
          {GATE_AUDIT, GATE_AT_LEAST, 950000, 0}},
         GATE_PART,
         0,
         QUALITY,
         0},
        {"verdict",
         1,
         {{GATE_VERDICT, GATE_COUNT_AT_MOST, 0, 0}},
         GATE_ZERO,
         0,
         0,
         1},
        {"fraud",
         1,
         {{GATE_FRAUD, GATE_COUNT_AT_MOST, 0, 0}},
         GATE_ZERO,
         0,
         0,
         3},
    },
    {0}};

// A dealer that passes everything with a ratio of 80 %.
static struct gate_input
good_dealer(void)
{
    return (struct gate_input){
        .has_score = true,
        .ratio_ppm = 800000,
        .peer_ppm = 600000,
        .figures = {[GATE_SAMPLE] = {120, 1},
                    [GATE_INVITED] = {90, 100},
                    [GATE_BOUNCED] = {9, 90},
                    [GATE_CONTACT] = {29, 30},
                    [GATE_EMERGENCY] = {95, 100},
                    [GATE_AUDIT] = {95, 100},
                    [GATE_VETO] = {0, 1},
                    [GATE_VERDICT] = {0, 1},
                    [GATE_FRAUD] = {0, 1}},
        .part_ppm = {[SATISFACTION] = 600000, [QUALITY] = 150000}};
}

static struct gate_outcome
through(const struct gate_input *input)
{
    struct gate_outcome outcome;

    gate_apply(&rules, input, &outcome);
    return outcome;
}

// The outcome with one figure changed.
static struct gate_outcome
with(enum gate_figure_id figure, int64_t num, int64_t den)
{
    struct gate_input input = good_dealer();

    input.figures[figure] = (struct gate_figure){num, den};
    return through(&input);
}

static void
who_passes_every_gate_keeps_the_ratio(void **state)
{
    (void)state;
    struct gate_input input = good_dealer();
    struct gate_outcome outcome = through(&input);

    assert_int_equal(outcome.ratio_ppm, 800000);
    assert_false(outcome.insufficient);
    assert_false(outcome.review);
    for (int i = 0; i < COUNT; i++)
        assert_false(outcome.gates[i].failed);
}

static void
too_small_a_sample_is_paid_as_the_peers_and_never_zero(void **state)
{
    (void)state;
    struct gate_outcome outcome = with(GATE_SAMPLE, 99, 1);

    assert_true(outcome.gates[SAMPLE].failed);
    assert_true(outcome.insufficient);
    assert_int_equal(outcome.ratio_ppm, 600000);
    assert_int_equal(outcome.gates[SAMPLE].before_ppm, 800000);
    assert_int_equal(with(GATE_SAMPLE, 0, 0).ratio_ppm, 600000);
    assert_int_equal(with(GATE_SAMPLE, 100, 1).ratio_ppm, 800000);
}

static void
without_a_score_the_peers_ratio_goes_through_the_gates(void **state)
{
    (void)state;
    struct gate_input input = good_dealer();

    input.has_score = false;
    input.ratio_ppm = 123;
    assert_int_equal(through(&input).ratio_ppm, 600000);
    assert_true(through(&input).insufficient);
    input.figures[GATE_INVITED].num = 89;
    assert_int_equal(through(&input).ratio_ppm, 300000);
}

static void
one_gate_halves_once_however_many_of_its_questions_fail(void **state)
{
    (void)state;
    struct gate_input input = good_dealer();

    input.figures[GATE_INVITED] = (struct gate_figure){89, 100};
    assert_int_equal(through(&input).ratio_ppm, 400000);
    input.figures[GATE_BOUNCED] = (struct gate_figure){10, 89};
    struct gate_outcome outcome = through(&input);
    assert_int_equal(outcome.ratio_ppm, 400000);
    assert_int_equal(outcome.gates[COVERAGE].verdicts[0], GATE_FAILED);
    assert_int_equal(outcome.gates[COVERAGE].verdicts[1], GATE_FAILED);
}

static void
contacts_must_be_proven_wrong_by_enough_checks(void **state)
{
    (void)state;
    // 22 of 30: the upper end of the interval is 85.6 %.
    struct gate_outcome outcome = with(GATE_CONTACT, 22, 30);
    assert_true(outcome.gates[CONTACT].failed);
    assert_int_equal(outcome.ratio_ppm, 320000); // 80 % * (1 - 60 %)
    // 25 of 30 may still be 90 %: its upper end is 92.7 %.
    assert_int_equal(with(GATE_CONTACT, 25, 30).ratio_ppm, 800000);
    outcome = with(GATE_CONTACT, 0, 29);
    assert_int_equal(outcome.gates[CONTACT].verdicts[0], GATE_NOT_JUDGED);
    assert_int_equal(outcome.ratio_ppm, 800000);
}

static void
missed_emergency_updates_cap_the_ratio(void **state)
{
    (void)state;
    assert_int_equal(with(GATE_EMERGENCY, 949, 1000).ratio_ppm, 500000);
    struct gate_input input = good_dealer();
    input.ratio_ppm = 300000; // below the cap already
    input.figures[GATE_EMERGENCY] = (struct gate_figure){0, 1};
    assert_int_equal(through(&input).ratio_ppm, 300000);
}

static void
a_failed_audit_takes_the_quality_part(void **state)
{
    (void)state;
    assert_int_equal(with(GATE_VETO, 1, 1).ratio_ppm, 680000);
    assert_int_equal(with(GATE_AUDIT, 94, 100).ratio_ppm, 680000);
}

static void
a_serious_verdict_pays_nothing_and_asks_for_a_review(void **state)
{
    (void)state;
    struct gate_outcome outcome = with(GATE_VERDICT, 1, 1);

    assert_int_equal(outcome.ratio_ppm, 0);
    assert_true(outcome.review);
    assert_int_equal(with(GATE_FRAUD, 1, 1).ratio_ppm, 0);
    assert_false(with(GATE_FRAUD, 2, 1).review);
    assert_true(with(GATE_FRAUD, 3, 1).review);
}

static void
no_data_passes_every_gate_but_the_sample(void **state)
{
    (void)state;
    struct gate_input input = good_dealer();

    for (int i = 0; i < GATE_FIGURE_COUNT; i++)
        if (i != GATE_SAMPLE)
            input.figures[i] = (struct gate_figure){0, 0};
    struct gate_outcome outcome = through(&input);
    assert_int_equal(outcome.ratio_ppm, 800000);
    for (int i = COVERAGE; i < COUNT; i++)
        assert_int_equal(outcome.gates[i].verdicts[0], GATE_NO_DATA);
}

static void
gates_work_in_their_order_each_with_before_and_after(void **state)
{
    (void)state;
    struct gate_input input = good_dealer();

    input.ratio_ppm = 999999;
    input.figures[GATE_INVITED].num = 0;                   // * 50 %
    input.figures[GATE_CONTACT].num = 0;                   // * 40 %
    input.figures[GATE_VETO] = (struct gate_figure){2, 1}; // * 85 %
    struct gate_outcome outcome = through(&input);
    assert_int_equal(outcome.gates[COVERAGE].after_ppm, 499999);
    assert_int_equal(outcome.gates[CONTACT].before_ppm, 499999);
    assert_int_equal(outcome.gates[CONTACT].after_ppm, 199999);
    assert_int_equal(outcome.gates[AUDIT].after_ppm, 169999);
    assert_int_equal(outcome.ratio_ppm, 169999);
}

static void
caps_hold_the_change_from_the_period_before(void **state)
{
    (void)state;
    struct gate_rules capped = rules;
    struct gate_input input = good_dealer();
    struct gate_outcome outcome;

    capped.caps = (struct gate_caps){true, true, 100000, 200000};
    gate_apply(&capped, &input, &outcome); // nothing before: no change
    assert_int_equal(outcome.ratio_ppm, 800000);
    input.has_previous = true;
    input.previous_ppm = 500000;
    gate_apply(&capped, &input, &outcome);
    assert_int_equal(outcome.ratio_ppm, 600000);
    assert_int_equal(outcome.uncapped_ppm, 800000);
    input.ratio_ppm = 100000;
    gate_apply(&capped, &input, &outcome);
    assert_int_equal(outcome.ratio_ppm, 300000);
    input.previous_ppm = 1000000;
    input.ratio_ppm = 1000000;
    gate_apply(&capped, &input, &outcome);
    assert_int_equal(outcome.ratio_ppm, 1000000);
}

static void
a_cap_gives_nothing_back_that_a_gate_took(void **state)
{
    (void)state;
    struct gate_rules capped = rules;
    struct gate_input input = good_dealer();
    struct gate_outcome outcome;

    capped.caps = (struct gate_caps){.has_fall = true, .fall_ppm = 100000};
    input.has_previous = true;
    input.previous_ppm = 900000;
    input.figures[GATE_VERDICT].num = 1;
    gate_apply(&capped, &input, &outcome);
    assert_int_equal(outcome.ratio_ppm, 0);
}

static void
repeated_fraud_lasts_four_quarters(void **state)
{
    (void)state;
    static const struct {
        uint32_t confirmed[GATE_FRAUD_QUARTERS]; // this quarter first
        int64_t level;
    } rows[] = {
        {{0, 0, 0, 0, 0, 0, 0}, 0}, {{1, 0, 0, 0, 0, 0, 0}, 1},
        {{0, 1, 0, 0, 0, 0, 0}, 0}, {{1, 0, 0, 1, 0, 0, 0}, 2},
        {{1, 0, 0, 0, 1, 0, 0}, 1}, {{0, 0, 0, 1, 0, 0, 1}, 2},
        {{0, 0, 0, 0, 1, 1, 1}, 0}, {{0, 2, 0, 0, 0, 0, 0}, 2},
        {{1, 1, 1, 0, 0, 0, 0}, 3}, {{0, 0, 0, 3, 0, 0, 0}, 3},
        {{1, 0, 1, 0, 0, 1, 0}, 2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(gate_fraud_level(rows[i].confirmed), rows[i].level);
}

static void
rules_that_make_no_sense_are_told_with_the_gate(void **state)
{
    (void)state;
    struct gate_rules bad = rules;
    size_t at;

    assert_null(gate_problem(&rules, &at));
    bad.gates[COVERAGE].amount_ppm = 1000001;
    assert_non_null(gate_problem(&bad, &at));
    assert_int_equal(at, COVERAGE);
    bad = rules;
    bad.gates[AUDIT].part = GATE_PARTS_MAX;
    assert_non_null(gate_problem(&bad, &at));
    bad = rules;
    bad.gates[EMERGENCY].questions[0].limit = 1000001;
    assert_non_null(gate_problem(&bad, &at));
    assert_int_equal(at, EMERGENCY);
    bad = rules;
    bad.gates[SAMPLE].question_count = 0;
    assert_non_null(gate_problem(&bad, &at));
    bad = rules;
    bad.caps = (struct gate_caps){.has_rise = true, .rise_ppm = -1};
    assert_non_null(gate_problem(&bad, &at));
}

static void
a_higher_ratio_never_leaves_the_gates_lower(void **state)
{
    (void)state;
    struct dice dice = {20240428};

    for (int round = 0; round < 20000; round++) {
        struct gate_input input = good_dealer();
        for (int i = 0; i < GATE_FIGURE_COUNT; i++)
            input.figures[i] = (struct gate_figure){dice_below(&dice, 100),
                                                    dice_below(&dice, 100)};
        if (dice_coin(&dice))
            input.figures[GATE_VERDICT].num = input.figures[GATE_FRAUD].num = 0;
        input.ratio_ppm = dice_below(&dice, 1000001);
        struct gate_outcome low = through(&input);
        input.ratio_ppm +=
            dice_below(&dice, (uint32_t)(1000001 - input.ratio_ppm));
        struct gate_outcome high = through(&input);
        assert_true(low.ratio_ppm <= high.ratio_ppm);
        assert_true(low.ratio_ppm >= 0 && high.ratio_ppm <= 1000000);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_passes_every_gate_keeps_the_ratio),
        cmocka_unit_test(
            too_small_a_sample_is_paid_as_the_peers_and_never_zero),
        cmocka_unit_test(
            without_a_score_the_peers_ratio_goes_through_the_gates),
        cmocka_unit_test(
            one_gate_halves_once_however_many_of_its_questions_fail),
        cmocka_unit_test(contacts_must_be_proven_wrong_by_enough_checks),
        cmocka_unit_test(missed_emergency_updates_cap_the_ratio),
        cmocka_unit_test(a_failed_audit_takes_the_quality_part),
        cmocka_unit_test(a_serious_verdict_pays_nothing_and_asks_for_a_review),
        cmocka_unit_test(no_data_passes_every_gate_but_the_sample),
        cmocka_unit_test(gates_work_in_their_order_each_with_before_and_after),
        cmocka_unit_test(caps_hold_the_change_from_the_period_before),
        cmocka_unit_test(a_cap_gives_nothing_back_that_a_gate_took),
        cmocka_unit_test(repeated_fraud_lasts_four_quarters),
        cmocka_unit_test(rules_that_make_no_sense_are_told_with_the_gate),
        cmocka_unit_test(a_higher_ratio_never_leaves_the_gates_lower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
