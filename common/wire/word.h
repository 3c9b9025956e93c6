// SPDX-License-Identifier: Apache-2.0
//
// word: several bytes of the wire format looked at as one number.
#pragma once

#include <endian.h>
#include <stdint.h>
#include <string.h>

// For what is only fast when the caller's constants are known inside.
#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t
load_4(const uint8_t *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return le32toh(word);
}

INLINE uint64_t
load_8(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

// A varint found in eight bytes: how many of them it has (0: more than eight)
// and their lower seven bits each.
struct packed {
    uint64_t sevens;
    uint32_t size;
};

INLINE struct packed
packed_of(uint64_t word)
{
    const uint64_t tops = UINT64_C(0x8080808080808080);
    uint64_t ends = ~word & tops;

    if (ends == 0)
        return (struct packed){0, 0};
    return (struct packed){
        .sevens = word & (ends ^ (ends - 1)) & ~tops,
        .size = ((uint32_t)__builtin_ctzll(ends) >> 3) + 1,
    };
}

// packed_value moves the sevens together: pairs, then fours, then all eight.
INLINE uint64_t
packed_value(struct packed packed)
{
    uint64_t word = packed.sevens;

    word = (word & UINT64_C(0x7f007f007f007f00)) >> 1 |
           (word & UINT64_C(0x007f007f007f007f));
    word = (word & UINT64_C(0x3fff00003fff0000)) >> 2 |
           (word & UINT64_C(0x00003fff00003fff));
    return (word & UINT64_C(0x0fffffff00000000)) >> 4 |
           (word & UINT64_C(0x000000000fffffff));
}
