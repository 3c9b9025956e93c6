// SPDX-License-Identifier: Apache-2.0
#include "common/domain/period.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/domain/event.h"

enum { HOUR = 3600 };

static const struct zone utc = {.name = "UTC"};

// The summer times of 1986, in full; the later ones look alike.
static const struct zone shanghai = {
    .name = "Asia/Shanghai",
    .offset_s = 8 * HOUR,
    .change_count = 2,
    .changes = {{INT64_C(515527200000), 9 * HOUR},  // 1986-05-03T18:00Z
                {INT64_C(527014800000), 8 * HOUR}}, // 1986-09-13T17:00Z
};

// Last Sundays of March and October, 01:00 UTC.
static const struct zone berlin = {
    .name = "Europe/Berlin",
    .offset_s = HOUR,
    .has_daylight = true,
    .daylight_offset_s = 2 * HOUR,
    .daylight_from = {3, 5, 0, HOUR},
    .daylight_until = {10, 5, 0, HOUR},
};

// First Sundays of October and April, 02:00 standard time, on Saturday in UTC.
static const struct zone sydney = {
    .name = "Australia/Sydney",
    .offset_s = 10 * HOUR,
    .has_daylight = true,
    .daylight_offset_s = 11 * HOUR,
    .daylight_from = {10, 1, 0, -8 * HOUR},
    .daylight_until = {4, 1, 0, -8 * HOUR},
};

// Springs forward at midnight of the first Sunday of October: over the very
// start of the month when that is a Sunday.
static const struct zone asuncion = {
    .name = "America/Asuncion",
    .offset_s = -4 * HOUR,
    .has_daylight = true,
    .daylight_offset_s = -3 * HOUR,
    .daylight_from = {10, 1, 0, 4 * HOUR},
    .daylight_until = {3, 4, 0, 3 * HOUR},
};

// Left out the 30th of December 2011.
static const struct zone apia = {
    .name = "Pacific/Apia",
    .offset_s = -11 * HOUR,
    .change_count = 2,
    .changes = {{INT64_C(1316872800000), -10 * HOUR}, // 2011-09-24T14:00Z
                {INT64_C(1325239200000), 14 * HOUR}}, // 2011-12-30T10:00Z
};

static const struct zone kathmandu = {
    .name = "Asia/Kathmandu",
    .offset_s = 5 * HOUR + 45 * 60,
};

static const struct zone *const zones[] = {
    &utc, &shanghai, &berlin, &sydney, &asuncion, &apia, &kathmandu,
};
enum { ZONES = sizeof zones / sizeof *zones };

static uint32_t
month(uint32_t year, uint32_t number)
{
    return year * 12 + number - 1;
}

static int64_t
instant(int32_t year, uint8_t number, uint8_t day, int hour, int minute)
{
    return days_from_civil((struct civil){year, number, day}) * DAY_MS +
           (hour * INT64_C(60) + minute) * 60000;
}

static void
days_and_dates_undo_each_other(void **state)
{
    (void)state;
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31};
    int64_t day = days_from_civil((struct civil){-1, 1, 1});

    for (int32_t year = -1; year <= 10000; year++) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (uint8_t number = 1; number <= 12; number++) {
            uint8_t length = lengths[number - 1];
            if (number == 2 && leap)
                length++;
            for (uint8_t date = 1; date <= length; date++, day++) {
                struct civil civil = civil_from_days(day);
                assert_int_equal(civil.year, year);
                assert_int_equal(civil.month, number);
                assert_int_equal(civil.day, date);
                assert_int_equal(days_from_civil(civil), day);
            }
        }
    }
    assert_int_equal(days_from_civil((struct civil){1970, 1, 1}), 0);
    assert_int_equal(days_from_civil((struct civil){2000, 3, 1}), 11017);
}

static void
every_month_starts_where_the_one_before_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZONES; i++)
        for (uint32_t m = month(1970, 1); m <= month(2100, 12); m++) {
            int64_t start = month_start(zones[i], m);
            assert_int_equal(month_of(zones[i], start), m);
            assert_int_equal(month_of(zones[i], start - 1), m - 1);
        }
}

static void
the_first_and_last_months_of_the_calendar_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ZONES; i++) {
        const struct zone *zone = zones[i];
        int64_t first = month_start(zone, month(1, 1));
        int64_t end = month_start(zone, month(10000, 1));

        assert_int_equal(month_of(zone, first), month(1, 1));
        assert_int_equal(month_of(zone, first - 1), MONTH_NONE);
        assert_int_equal(month_of(zone, end - 1), month(9999, 12));
        assert_int_equal(month_of(zone, end), MONTH_NONE);
        assert_int_equal(month_of(zone, INT64_MIN), MONTH_NONE);
        assert_int_equal(month_of(zone, INT64_MAX), MONTH_NONE);
        assert_true(month_start(zone, MONTH_NONE) == INT64_MIN);
        assert_true(month_start(zone, UINT32_MAX) == INT64_MAX);
    }
}

static void
a_leap_day_belongs_to_february(void **state)
{
    (void)state;
    int64_t leap = instant(2024, 2, 29, 12, 0);

    assert_int_equal(month_of(&utc, leap), month(2024, 2));
    assert_int_equal(month_of(&utc, leap + DAY_MS), month(2024, 3));
    // 2000 had one, 1900 and 2100 do not.
    assert_int_equal(month_start(&utc, month(2000, 3)) -
                         month_start(&utc, month(2000, 2)),
                     29 * (int64_t)DAY_MS);
    assert_int_equal(month_start(&utc, month(2100, 3)) -
                         month_start(&utc, month(2100, 2)),
                     28 * (int64_t)DAY_MS);
    assert_int_equal(month_start(&utc, month(1900, 3)) -
                         month_start(&utc, month(1900, 2)),
                     28 * (int64_t)DAY_MS);
}

static void
the_zone_decides_the_month(void **state)
{
    (void)state;
    int64_t start = instant(2026, 9, 30, 16, 0); // midnight in Shanghai

    assert_int_equal(month_start(&shanghai, month(2026, 10)), start);
    assert_int_equal(month_of(&shanghai, start - 1), month(2026, 9));
    assert_int_equal(month_of(&shanghai, start), month(2026, 10));
    assert_int_equal(month_of(&utc, start), month(2026, 9));
}

static void
written_changes_hold_from_their_instant(void **state)
{
    (void)state;
    int64_t from = instant(1986, 5, 3, 18, 0),
            until = instant(1986, 9, 13, 17, 0);

    assert_int_equal(zone_offset(&shanghai, INT64_MIN), 8 * HOUR);
    assert_int_equal(zone_offset(&shanghai, from - 1), 8 * HOUR);
    assert_int_equal(zone_offset(&shanghai, from), 9 * HOUR);
    assert_int_equal(zone_offset(&shanghai, until - 1), 9 * HOUR);
    assert_int_equal(zone_offset(&shanghai, until), 8 * HOUR);
    assert_int_equal(zone_offset(&shanghai, INT64_MAX), 8 * HOUR);
    assert_int_equal(month_start(&shanghai, month(1986, 7)),
                     instant(1986, 6, 30, 15, 0));
}

static void
northern_daylight_runs_from_spring_to_autumn(void **state)
{
    (void)state;
    int64_t from = instant(2026, 3, 29, 1, 0),
            until = instant(2026, 10, 25, 1, 0);

    assert_int_equal(zone_offset(&berlin, from - 1), HOUR);
    assert_int_equal(zone_offset(&berlin, from), 2 * HOUR);
    assert_int_equal(zone_offset(&berlin, until - 1), 2 * HOUR);
    assert_int_equal(zone_offset(&berlin, until), HOUR);
    assert_int_equal(month_start(&berlin, month(2026, 7)),
                     instant(2026, 6, 30, 22, 0));
    assert_int_equal(month_start(&berlin, month(2026, 12)),
                     instant(2026, 11, 30, 23, 0));
    // 2019: the last Sunday of March is the 31st, the month's last day.
    assert_int_equal(zone_offset(&berlin, instant(2019, 3, 31, 1, 0)),
                     2 * HOUR);
    assert_int_equal(month_start(&berlin, month(2019, 4)),
                     instant(2019, 3, 31, 22, 0));
}

static void
southern_daylight_runs_over_the_new_year(void **state)
{
    (void)state;
    int64_t until = instant(2026, 4, 4, 16, 0),
            from = instant(2026, 10, 3, 16, 0);

    assert_int_equal(zone_offset(&sydney, instant(2026, 1, 1, 0, 0)),
                     11 * HOUR);
    assert_int_equal(zone_offset(&sydney, until - 1), 11 * HOUR);
    assert_int_equal(zone_offset(&sydney, until), 10 * HOUR);
    assert_int_equal(zone_offset(&sydney, from - 1), 10 * HOUR);
    assert_int_equal(zone_offset(&sydney, from), 11 * HOUR);
    assert_int_equal(zone_offset(&sydney, instant(2026, 12, 31, 23, 59)),
                     11 * HOUR);
    assert_int_equal(month_start(&sydney, month(2027, 1)),
                     instant(2026, 12, 31, 13, 0));
}

static void
a_switch_may_lie_outside_of_its_day_and_year(void **state)
{
    (void)state;
    // From the first Saturday of January less two days until June.
    const struct zone zone = {
        .has_daylight = true,
        .daylight_offset_s = HOUR,
        .daylight_from = {1, 1, 6, -2 * 24 * HOUR},
        .daylight_until = {6, 1, 1, 0},
    };

    // 2028-01-01 is a Saturday: daylight begins on 2027-12-30.
    assert_int_equal(zone_offset(&zone, instant(2027, 12, 29, 23, 59)), 0);
    assert_int_equal(zone_offset(&zone, instant(2027, 12, 30, 0, 0)), HOUR);
    assert_int_equal(month_start(&zone, month(2028, 1)),
                     instant(2027, 12, 31, 23, 0));
}

static void
a_clock_that_jumps_over_midnight_starts_the_month_there(void **state)
{
    (void)state;
    int64_t jump = instant(2017, 10, 1, 4, 0); // 00:00 becomes 01:00

    assert_int_equal(month_start(&asuncion, month(2017, 10)), jump);
    assert_int_equal(month_of(&asuncion, jump - 1), month(2017, 9));
    assert_int_equal(month_of(&asuncion, jump), month(2017, 10));
    // In 2018 the switch came a week later.
    assert_int_equal(month_start(&asuncion, month(2018, 10)),
                     instant(2018, 10, 1, 4, 0));
    assert_int_equal(zone_offset(&asuncion, instant(2018, 10, 7, 3, 59)),
                     -4 * HOUR);
}

static void
a_clock_that_falls_back_over_midnight_starts_the_month_twice(void **state)
{
    (void)state;
    // At 00:30 on the first of May back to 23:30.
    const struct zone zone = {
        .offset_s = HOUR,
        .change_count = 1,
        .changes = {{INT64_C(1777591800000), 0}}, // 2026-04-30T23:30Z
    };
    int64_t start = instant(2026, 4, 30, 23, 0);

    assert_int_equal(month_start(&zone, month(2026, 5)), start);
    assert_int_equal(month_of(&zone, start - 1), month(2026, 4));
    assert_int_equal(month_of(&zone, start), month(2026, 5));
    assert_int_equal(month_of(&zone, instant(2026, 4, 30, 23, 30)),
                     month(2026, 4));
    assert_int_equal(month_of(&zone, instant(2026, 5, 1, 0, 0)),
                     month(2026, 5));
}

static void
assert_window(const char *name, uint32_t first, uint32_t last)
{
    uint32_t from = 0, to = 0;

    assert_true(period_window(name, &from, &to));
    assert_int_equal(from, first);
    assert_int_equal(to, last);
}

static void
names_of_periods_are_windows_of_months(void **state)
{
    (void)state;
    assert_window("2026-10", month(2026, 10), month(2026, 10));
    assert_window("2026-Q1", month(2026, 1), month(2026, 3));
    assert_window("2026-Q4", month(2026, 10), month(2026, 12));
    assert_window("2026", month(2026, 1), month(2026, 12));
    assert_window("R4Q:2026-Q4", month(2026, 1), month(2026, 12));
    assert_window("R4Q:2026-Q1", month(2025, 4), month(2026, 3));
    assert_window("YTD:2026-10", month(2026, 1), month(2026, 10));
    assert_window("YTD:2026-01", month(2026, 1), month(2026, 1));
    assert_window("2013-06..2017-03", month(2013, 6), month(2017, 3));
    assert_window("2026-10..2026-10", month(2026, 10), month(2026, 10));
    assert_window("0001-01", month(1, 1), month(1, 1));
    assert_window("9999", month(9999, 1), month(9999, 12));
    assert_window("R4Q:0001-Q4", month(1, 1), month(1, 12));
}

static void
other_names_are_no_periods(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "undated",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q5",
        "2026-Q0",
        "2026-q1",
        "2026-",
        "26-10",
        "20261",
        "2026-10 ",
        " 2026-10",
        "2026-10-01",
        "0000",
        "R4Q:2026",
        "R4Q:2026-10",
        "R4Q:0001-Q3",
        "YTD:2026",
        "YTD:2026-Q1",
        "R4Q:YTD:2026-10",
        "YTD:R4Q:2026-Q4",
        "2013-06..",
        "2013-06..2013-05",
        "2013-06..2014",
        "2013..2014",
        "2013-Q1..2013-Q2",
        "2013-06...2014-01",
        "2013-06..2014-01..2015-01",
    };
    uint32_t first = 42, last = 42;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (period_window(names[i], &first, &last))
            fail_msg("\"%s\" was read as a period", names[i]);
    assert_int_equal(first, 42);
    assert_int_equal(last, 42);
}

static void
a_month_is_named_as_it_is_read(void **state)
{
    (void)state;
    char text[PERIOD_TEXT_MAX];

    month_name(month(2026, 10), text);
    assert_string_equal(text, "2026-10");
    month_name(MONTH_NONE, text);
    assert_string_equal(text, "undated");
    month_name(UINT32_MAX, text);
    assert_string_equal(text, "undated");
    for (uint32_t m = month(1, 1); m <= month(9999, 12); m++) {
        uint32_t first, last;
        month_name(m, text);
        assert_true(period_window(text, &first, &last));
        assert_int_equal(first, m);
        assert_int_equal(last, m);
    }
}

static void
a_moment_is_told_in_local_time(void **state)
{
    (void)state;
    const struct zone east = {.offset_s = 8 * 3600}, greenwich = {0};
    char text[PERIOD_TEXT_MAX];

    moment_name(&east, 1794326400000, text);
    assert_string_equal(text, "2026-11-11T00:00");
    moment_name(&greenwich, 1794326400000, text);
    assert_string_equal(text, "2026-11-10T16:00");
    moment_name(&greenwich, -1, text);
    assert_string_equal(text, "1969-12-31T23:59");
    moment_name(&greenwich, INT64_MAX, text);
    assert_string_equal(text, "never");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_told_in_local_time),
        cmocka_unit_test(days_and_dates_undo_each_other),
        cmocka_unit_test(every_month_starts_where_the_one_before_ends),
        cmocka_unit_test(the_first_and_last_months_of_the_calendar_hold),
        cmocka_unit_test(a_leap_day_belongs_to_february),
        cmocka_unit_test(the_zone_decides_the_month),
        cmocka_unit_test(written_changes_hold_from_their_instant),
        cmocka_unit_test(northern_daylight_runs_from_spring_to_autumn),
        cmocka_unit_test(southern_daylight_runs_over_the_new_year),
        cmocka_unit_test(a_switch_may_lie_outside_of_its_day_and_year),
        cmocka_unit_test(
            a_clock_that_jumps_over_midnight_starts_the_month_there),
        cmocka_unit_test(
            a_clock_that_falls_back_over_midnight_starts_the_month_twice),
        cmocka_unit_test(names_of_periods_are_windows_of_months),
        cmocka_unit_test(other_names_are_no_periods),
        cmocka_unit_test(a_month_is_named_as_it_is_read),
    };
    return cmocka_run_group_tests_name("period", tests, NULL, NULL);
}
