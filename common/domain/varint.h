// SPDX-License-Identifier: Apache-2.0
//
// varint: whole numbers in as few bytes as they need, seven bits each, low
// ones first.  One number has one form: what is longer than it need be is no
// varint here, so that equal values are equal bytes.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/span.h"

enum { VARINT_MAX = 10, VARINT32_MAX = 5 };

// varint_put writes value and returns the byte behind it.
static inline uint8_t *
varint_put(uint8_t *out, uint64_t value)
{
    while (value >= 0x80) {
        *out++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *out++ = (uint8_t)value;
    return out;
}

// varint_get reads a value and moves *at behind it; false, and *at anywhere
// before end, when there is none.
static inline bool
varint_get(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    uint64_t sum = 0;

    for (unsigned shift = 0; shift < 64 && *at < end; shift += 7) {
        const uint8_t byte = *(*at)++;

        sum |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = sum;
            return (byte != 0 || shift == 0) && (shift < 63 || byte == 1);
        }
    }
    return false;
}

// zigzag maps 0, -1, 1, -2 ... to 0, 1, 2, 3 ...; unzigzag back.
static inline uint64_t
zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (0 - ((uint64_t)value >> 63));
}

static inline int64_t
unzigzag(uint64_t value)
{
    return (int64_t)((value >> 1) ^ (0 - (value & 1)));
}
