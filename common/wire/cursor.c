// SPDX-License-Identifier: Apache-2.0
#include "common/wire/cursor.h"

bool
cursor_varint_long(struct cursor *cursor, uint64_t *value)
{
    const uint8_t *at = cursor->at;
    uint64_t result = 0;

    for (unsigned shift = 0; shift < 7 * VARINT_MAX && at != cursor->end;
         shift += 7) {
        uint64_t byte = *at++;
        // Of the tenth byte only one bit has room in 64.
        if (shift == 63 && byte > 1)
            return false;
        result |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            cursor->at = at;
            *value = result;
            return true;
        }
    }
    return false;
}

bool
cursor_varint32_long(struct cursor *cursor, uint32_t *value)
{
    const uint8_t *at = cursor->at;
    uint32_t result = 0;

    for (unsigned shift = 0; shift < 7 * LENGTH_VARINT_MAX && at != cursor->end;
         shift += 7) {
        uint32_t byte = *at++;
        // Of the fifth byte only four bits have room in 32.
        if (shift == 28 && byte > 0x0f)
            return false;
        result |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            cursor->at = at;
            *value = result;
            return true;
        }
    }
    return false;
}

bool
cursor_fixed(struct cursor *cursor, size_t size, uint64_t *value)
{
    if (size > (size_t)(cursor->end - cursor->at))
        return false;
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value |= (uint64_t)cursor->at[i] << (8 * i);
    cursor->at += size;
    return true;
}
