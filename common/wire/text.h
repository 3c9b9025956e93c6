// SPDX-License-Identifier: Apache-2.0
//
// text: whether bytes may stand in a name or a text, eight at a time.
#pragma once

#include <stdbool.h>

#include "common/span.h"

// text_word gathers text of 1..7 bytes into eight, some of them twice.
static inline uint64_t
text_word(struct span text)
{
    const uint8_t *at = text.data;
    uint32_t head, tail, length = text.length;

    if (length >= 4) {
        memcpy(&head, at, sizeof head);
        memcpy(&tail, at + length - 4, sizeof tail);
        return (uint64_t)tail << 32 | head;
    }
    return at[0] * UINT64_C(0x0101010101) | (uint64_t)at[length / 2] << 40 |
           (uint64_t)at[length - 1] << 48 | (uint64_t)at[0] << 56;
}

// word_off has a bit set in 0x8080808080808080 unless all bytes are within
// least..0x7f.  A byte below least borrows from the next, which no longer
// matters.
static inline uint64_t
word_off(uint64_t word, uint8_t least)
{
    return (word - least * UINT64_C(0x0101010101010101)) | word;
}

// text_within tells whether all bytes are within least..most; most is 0x7e or
// 0x7f.
static inline bool
text_within(struct span text, uint8_t least, uint8_t most)
{
    const uint64_t add = (uint64_t)(0x7f - most) * 0x0101010101010101;
    const uint64_t tops = 0x8080808080808080;
    const uint8_t *at = text.data;
    uint64_t word, off = 0;

    if (text.length == 0)
        return true;
    if (text.length < 8) {
        word = text_word(text);
        return ((word_off(word, least) | (word + add)) & tops) == 0;
    }
    for (uint32_t left = text.length; left > 8; left -= 8, at += 8) {
        memcpy(&word, at, sizeof word);
        off |= word_off(word, least) | (word + add);
    }
    memcpy(&word, text.data + text.length - 8, sizeof word);
    off |= word_off(word, least) | (word + add);
    return (off & tops) == 0;
}

// text_is_plain: ASCII without NUL.  text_is_name: printable ASCII without
// white space, not empty.
static inline bool
text_is_plain(struct span text)
{
    return text_within(text, 1, 0x7f);
}

static inline bool
text_is_name(struct span text)
{
    return text.length > 0 && text_within(text, '!', '~');
}
