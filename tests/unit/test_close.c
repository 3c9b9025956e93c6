// SPDX-License-Identifier: Apache-2.0
#include "common/domain/close.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/scheme.h"

enum { OCTOBER = 2026 * 12 + 9 };

static const int64_t november = 1793491200000; // 2026-11-01T00:00Z
static const struct scheme twenty_to_final = {.provisional_days = 10,
                                              .review_days = 20,
                                              .decision_days = 35,
                                              .final_days = 45};

static int64_t
day(int64_t days)
{
    return november + days * DAY_MS;
}

static void
the_dates_are_days_after_the_end_of_the_last_month(void **state)
{
    (void)state;
    const struct rulebook rules = {.close_days = 7, .scheme = &twenty_to_final};
    struct close close = close_of(&rules, OCTOBER, day(0));

    assert_true(close.has_calendar);
    assert_int_equal(close.end, november);
    assert_int_equal(close.provisional, day(10));
    assert_int_equal(close.review, day(20));
    assert_int_equal(close.decisions, day(35));
    assert_int_equal(close.final, day(45));
}

static void
the_end_is_midnight_in_the_programmes_zone(void **state)
{
    (void)state;
    const struct rulebook rules = {.zone.offset_s = 8 * 3600,
                                   .scheme = &twenty_to_final};

    assert_int_equal(close_of(&rules, OCTOBER, 0).end,
                     november - 8 * 3600 * 1000);
}

static void
a_state_changes_at_its_instant_and_not_a_millisecond_before(void **state)
{
    (void)state;
    const struct rulebook rules = {.close_days = 7, .scheme = &twenty_to_final};
    const struct {
        int64_t now;
        enum close_state state;
    } rows[] = {
        {INT64_MIN, CLOSE_OPEN},          {day(10) - 1, CLOSE_OPEN},
        {day(10), CLOSE_PROVISIONAL},     {day(20), CLOSE_PROVISIONAL},
        {day(45) - 1, CLOSE_PROVISIONAL}, {day(45), CLOSE_FINAL},
        {INT64_MAX, CLOSE_FINAL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(close_of(&rules, OCTOBER, rows[i].now).state,
                         rows[i].state);
}

static void
without_a_rebate_nothing_becomes_final(void **state)
{
    (void)state;
    const struct rulebook rules = {.close_days = 7};

    assert_false(close_of(&rules, OCTOBER, day(7)).has_calendar);
    assert_int_equal(close_of(&rules, OCTOBER, day(7) - 1).state, CLOSE_OPEN);
    assert_int_equal(close_of(&rules, OCTOBER, day(7)).state,
                     CLOSE_PROVISIONAL);
    assert_int_equal(close_of(&rules, OCTOBER, INT64_MAX).state,
                     CLOSE_PROVISIONAL);
}

static void
a_month_beyond_the_calendar_never_closes(void **state)
{
    (void)state;
    const struct rulebook rules = {.scheme = &twenty_to_final};
    struct close close = close_of(&rules, 10000 * 12 + 11, INT64_MAX - 1);

    assert_int_equal(close.final, INT64_MAX);
    assert_int_equal(close.state, CLOSE_OPEN);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dates_are_days_after_the_end_of_the_last_month),
        cmocka_unit_test(the_end_is_midnight_in_the_programmes_zone),
        cmocka_unit_test(
            a_state_changes_at_its_instant_and_not_a_millisecond_before),
        cmocka_unit_test(without_a_rebate_nothing_becomes_final),
        cmocka_unit_test(a_month_beyond_the_calendar_never_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
