// SPDX-License-Identifier: Apache-2.0
//
// period: months in the programme's time zone, and windows made of them.
//
// Pure arithmetic (proleptic Gregorian calendar) with the offset rules written
// in the rulebook; the machine's tzdata is never asked.  A month is a number:
// year * 12 + month - 1.  MONTH_NONE stands for "undated".
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MONTH_NONE = 0,
    ZONE_CHANGES_MAX = 64,
    PERIOD_TEXT_MAX = 32,
};

// From `at` (ms UTC) on, local time is UTC + offset.
struct zone_change {
    int64_t at;
    int32_t offset_s;
};

// A yearly switch: the nth (1..4, 5 = last) weekday (0 = Sunday) of a month
// (1..12) at second_of_day UTC.
struct zone_switch {
    uint8_t month, nth, weekday;
    int32_t second_of_day;
};

// Before the first change the offset is `offset_s`; each change holds until
// the next.  With has_daylight, daylight_offset_s replaces the standing offset
// between the two switches of each year (also when start > end, as in the
// southern hemisphere).
struct zone {
    char name[33];
    int32_t offset_s;
    size_t change_count;
    struct zone_change changes[ZONE_CHANGES_MAX]; // ascending
    bool has_daylight;
    int32_t daylight_offset_s;
    struct zone_switch daylight_from, daylight_until;
};

struct civil {
    int32_t year;
    uint8_t month, day; // 1..12, 1..31
};

// zone_offset returns the offset in seconds that holds at an instant.
int32_t zone_offset(const struct zone *zone, int64_t at_ms);

// month_of returns the month of an instant in the zone.  Instants before year 1
// or after 9999 give MONTH_NONE.
uint32_t month_of(const struct zone *zone, int64_t at_ms);

// month_start returns the first instant (ms UTC) of a month in the zone.  If
// the clock jumps over midnight of the first, that is the instant of the jump.
int64_t month_start(const struct zone *zone, uint32_t month);

// days_from_civil counts days since 1970-01-01; civil_from_days undoes it.
int64_t days_from_civil(struct civil date);
struct civil civil_from_days(int64_t days);

// period_window reads a period's name into its first and last month:
// "2026-10", "2026-Q4", "2026", "R4Q:2026-Q4" (four quarters ending there),
// "YTD:2026-10", "2013-06..2017-03".  False when it is none of these.
bool period_window(const char *name, uint32_t *first, uint32_t *last);

// month_name writes "2026-10"; "undated" for MONTH_NONE.
void month_name(uint32_t month, char text[PERIOD_TEXT_MAX]);

// moment_name writes an instant as local time, "2026-11-11T00:00"; "never" for
// one outside years 1..9999.
void moment_name(const struct zone *zone, int64_t at_ms,
                 char text[PERIOD_TEXT_MAX]);
