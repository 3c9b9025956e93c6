// SPDX-License-Identifier: Apache-2.0
#include "common/config/text.h"

#include <string.h>

static bool
is_trail(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

static size_t
step_of_three(const uint8_t *at)
{
    if (!is_trail(at[1]) || !is_trail(at[2]))
        return 0;
    if (at[0] == 0xe0 && at[1] < 0xa0) // overlong
        return 0;
    if (at[0] == 0xed && at[1] >= 0xa0) // surrogate
        return 0;
    return 3;
}

static size_t
step_of_four(const uint8_t *at)
{
    if (!is_trail(at[1]) || !is_trail(at[2]) || !is_trail(at[3]))
        return 0;
    if (at[0] == 0xf0 && at[1] < 0x90) // overlong
        return 0;
    if (at[0] == 0xf4 && at[1] >= 0x90) // beyond U+10FFFF
        return 0;
    return 4;
}

size_t
text_step(struct span bytes)
{
    const uint8_t *at = bytes.data;

    if (bytes.length == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf)
        return bytes.length >= 2 && is_trail(at[1]) ? 2 : 0;
    if ((at[0] & 0xf0) == 0xe0)
        return bytes.length >= 3 ? step_of_three(at) : 0;
    if (at[0] >= 0xf0 && at[0] <= 0xf4)
        return bytes.length >= 4 ? step_of_four(at) : 0;
    return 0;
}

static bool
is_control(const uint8_t *at, size_t step)
{
    if (step == 1)
        return at[0] < 0x20 || at[0] == 0x7f;
    return step == 2 && at[0] == 0xc2 && at[1] < 0xa0; // C1
}

bool
text_is_clean(struct span text)
{
    for (uint32_t i = 0; i < text.length;) {
        const uint8_t *at = text.data + i;
        size_t step = text_step(span_of(at, text.length - i));
        if (step == 0 || is_control(at, step))
            return false;
        i += (uint32_t)step;
    }
    return true;
}

void
text_make_clean(char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length;) {
        const uint8_t *at = (const uint8_t *)text + i;
        size_t step = text_step(span_of(at, length - i));
        if (step != 0 && !is_control(at, step)) {
            i += step;
            continue;
        }
        size_t bad = step == 0 ? 1 : step;
        memset(text + i, '?', bad);
        i += bad;
    }
}

bool
text_is_word(struct span text, size_t max)
{
    if (text.length == 0 || text.length > max)
        return false;
    for (uint32_t i = 0; i < text.length; i++)
        if (text.data[i] <= 0x20 || text.data[i] >= 0x7f)
            return false;
    return true;
}

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

bool
text_is_id(struct span text, size_t max)
{
    bool digits_alone = true;

    if (text.length == 0 || text.length > max)
        return false;
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t byte = text.data[i];
        bool letter = (byte >= 'A' && byte <= 'Z') ||
                      (byte >= 'a' && byte <= 'z') || byte == '_' ||
                      byte == '-' || byte == '.';
        if (!letter && !is_digit(byte))
            return false;
        digits_alone = digits_alone && !letter;
    }
    return !digits_alone;
}

bool
text_is(struct span text, const char *word)
{
    return span_equal(text, span_text(word));
}

bool
text_copy(struct span text, char *out, size_t capacity)
{
    if (text.length >= capacity)
        return false;
    if (text.length > 0)
        memcpy(out, text.data, text.length);
    out[text.length] = '\0';
    return true;
}

bool
text_whole(struct span text, int64_t *out)
{
    uint32_t i = 0;
    int64_t value = 0;
    bool negative = text.length > 0 && text.data[0] == '-';

    if (text.length > 0 && (negative || text.data[0] == '+'))
        i = 1;
    if (i == text.length)
        return false;
    for (; i < text.length; i++) {
        if (!is_digit(text.data[i]))
            return false;
        int64_t digit = text.data[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) // down to INT64_MIN
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}
