// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/crc32c.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

// One byte at a time over the reflected polynomial 0x82f63b78, with the table
// folded to sixteen entries: small, and quick enough where the instruction is
// missing.
static uint32_t
crc_by_table(uint32_t crc, const uint8_t *bytes, size_t length)
{
    static const uint32_t nibble[16] = {
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
        0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
        0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ nibble[crc & 15];
        crc = (crc >> 4) ^ nibble[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length)
{
    uint64_t wide = crc;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    for (; length > 0; bytes++, length--)
        crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}

static bool
has_instruction(void)
{
    return __builtin_cpu_supports("sse4.2") != 0;
}
#endif

uint32_t
crc32c_portable(const void *bytes, size_t length)
{
    return ~crc_by_table(~UINT32_C(0), bytes, length);
}

uint32_t
crc32c(const void *bytes, size_t length)
{
#if defined(__x86_64__)
    if (has_instruction())
        return ~crc_by_instruction(~UINT32_C(0), bytes, length);
#endif
    return crc32c_portable(bytes, length);
}
