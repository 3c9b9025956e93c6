// SPDX-License-Identifier: Apache-2.0
#include "common/wire/text.h"

#include "common/wire/event_code.h"

// continued tells whether `count` continuation bytes follow.
static bool
continued(const uint8_t *at, size_t left, size_t count)
{
    if (left < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if ((at[i] & 0xc0) != 0x80)
            return false;
    return true;
}

// sequence_length returns how many bytes the character at `at` takes, 0 when
// it is not one: a stray byte, an overlong form, a surrogate, beyond U+10FFFF.
static size_t
sequence_length(const uint8_t *at, size_t left)
{
    uint8_t lead = at[0];

    if (lead < 0x80)
        return lead != 0;
    if (lead >= 0xc2 && lead <= 0xdf)
        return continued(at + 1, left - 1, 1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        if (!continued(at + 1, left - 1, 2) || (lead == 0xe0 && at[1] < 0xa0) ||
            (lead == 0xed && at[1] > 0x9f))
            return 0;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        if (!continued(at + 1, left - 1, 3) || (lead == 0xf0 && at[1] < 0x90) ||
            (lead == 0xf4 && at[1] > 0x8f))
            return 0;
        return 4;
    }
    return 0;
}

bool
utf8_valid(struct span text)
{
    const uint8_t *at = text.data;
    size_t left = text.length;

    if (text_is_plain(text))
        return true;
    while (left > 0) {
        size_t length = sequence_length(at, left);
        if (length == 0)
            return false;
        at += length;
        left -= length;
    }
    return true;
}
