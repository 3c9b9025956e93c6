// SPDX-License-Identifier: Apache-2.0
#include "common/config/when.h"

#include <stddef.h>

#include "common/config/text.h"

enum { DAY = 86400000, DAYS_MAX = 400000, OFFSET_MAX_S = 18 * 3600 };

// Where the reading of a text has come to.
struct cursor {
    const uint8_t *at;
    uint32_t left;
};

static bool
take_digits(struct cursor *cursor, uint32_t count, int32_t *out)
{
    int32_t value = 0;

    if (cursor->left < count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t byte = cursor->at[i];
        if (byte < '0' || byte > '9')
            return false;
        value = value * 10 + (byte - '0');
    }
    cursor->at += count;
    cursor->left -= count;
    *out = value;
    return true;
}

static bool
take_byte(struct cursor *cursor, char byte)
{
    if (cursor->left == 0 || *cursor->at != (uint8_t)byte)
        return false;
    cursor->at++;
    cursor->left--;
    return true;
}

static bool
is_day(int32_t year, int32_t month, int32_t day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

static bool
take_date(struct cursor *cursor, struct civil *date)
{
    int32_t year, month, day;

    if (!take_digits(cursor, 4, &year) || !take_byte(cursor, '-') ||
        !take_digits(cursor, 2, &month) || !take_byte(cursor, '-') ||
        !take_digits(cursor, 2, &day) || !is_day(year, month, day))
        return false;
    *date = (struct civil){year, (uint8_t)month, (uint8_t)day};
    return true;
}

bool
when_date(struct span text, struct civil *date)
{
    struct cursor cursor = {text.data, text.length};

    return take_date(&cursor, date) && cursor.left == 0;
}

static bool
take_offset(struct cursor *cursor, int32_t *offset_s)
{
    int32_t hours, minutes;

    if (take_byte(cursor, 'Z')) {
        *offset_s = 0;
        return true;
    }
    bool west = take_byte(cursor, '-');
    if (!west && !take_byte(cursor, '+'))
        return false;
    if (!take_digits(cursor, 2, &hours) || !take_byte(cursor, ':') ||
        !take_digits(cursor, 2, &minutes) || minutes > 59)
        return false;
    int32_t seconds = hours * 3600 + minutes * 60;
    if (seconds > OFFSET_MAX_S)
        return false;
    *offset_s = west ? -seconds : seconds;
    return true;
}

bool
when_offset(struct span text, int32_t *offset_s)
{
    struct cursor cursor = {text.data, text.length};

    return take_offset(&cursor, offset_s) && cursor.left == 0;
}

bool
when_duration(struct span text, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {
        {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", DAY}};
    uint32_t digits = 0;
    int64_t value;

    while (digits < text.length && text.data[digits] >= '0' &&
           text.data[digits] <= '9')
        digits++;
    if (digits == 0 || !text_whole(span_of(text.data, digits), &value))
        return false;
    struct span unit = span_of(text.data + digits, text.length - digits);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!text_is(unit, units[i].unit))
            continue;
        if (value > DAYS_MAX * (int64_t)DAY / units[i].ms)
            return false;
        *ms = value * units[i].ms;
        return true;
    }
    return false;
}

static bool
take_fraction(struct cursor *cursor, int32_t *ms)
{
    int32_t digit, scale = 100;

    if (!take_byte(cursor, '.'))
        return true;
    if (!take_digits(cursor, 1, &digit))
        return false;
    do {
        *ms += digit * scale;
        scale /= 10;
    } while (take_digits(cursor, 1, &digit));
    return true;
}

static bool
take_time(struct cursor *cursor, int64_t *ms)
{
    int32_t hour, minute, second = 0, fraction = 0;

    if (!take_digits(cursor, 2, &hour) || !take_byte(cursor, ':') ||
        !take_digits(cursor, 2, &minute) || hour > 23 || minute > 59)
        return false;
    if (take_byte(cursor, ':'))
        if (!take_digits(cursor, 2, &second) || second > 59 ||
            !take_fraction(cursor, &fraction))
            return false;
    *ms = (int64_t)(hour * 3600 + minute * 60 + second) * 1000 + fraction;
    return true;
}

static bool
read_iso(struct span text, int32_t offset_s, int64_t *ms)
{
    struct cursor cursor = {text.data, text.length};
    struct civil date;
    int64_t time = 0;

    if (!take_date(&cursor, &date))
        return false;
    if (take_byte(&cursor, 'T') || take_byte(&cursor, ' '))
        if (!take_time(&cursor, &time))
            return false;
    if (cursor.left > 0 && !take_offset(&cursor, &offset_s))
        return false;
    if (cursor.left > 0)
        return false;
    *ms = days_from_civil(date) * DAY + time - (int64_t)offset_s * 1000;
    return true;
}

// The tokens of a format.  MM before mm: months are named first.
static const struct {
    const char *token;
    uint32_t digits;
    int32_t max;
} tokens[] = {{"YYYY", 4, 9999}, {"MM", 2, 12}, {"DD", 2, 31},
              {"hh", 2, 23},     {"mm", 2, 59}, {"ss", 2, 59}};

enum { YEAR, MONTH, DAY_OF_MONTH, HOUR, MINUTE, SECOND, TOKEN_COUNT };

// token_at returns the token at the front of a format, TOKEN_COUNT if none.
static size_t
token_at(const char *format)
{
    size_t i = 0;

    while (i < TOKEN_COUNT &&
           strncmp(format, tokens[i].token, tokens[i].digits) != 0)
        i++;
    return i;
}

static bool
read_tokens(struct span text, const char *format, int32_t offset_s, int64_t *ms)
{
    struct cursor cursor = {text.data, text.length};
    int32_t parts[TOKEN_COUNT] = {0};

    while (*format) {
        size_t token = token_at(format);
        if (token == TOKEN_COUNT) {
            if (!take_byte(&cursor, *format++))
                return false;
            continue;
        }
        if (!take_digits(&cursor, tokens[token].digits, &parts[token]) ||
            parts[token] > tokens[token].max)
            return false;
        format += tokens[token].digits;
    }
    if (cursor.left > 0 ||
        !is_day(parts[YEAR], parts[MONTH], parts[DAY_OF_MONTH]))
        return false;
    struct civil date = {parts[YEAR], (uint8_t)parts[MONTH],
                         (uint8_t)parts[DAY_OF_MONTH]};
    int64_t second =
        parts[HOUR] * 3600 + parts[MINUTE] * 60 + parts[SECOND] - offset_s;
    *ms = days_from_civil(date) * DAY + second * 1000;
    return true;
}

bool
when_read(struct span text, const char *format, int32_t offset_s, int64_t *ms)
{
    const int64_t max = 8000000 * (int64_t)DAY; // far beyond year 9999
    bool seconds = strcmp(format, "s") == 0;
    int64_t value;

    if (strcmp(format, "iso") == 0)
        return read_iso(text, offset_s, ms);
    if (!seconds && strcmp(format, "ms") != 0)
        return read_tokens(text, format, offset_s, ms);
    if (!text_whole(text, &value) || value > max || value < -max)
        return false;
    if (seconds && (value > max / 1000 || value < -max / 1000))
        return false;
    *ms = seconds ? value * 1000 : value;
    return true;
}

bool
when_format_valid(const char *format)
{
    uint32_t seen = 0;

    if (strcmp(format, "iso") == 0 || strcmp(format, "ms") == 0 ||
        strcmp(format, "s") == 0)
        return true;
    while (*format) {
        size_t token = token_at(format);
        if (token == TOKEN_COUNT) {
            format++;
            continue;
        }
        if (seen & 1u << token)
            return false;
        seen |= 1u << token;
        format += tokens[token].digits;
    }
    const uint32_t day = 1u << YEAR | 1u << MONTH | 1u << DAY_OF_MONTH;
    return (seen & day) == day;
}
