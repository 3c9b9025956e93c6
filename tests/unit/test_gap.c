// SPDX-License-Identifier: Apache-2.0
#include "common/domain/gap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/support/dice.h"

// Loyalty, NPS and a rate that is better lower, without an own baseline.
static const struct scheme scheme = {
    .consistency = 20,
    .dimension_count = 3,
    .dimensions = {{.kpi = "loyalty",
                    .weight_ppm = 500000,
                    .min_n = 1,
                    .scale = {400000, 600000, 800000}},
                   {.kpi = "nps",
                    .form = POINTS_OF_NPS,
                    .weight_ppm = 300000,
                    .min_n = 1,
                    .scale = {400000, 500000, 700000}},
                   {.kpi = "repeats",
                    .lower_is_better = true,
                    .weight_ppm = 200000,
                    .min_n = 1,
                    .scale = {700000, 900000, 1000000}}}};
static const struct kpi nothing[3];

static struct kpi
share(int64_t num, int64_t n)
{
    return (struct kpi){.has_value = n > 0,
                        .n = n,
                        .num = num,
                        .den = n,
                        .value_micro = n > 0 ? kpi_round(num, n, 100) : 0};
}

static int64_t
score_of(const struct kpi *period)
{
    struct points_measure measures[3];

    scheme_measures(&scheme, period, nothing, measures);
    return points_score(measures, 3, scheme.consistency).score_micro;
}

static void
the_gap_is_told_in_promoters(void **state)
{
    (void)state;
    // NPS 20 of 100: p = 600000, 5 points; the next needs (p - t) / 22222.
    struct kpi period[] = {share(75, 100), share(20, 100), share(4, 100)};
    int64_t more, target = score_of(period) + 1;

    assert_true(gap_answers(&scheme, period, nothing, 1, target, &more));
    // p reaches 611112 with (20 + k) / (100 + k) >= 0.222224: k = 3.
    assert_int_equal(more, 3);
    period[1] = share(22, 102);
    assert_true(score_of(period) < target);
    period[1] = share(23, 103);
    assert_true(score_of(period) >= target);
}

static void
what_is_reached_lacks_nothing(void **state)
{
    (void)state;
    const struct kpi period[] = {share(75, 100), share(20, 100), share(4, 100)};
    int64_t more = 7;

    assert_true(
        gap_answers(&scheme, period, nothing, 0, score_of(period), &more));
    assert_int_equal(more, 0);
}

static void
what_cannot_be_reached_is_told(void **state)
{
    (void)state;
    const struct kpi period[] = {share(30, 100), share(20, 100), share(4, 100)};
    struct points_measure measures[3];
    int64_t more, ppm;

    // Loyalty is below its floor: no NPS makes up for that.
    assert_false(gap_answers(&scheme, period, nothing, 1, 100000000, &more));
    scheme_measures(&scheme, period, nothing, measures);
    assert_false(gap_performance(measures, 3, 20, 1, 100000000, &ppm));
    // An index is no count of answers.
    struct kpi index[] = {share(75, 100), share(20, 100), share(4, 100)};
    index[0].den = 2700;
    assert_false(gap_answers(&scheme, index, nothing, 0, 99000000, &more));
}

static void
no_answer_too_few_and_none_too_many(void **state)
{
    (void)state;
    struct dice dice = {20240429};
    int found = 0;

    for (int round = 0; round < 3000; round++) {
        struct kpi period[3], less[3], full[3];
        for (int i = 0; i < 3; i++) {
            int64_t n = 1 + dice_below(&dice, 300);
            period[i] = share(dice_below(&dice, (uint32_t)n + 1), n);
        }
        size_t one = dice_below(&dice, 3);
        int64_t target = dice_below(&dice, 100000001), more;
        if (!gap_answers(&scheme, period, nothing, one, target, &more) ||
            more == 0)
            continue;
        bool adds = !scheme.dimensions[one].lower_is_better;
        memcpy(less, period, sizeof less);
        memcpy(full, period, sizeof full);
        less[one] = share(period[one].num + (adds ? more - 1 : 0),
                          period[one].n + more - 1);
        full[one] =
            share(period[one].num + (adds ? more : 0), period[one].n + more);
        assert_true(score_of(less) < target);
        assert_true(score_of(full) >= target);
        found++;
    }
    assert_true(found > 300);
}

static void
a_performance_too_low_by_one_does_not_reach(void **state)
{
    (void)state;
    struct dice dice = {20240430};
    int found = 0;

    for (int round = 0; round < 3000; round++) {
        struct points_measure measures[3];
        for (int i = 0; i < 3; i++)
            measures[i] = (struct points_measure){
                .scale = scheme.dimensions[i].scale,
                .weight = scheme.dimensions[i].weight_ppm,
                .has_performance = true,
                .performance = dice_below(&dice, 1000001)};
        size_t one = dice_below(&dice, 3);
        int64_t target = dice_below(&dice, 100000001), ppm;
        if (!gap_performance(measures, 3, 20, one, target, &ppm) || ppm == 0)
            continue;
        measures[one].performance = ppm;
        assert_true(points_score(measures, 3, 20).score_micro >= target);
        measures[one].performance = ppm - 1;
        assert_true(points_score(measures, 3, 20).score_micro < target);
        found++;
    }
    assert_true(found > 300);
}

static void
below_the_least_number_all_missing_answers_are_asked_for(void **state)
{
    (void)state;
    struct scheme strict = scheme;
    const struct kpi period[] = {share(75, 100), share(0, 0), share(4, 100)};
    int64_t more;

    strict.dimensions[1].min_n = 30;
    assert_true(gap_answers(&strict, period, nothing, 1, 79000000, &more));
    assert_int_equal(more, 30);
}

static void
gates_are_asked_what_a_tally_knows(void **state)
{
    (void)state;
    struct gate_input input = {.figures = {[GATE_FRAUD] = {5, 6}}};
    uint32_t counters[] = {counter(COUNTER_COUNT, COUNT_RESPONSES, 0),
                           counter(COUNTER_COUNT, COUNT_INVITED, 0),
                           counter(COUNTER_COUNT, COUNT_BOUNCED, 0),
                           counter(COUNTER_COUNT, COUNT_EMERGENCY_UPDATES, 0),
                           counter(COUNTER_COUNT, COUNT_EMERGENCY_MISSED, 0),
                           counter(COUNTER_COUNT, COUNT_AUDITS, 0),
                           counter(COUNTER_COUNT, COUNT_AUDIT_PASSED, 0),
                           counter(COUNTER_COUNT, COUNT_AUDIT_TOTAL, 0),
                           counter(COUNTER_COUNT, COUNT_AUDIT_VETOES, 0),
                           counter(COUNTER_COUNT, COUNT_CONTACTS_RECHECKED, 0),
                           counter(COUNTER_COUNT, COUNT_CONTACTS_CORRECT, 0),
                           counter(COUNTER_COUNT, COUNT_ELIGIBLE, 0),
                           counter(COUNTER_COUNT, COUNT_COACHED, 0),
                           counter(COUNTER_COUNT, COUNT_CONFIRMED_SEVERE, 0)};
    int64_t values[] = {120, 90, 9, 19, 1, 2, 47, 50, 1, 30, 27, 100, 3, 1};
    const struct tally tally = {14, 14, counters, values}, nothing_there = {0};
    const struct gate_figure *figures = input.figures;

    scheme_figures(&tally, &input);
    assert_int_equal(figures[GATE_SAMPLE].num, 120);
    assert_int_equal(figures[GATE_BOUNCED].num, 9);
    assert_int_equal(figures[GATE_BOUNCED].den, 90);
    assert_int_equal(figures[GATE_EMERGENCY].num, 19);
    assert_int_equal(figures[GATE_EMERGENCY].den, 20);
    assert_int_equal(figures[GATE_AUDIT].num, 47);
    assert_int_equal(figures[GATE_AUDIT].den, 50);
    assert_int_equal(figures[GATE_VETO].num, 1);
    assert_int_equal(figures[GATE_VETO].den, 2);
    assert_int_equal(figures[GATE_CONTACT].num, 27);
    assert_int_equal(figures[GATE_CONTACT].den, 30);
    assert_int_equal(figures[GATE_INVITED].num, 90);
    assert_int_equal(figures[GATE_INVITED].den, 100);
    assert_int_equal(figures[GATE_COACHED].num, 3);
    assert_int_equal(figures[GATE_COACHED].den, 120);
    assert_int_equal(figures[GATE_VERDICT].num, 1);
    assert_int_equal(figures[GATE_VERDICT].den, 1);
    assert_int_equal(figures[GATE_FRAUD].den, 6); // has no counter yet
    scheme_figures(&nothing_there, &input);
    assert_int_equal(figures[GATE_SAMPLE].num, 0);
    assert_int_equal(figures[GATE_BOUNCED].den, 0);
    assert_int_equal(figures[GATE_EMERGENCY].den, 0);
    assert_int_equal(figures[GATE_INVITED].den, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gap_is_told_in_promoters),
        cmocka_unit_test(what_is_reached_lacks_nothing),
        cmocka_unit_test(what_cannot_be_reached_is_told),
        cmocka_unit_test(no_answer_too_few_and_none_too_many),
        cmocka_unit_test(a_performance_too_low_by_one_does_not_reach),
        cmocka_unit_test(
            below_the_least_number_all_missing_answers_are_asked_for),
        cmocka_unit_test(gates_are_asked_what_a_tally_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
