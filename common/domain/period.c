// SPDX-License-Identifier: Apache-2.0
#include "common/domain/period.h"

#include "common/domain/event.h"

enum {
    YEAR_MIN = 1,
    YEAR_MAX = 9999,
    DAYS_PER_ERA = 146097,       // 400 years
    DAYS_TO_EPOCH = 719468,      // 0000-03-01 to 1970-01-01
    YEAR_ONE_DAY = -719162,      // 0001-01-01
    YEAR_TEN_THOUSAND = 2932897, // 10000-01-01
    THURSDAY = 4,                // 1970-01-01
};

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

// Both count years from March, so that the leap day is the last of the year.
int64_t
days_from_civil(struct civil date)
{
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

struct civil
civil_from_days(int64_t days)
{
    int64_t shifted = days + DAYS_TO_EPOCH;
    int64_t era = floor_div(shifted, DAYS_PER_ERA);
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;

    return (struct civil){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = (uint8_t)month,
        .day = (uint8_t)(day_of_year - (153 * march_month + 2) / 5 + 1),
    };
}

// The instant of a yearly switch in one year.
static int64_t
switch_instant(const struct zone_switch *rule, int32_t year)
{
    bool last = rule->nth >= 5;
    int32_t next_year = rule->month == 12 ? year + 1 : year;
    uint8_t next_month = rule->month == 12 ? 1 : (uint8_t)(rule->month + 1);
    // "Last" is the first one of the next month, a week back.
    int64_t first =
        days_from_civil(last ? (struct civil){next_year, next_month, 1}
                             : (struct civil){year, rule->month, 1});
    int64_t weekday = first + THURSDAY - 7 * floor_div(first + THURSDAY, 7);
    int64_t wait = (rule->weekday + 7 - weekday) % 7;
    int64_t day = first + wait + (last ? -7 : 7 * (rule->nth - 1));

    return day * DAY_MS + (int64_t)rule->second_of_day * 1000;
}

static int32_t
year_of(int64_t at_ms)
{
    return civil_from_days(floor_div(at_ms, DAY_MS)).year;
}

static bool
datable(int64_t at_ms)
{
    return at_ms >= (int64_t)YEAR_ONE_DAY * DAY_MS &&
           at_ms < (int64_t)YEAR_TEN_THOUSAND * DAY_MS;
}

// The neighbouring years count: second_of_day may lie outside of its day.
static int64_t
switch_before(const struct zone_switch *rule, int32_t year, int64_t at_ms)
{
    int32_t candidate = year + 1;

    while (switch_instant(rule, candidate) > at_ms)
        candidate--;
    return switch_instant(rule, candidate);
}

static int64_t
switch_after(const struct zone_switch *rule, int32_t year, int64_t at_ms)
{
    int32_t candidate = year - 1;

    while (switch_instant(rule, candidate) <= at_ms)
        candidate++;
    return switch_instant(rule, candidate);
}

int32_t
zone_offset(const struct zone *zone, int64_t at_ms)
{
    size_t change = zone->change_count;

    // Far beyond the calendar a switch's instant could leave int64.
    if (zone->has_daylight && at_ms > INT64_MIN / 2 && at_ms < INT64_MAX / 2) {
        int32_t year = year_of(at_ms);
        // Whichever switch came last tells, in either hemisphere.
        if (switch_before(&zone->daylight_from, year, at_ms) >
            switch_before(&zone->daylight_until, year, at_ms))
            return zone->daylight_offset_s;
    }
    while (change > 0 && zone->changes[change - 1].at > at_ms)
        change--;
    return change > 0 ? zone->changes[change - 1].offset_s : zone->offset_s;
}

uint32_t
month_of(const struct zone *zone, int64_t at_ms)
{
    // Local time may be datable where UTC is not quite; beyond that, adding the
    // offset could leave int64.
    if (at_ms < (YEAR_ONE_DAY - 1) * (int64_t)DAY_MS ||
        at_ms >= (YEAR_TEN_THOUSAND + 1) * (int64_t)DAY_MS)
        return MONTH_NONE;
    int64_t local = at_ms + (int64_t)zone_offset(zone, at_ms) * 1000;
    if (!datable(local))
        return MONTH_NONE;
    struct civil date = civil_from_days(floor_div(local, DAY_MS));
    return (uint32_t)date.year * 12 + date.month - 1;
}

// The next instant at which the offset may change.
static int64_t
next_change(const struct zone *zone, int64_t at_ms)
{
    int64_t next = INT64_MAX;

    for (size_t i = zone->change_count; i > 0; i--)
        if (zone->changes[i - 1].at > at_ms)
            next = zone->changes[i - 1].at;
    if (!zone->has_daylight)
        return next;
    int32_t year = year_of(at_ms);
    int64_t from = switch_after(&zone->daylight_from, year, at_ms);
    int64_t until = switch_after(&zone->daylight_until, year, at_ms);
    next = from < next ? from : next;
    return until < next ? until : next;
}

int64_t
month_start(const struct zone *zone, uint32_t month)
{
    if (month < YEAR_MIN * 12)
        return INT64_MIN;
    if (month > (YEAR_MAX + 1) * 12)
        return INT64_MAX;
    struct civil first = {(int32_t)(month / 12), (uint8_t)(month % 12 + 1), 1};
    int64_t midnight = days_from_civil(first) * DAY_MS;

    // Through the stretches of constant offset around it, to the first one
    // that reaches local midnight: at midnight, or later if it jumps over it.
    int64_t from = midnight - 2 * (int64_t)DAY_MS;
    for (;;) {
        int64_t until = next_change(zone, from);
        int64_t instant = midnight - (int64_t)zone_offset(zone, from) * 1000;
        if (instant < until)
            return instant > from ? instant : from;
        from = until;
    }
}

// Reads exactly `digits` digits, false when there are others.
static bool
read_number(const char **text, int digits, uint32_t *number)
{
    *number = 0;
    for (; digits > 0; digits--, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *number = *number * 10 + (uint32_t)(**text - '0');
    }
    return true;
}

static bool
skip(const char **text, const char *prefix)
{
    const char *rest = *text;

    while (*prefix != '\0')
        if (*rest++ != *prefix++)
            return false;
    *text = rest;
    return true;
}

// "2026-10", "2026-Q4" or "2026" at the head of the text.
static bool
read_calendar(const char **text, uint32_t *first, uint32_t *last)
{
    uint32_t year, part;

    if (!read_number(text, 4, &year) || year < YEAR_MIN)
        return false;
    *first = year * 12;
    *last = *first + 11;
    if (skip(text, "-Q")) {
        if (!read_number(text, 1, &part) || part < 1 || part > 4)
            return false;
        *first += (part - 1) * 3;
        *last = *first + 2;
    } else if (skip(text, "-")) {
        if (!read_number(text, 2, &part) || part < 1 || part > 12)
            return false;
        *first += part - 1;
        *last = *first;
    }
    return true;
}

bool
period_window(const char *name, uint32_t *first, uint32_t *last)
{
    const char *text = name;
    bool rolling = skip(&text, "R4Q:"), to_date = skip(&text, "YTD:");
    uint32_t from, to, next_from, next_to;

    if ((rolling && to_date) || !read_calendar(&text, &from, &to))
        return false;
    uint32_t length = to - from + 1;
    if (rolling) {
        if (length != 3 || to < YEAR_MIN * 12 + 11)
            return false;
        from = to - 11;
    } else if (to_date) {
        if (length != 1)
            return false;
        from -= from % 12;
    } else if (length == 1 && skip(&text, "..")) {
        if (!read_calendar(&text, &next_from, &next_to) ||
            next_from != next_to || next_to < from)
            return false;
        to = next_to;
    }
    if (*text != '\0')
        return false;
    *first = from;
    *last = to;
    return true;
}

static void
write_digits(char *text, uint32_t value, int count)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        text[i] = (char)('0' + value % 10);
}

void
month_name(uint32_t month, char text[PERIOD_TEXT_MAX])
{
    static const char undated[] = "undated";
    uint32_t year = month / 12, number = month % 12 + 1;

    if (month < YEAR_MIN * 12 || year > YEAR_MAX) {
        for (size_t i = 0; i < sizeof undated; i++)
            text[i] = undated[i];
        return;
    }
    write_digits(text, year, 4);
    text[4] = '-';
    write_digits(text + 5, number, 2);
    text[7] = '\0';
}

void
moment_name(const struct zone *zone, int64_t at_ms, char text[PERIOD_TEXT_MAX])
{
    static const char never[] = "never";

    if (month_of(zone, at_ms) == MONTH_NONE) {
        for (size_t i = 0; i < sizeof never; i++)
            text[i] = never[i];
        return;
    }
    int64_t local = at_ms + (int64_t)zone_offset(zone, at_ms) * 1000;
    int64_t day = floor_div(local, DAY_MS);
    uint32_t minute = (uint32_t)((local - day * DAY_MS) / 60000);
    struct civil date = civil_from_days(day);

    write_digits(text, (uint32_t)date.year, 4);
    text[4] = '-';
    write_digits(text + 5, date.month, 2);
    text[7] = '-';
    write_digits(text + 8, date.day, 2);
    text[10] = 'T';
    write_digits(text + 11, minute / 60, 2);
    text[13] = ':';
    write_digits(text + 14, minute % 60, 2);
    text[16] = '\0';
}
