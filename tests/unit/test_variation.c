// SPDX-License-Identifier: Apache-2.0
#include "client/variation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct scheme
sample(void)
{
    return (struct scheme){
        .consistency = 20,
        .dimension_count = 2,
        .dimensions = {{.kpi = "csi",
                        .weight_ppm = 600000,
                        .scale = {500000, 700000, 850000}},
                       {.kpi = "nps",
                        .weight_ppm = 400000,
                        .scale = {300000, 600000, 800000}}},
        .ladder = {PAYOUT_LINEAR, 2, {{0, 0}, {100000000, 1000000}}},
        .max_rate_ppm = 12000};
}

static void
what_is_not_named_stays(void **state)
{
    (void)state;
    struct scheme scheme = sample(), before = sample();
    char problem[VARIATION_PROBLEM_MAX];

    assert_true(variation_apply(&(struct variation){0}, &scheme, problem));
    assert_int_equal(scheme.consistency, before.consistency);
    assert_int_equal(scheme.max_rate_ppm, before.max_rate_ppm);
    assert_int_equal(scheme.dimensions[1].weight_ppm, 400000);
    assert_int_equal(scheme.dimensions[1].scale.threshold, 600000);
    assert_int_equal(scheme.ladder.count, 2);
}

static void
every_number_named_is_changed(void **state)
{
    (void)state;
    struct scheme scheme = sample();
    char problem[VARIATION_PROBLEM_MAX];
    const struct variation variation = {
        .consistency = "0",
        .max_rate_ppm = "1000000",
        .weights = "1,999999",
        .thresholds = "500000,800000",
        .steps = "1000000:0,2000000:5,100000000:1000000"};

    assert_true(variation_apply(&variation, &scheme, problem));
    assert_int_equal(scheme.consistency, 0);
    assert_int_equal(scheme.max_rate_ppm, 1000000);
    assert_int_equal(scheme.dimensions[0].weight_ppm, 1);
    assert_int_equal(scheme.dimensions[1].weight_ppm, 999999);
    assert_int_equal(scheme.dimensions[0].scale.threshold, 500000);
    assert_int_equal(scheme.dimensions[1].scale.threshold, 800000);
    assert_int_equal(scheme.ladder.count, 3);
    assert_int_equal(scheme.ladder.steps[1].score_micro, 2000000);
    assert_int_equal(scheme.ladder.steps[1].ratio_ppm, 5);
}

static void
what_is_no_rebate_is_told(void **state)
{
    (void)state;
    char many[256] = "0:0";
    const struct {
        struct variation variation;
        const char *told;
    } cases[] = {
        {{.consistency = "101"}, "consistency is a number from 0 to 100"},
        {{.consistency = "-1"}, "consistency is"},
        {{.consistency = "1x"}, "consistency is"},
        {{.max_rate_ppm = "1000001"}, "max_rate_ppm is"},
        {{.max_rate_ppm = "99999999999999999999"}, "max_rate_ppm is"},
        {{.weights = "600000,400001"}, "weights are 2 numbers"},
        {{.weights = "1000000"}, "weights are 2 numbers"},
        {{.weights = "600000,400000,0"}, "weights are 2 numbers"},
        {{.weights = "600000,400000,"}, "weights are 2 numbers"},
        {{.weights = "600000 400000"}, "weights are 2 numbers"},
        {{.thresholds = "499999,600000"}, "of csi is from its floor, 500000"},
        {{.thresholds = "700000,800001"}, "of nps is from its floor, 300000"},
        {{.thresholds = "a,b"}, "thresholds are 2 numbers"},
        {{.steps = "1:2,"}, "steps, number 1: are score:ratio"},
        {{.steps = "1:2;2:3"}, "steps, number 1: are score:ratio"},
        {{.steps = "2:2,1:3"}, "steps, number 2: the score must be above"},
        {{.steps = "1:3,2:2"}, "steps, number 2: the ratio must not be"},
        {{.steps = many}, "steps, number 1: are score:ratio"},
    };

    for (int i = 1; i <= PAYOUT_STEPS_MAX; i++)
        strcat(many, ",9:9");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scheme scheme = sample();
        char problem[VARIATION_PROBLEM_MAX] = "";
        assert_false(variation_apply(&cases[i].variation, &scheme, problem));
        if (!strstr(problem, cases[i].told))
            fail_msg("%zu: \"%s\" lacks \"%s\"", i, problem, cases[i].told);
    }
}

static void
an_exchange_has_no_steps(void **state)
{
    (void)state;
    struct scheme scheme = sample();
    char problem[VARIATION_PROBLEM_MAX];

    scheme.payout = SCHEME_EXCHANGE;
    assert_false(
        variation_apply(&(struct variation){.steps = "0:0"}, &scheme, problem));
    assert_false(variation_apply(&(struct variation){.max_rate_ppm = "1"},
                                 &scheme, problem));
    assert_true(variation_apply(&(struct variation){.weights = "0,1000000"},
                                &scheme, problem));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_named_stays),
        cmocka_unit_test(every_number_named_is_changed),
        cmocka_unit_test(what_is_no_rebate_is_told),
        cmocka_unit_test(an_exchange_has_no_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
