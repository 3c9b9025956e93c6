// SPDX-License-Identifier: Apache-2.0
#include "common/domain/skew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
the_quickest_message_tells(void **state)
{
    struct skew skew = {0};

    (void)state;
    skew_look(&skew, 1000, 9000);
    assert_int_equal(skew.ms, -8000);
    skew_look(&skew, 2000, 2040);
    skew_look(&skew, 3000, 4000);
    assert_int_equal(skew.ms, -40);
    assert_false(skew_is_wrong(&skew));
}

static void
a_time_that_was_not_told_tells_nothing(void **state)
{
    struct skew skew = {0};

    (void)state;
    skew_look(&skew, 0, 5000);
    skew_look(&skew, 5000, 0);
    assert_false(skew.known);
    assert_false(skew_is_wrong(&skew));
}

static void
more_than_five_minutes_are_wrong_either_way(void **state)
{
    struct skew ahead = {0}, behind = {0};

    (void)state;
    skew_look(&ahead, 1 + SKEW_TOLD_MS, 1);
    assert_false(skew_is_wrong(&ahead));
    skew_look(&ahead, 2 + SKEW_TOLD_MS, 1);
    assert_true(skew_is_wrong(&ahead));
    skew_look(&behind, 1, 1 + SKEW_TOLD_MS);
    assert_false(skew_is_wrong(&behind));
    behind = (struct skew){0};
    skew_look(&behind, 1, 2 + SKEW_TOLD_MS);
    assert_true(skew_is_wrong(&behind));
}

static void
a_clock_that_was_set_is_right_after_64_messages(void **state)
{
    struct skew skew = {0};

    (void)state;
    skew_look(&skew, 10000000, 1);
    for (int i = 0; i < 64; i++)
        skew_look(&skew, 1000, 1000);
    assert_int_equal(skew.ms, 0);
}

static void
no_number_is_too_large_to_turn_round(void **state)
{
    struct skew skew = {0};

    (void)state;
    skew_look(&skew, INT64_MIN + 7, 7);
    assert_int_equal(skew.ms, -INT64_MAX);
    skew_look(&skew, INT64_MIN, INT64_MAX); // cannot be said: not looked at
    assert_int_equal(skew.ms, -INT64_MAX);
    skew_look(&skew, INT64_MAX, 1);
    assert_true(skew_is_wrong(&skew));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_quickest_message_tells),
        cmocka_unit_test(a_time_that_was_not_told_tells_nothing),
        cmocka_unit_test(more_than_five_minutes_are_wrong_either_way),
        cmocka_unit_test(a_clock_that_was_set_is_right_after_64_messages),
        cmocka_unit_test(no_number_is_too_large_to_turn_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
