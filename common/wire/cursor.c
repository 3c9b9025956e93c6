// SPDX-License-Identifier: Apache-2.0
#include "common/wire/cursor.h"

struct varint
varint_long(const uint8_t *at, const uint8_t *end)
{
    uint64_t result = 0;

    for (unsigned shift = 0; shift < 7 * VARINT_MAX && at != end; shift += 7) {
        uint64_t byte = *at++;
        // Of the tenth byte only one bit has room in 64.
        if (shift == 63 && byte > 1)
            break;
        result |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return (struct varint){at, result};
    }
    return (struct varint){NULL, 0};
}

struct varint
varint32_long(const uint8_t *at, const uint8_t *end)
{
    uint64_t result = 0;

    for (unsigned shift = 0; shift < 7 * LENGTH_VARINT_MAX && at != end;
         shift += 7) {
        uint64_t byte = *at++;
        // Of the fifth byte only four bits have room in 32.
        if (shift == 28 && byte > 0x0f)
            break;
        result |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return (struct varint){at, result};
    }
    return (struct varint){NULL, 0};
}
