// SPDX-License-Identifier: Apache-2.0
#include "common/domain/wilson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// The ends of the interval as published, in ppm: each is passed between its
// floor and the next ppm.
static void
limits_fall_on_the_published_side_of_the_interval(void **state)
{
    (void)state;
    static const struct {
        int64_t num, n, low, high;
    } rows[] = {
        {0, 1, 0, 793451},           {1, 1, 206549, 1000000},
        {1, 2, 94531, 905469},       {0, 10, 0, 277533},
        {5, 10, 236593, 763407},     {10, 10, 722467, 1000000},
        {27, 30, 743789, 965400},    {30, 30, 886487, 1000000},
        {90, 100, 825634, 944771},   {95, 100, 888250, 978456},
        {100, 100, 963007, 1000000}, {67, 250, 216911, 326111},
        {600, 1000, 569309, 629925}, {950, 1000, 934686, 961870},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t num = rows[i].num, n = rows[i].n;
        // Published to the nearest ppm, so one either side is certain.
        if (rows[i].low > 1) {
            assert_true(wilson_lower_reaches(num, n, rows[i].low - 1));
            assert_false(wilson_lower_reaches(num, n, rows[i].low + 1));
        }
        if (rows[i].high < 1000000) {
            assert_true(wilson_upper_below(num, n, rows[i].high + 1));
            assert_false(wilson_upper_below(num, n, rows[i].high - 1));
        } else {
            assert_false(wilson_upper_below(num, n, 1000000));
        }
    }
}

static void
a_limit_on_the_wrong_side_of_the_share_is_never_reached(void **state)
{
    (void)state;
    assert_false(wilson_lower_reaches(60, 100, 600000));
    assert_false(wilson_lower_reaches(60, 100, 700000));
    assert_false(wilson_upper_below(60, 100, 600000));
    assert_false(wilson_upper_below(60, 100, 500000));
    assert_false(wilson_lower_reaches(0, 1, 0));
}

static void
the_largest_samples_are_exact(void **state)
{
    (void)state;
    assert_true(wilson_lower_reaches(INT64_MAX, INT64_MAX, 999999));
    assert_true(wilson_upper_below(0, INT64_MAX, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_fall_on_the_published_side_of_the_interval),
        cmocka_unit_test(
            a_limit_on_the_wrong_side_of_the_share_is_never_reached),
        cmocka_unit_test(the_largest_samples_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
