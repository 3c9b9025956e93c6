// SPDX-License-Identifier: Apache-2.0
#include "common/domain/shrink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// Five dealers, 35 answers: mean 291/35, sigma^2 / tau^2 = 0.688640.
static const struct shrink peers = {false, 8314286, 688640};

static int64_t
shrunk(const struct shrink *shrink, int64_t n, int64_t num, int64_t den,
       int64_t scale)
{
    int64_t value;

    assert_true(shrink_value(shrink, n, num, den, scale, &value));
    return value;
}

static void
means_are_drawn_to_the_peers_by_their_sample(void **state)
{
    (void)state;
    assert_int_equal(shrunk(&peers, 4, 38, 4, 1), 9325849);
    assert_int_equal(shrunk(&peers, 6, 48, 6, 1), 8032358);
    assert_int_equal(shrunk(&peers, 10, 73, 10, 1), 7365348);
    assert_int_equal(shrunk(&peers, 3, 30, 3, 1), 9685290);
    assert_int_equal(shrunk(&peers, 12, 102, 12, 1), 8489921);
}

static void
the_form_of_the_fraction_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(shrunk(&peers, 4, 19, 2, 1), 9325849);
    assert_int_equal(shrunk(&peers, 4, 19, 200, 100), 9325849);
}

static void
without_spread_all_are_the_peers(void **state)
{
    (void)state;
    const struct shrink flat = {true, 8314286, 0};

    assert_int_equal(shrunk(&flat, 1, 10, 1, 1), 8314286);
    assert_int_equal(shrunk(&flat, 400, 0, 400, 1), 8314286);
}

static void
without_strength_a_mean_stays_as_it_is(void **state)
{
    (void)state;
    const struct shrink weak = {false, 50000000, 0};

    assert_int_equal(shrunk(&weak, 250, 4858, 6750, 100), 71970370);
}

static void
a_negative_value_is_rounded_away_from_zero(void **state)
{
    (void)state;
    const struct shrink none = {false, 0, 1000000};

    // -0.000005 * 1 / (1 + 1) = -0.0000025
    assert_int_equal(shrunk(&none, 1, -5, 1000000, 1), -3);
    assert_int_equal(shrunk(&none, 1, 5, 1000000, 1), 3);
}

static void
what_cannot_be_computed_is_refused(void **state)
{
    (void)state;
    int64_t value = 7;
    const struct shrink wrong = {false, 0, -1};

    assert_false(shrink_value(&peers, 0, 1, 1, 1, &value));
    assert_false(shrink_value(&peers, SHRINK_N_MAX + 1, 1, 1, 1, &value));
    assert_false(shrink_value(&peers, 1, 1, 0, 1, &value));
    assert_false(shrink_value(&wrong, 1, 1, 1, 1, &value));
    assert_false(shrink_value(&peers, SHRINK_N_MAX, INT64_MAX, 1, 100, &value));
    assert_int_equal(value, 7);
    assert_true(shrink_value(&peers, SHRINK_N_MAX, 100, 1, 1, &value));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_are_drawn_to_the_peers_by_their_sample),
        cmocka_unit_test(the_form_of_the_fraction_does_not_matter),
        cmocka_unit_test(without_spread_all_are_the_peers),
        cmocka_unit_test(without_strength_a_mean_stays_as_it_is),
        cmocka_unit_test(a_negative_value_is_rounded_away_from_zero),
        cmocka_unit_test(what_cannot_be_computed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
