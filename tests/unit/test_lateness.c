// SPDX-License-Identifier: Apache-2.0
#include "common/domain/lateness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/event.h"

enum { OCTOBER_2026 = 2026 * 12 + 9 };

static const struct zone shanghai = {.name = "Asia/Shanghai",
                                     .offset_s = 8 * 3600};

static int64_t
end(void)
{
    return month_start(&shanghai, OCTOBER_2026 + 1);
}

static void
within_its_month_nothing_is_late(void **state)
{
    (void)state;
    assert_int_equal(end(), INT64_C(1793462400000)); // 2026-10-31T16:00Z
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, 0), 0);
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, end() - DAY_MS), 0);
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, end()), 0);
}

static void
a_begun_day_counts_to_the_millisecond(void **state)
{
    (void)state;
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, end() + 1), 1);
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, end() + DAY_MS), 1);
    assert_int_equal(
        lateness_days(&shanghai, OCTOBER_2026, end() + 10 * (int64_t)DAY_MS),
        10);
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026,
                                   end() + 10 * (int64_t)DAY_MS + 1),
                     11);
}

static void
no_number_is_too_large(void **state)
{
    (void)state;
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, INT64_MAX),
                     LATENESS_DAYS_MAX);
    assert_int_equal(lateness_days(&shanghai, OCTOBER_2026, INT64_MIN), 0);
    assert_int_equal(lateness_days(&shanghai, UINT32_MAX, INT64_MAX), 0);
    assert_int_equal(lateness_days(&shanghai, MONTH_NONE, INT64_MAX), 0);
}

static void
when_a_month_closes_is_asked_when_reading(void **state)
{
    (void)state;
    const uint32_t counters[] = {
        counter(COUNTER_COUNT, 1, 0), counter(COUNTER_ARRIVAL, 1, 0),
        counter(COUNTER_ARRIVAL, 10, 0), counter(COUNTER_ARRIVAL, 11, 0),
        counter(COUNTER_ARRIVAL, 0xffff, 0)};
    const int64_t values[] = {1000, 100, 10, 3, 1};

    assert_int_equal(lateness_late(counters, values, 5, 0), 114);
    assert_int_equal(lateness_late(counters, values, 5, 9), 14);
    assert_int_equal(lateness_late(counters, values, 5, 10), 4);
    assert_int_equal(lateness_late(counters, values, 5, 11), 1);
    assert_int_equal(lateness_late(counters, values, 0, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_its_month_nothing_is_late),
        cmocka_unit_test(a_begun_day_counts_to_the_millisecond),
        cmocka_unit_test(no_number_is_too_large),
        cmocka_unit_test(when_a_month_closes_is_asked_when_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
