// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/z85.h"

enum { BASE = 85, GROUP_BYTES = 4, GROUP_TEXT = 5 };

static const char alphabet[BASE + 1] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ".-:+=^!/*?&<>()[]{}@%$#";

void
z85_key_write(const uint8_t key[Z85_KEY_BYTES], char text[Z85_KEY_TEXT + 1])
{
    for (size_t group = 0; group < Z85_KEY_BYTES / GROUP_BYTES; group++) {
        const uint8_t *from = key + group * GROUP_BYTES;
        char *to = text + group * GROUP_TEXT;
        uint32_t value = (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 |
                         (uint32_t)from[2] << 8 | from[3];
        for (size_t i = GROUP_TEXT; i-- > 0; value /= BASE)
            to[i] = alphabet[value % BASE];
    }
    text[Z85_KEY_TEXT] = '\0';
}

// read_group reads five characters; false for a foreign one, or for more than
// 32 bits.
static bool
read_group(const uint8_t *from, uint8_t *to)
{
    uint64_t value = 0;

    for (size_t i = 0; i < GROUP_TEXT; i++) {
        const char *found = memchr(alphabet, from[i], BASE);
        if (!found)
            return false;
        value = value * BASE + (uint64_t)(found - alphabet);
    }
    for (size_t i = GROUP_BYTES; i-- > 0; value >>= 8)
        to[i] = (uint8_t)value;
    return value == 0;
}

bool
z85_key_read(struct span text, uint8_t key[Z85_KEY_BYTES])
{
    if (text.length != Z85_KEY_TEXT)
        return false;
    for (size_t group = 0; group < Z85_KEY_BYTES / GROUP_BYTES; group++)
        if (!read_group(text.data + group * GROUP_TEXT,
                        key + group * GROUP_BYTES))
            return false;
    return true;
}
