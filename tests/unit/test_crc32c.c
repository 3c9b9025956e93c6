// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/runtime/crc32c.h"

static void
expect(const uint8_t *bytes, size_t length, uint32_t crc)
{
    assert_int_equal(crc32c(bytes, length), crc);
    assert_int_equal(crc32c_portable(bytes, length), crc);
}

static void
vectors_of_rfc_3720_come_out(void **state)
{
    (void)state;
    uint8_t bytes[48];
    memset(bytes, 0, 32);
    expect(bytes, 32, 0x8a9136aa);
    memset(bytes, 0xff, 32);
    expect(bytes, 32, 0x62a8ab43);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = i;
    expect(bytes, 32, 0x46dd794e);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(31 - i);
    expect(bytes, 32, 0x113fdb5c);

    static const uint8_t read_10[48] = {
        0x01, 0xc0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0,    0, 0, 0, 0,
        0x14, 0,    0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
        0x28, 0,    0, 0, 0, 0, 0,    0, 2, 0, 0, 0,    0, 0, 0, 0,
    };
    expect(read_10, 48, 0xd9963a56);
}

static void
nothing_has_the_checksum_zero(void **state)
{
    (void)state;
    expect(NULL, 0, 0);
}

static void
both_ways_agree_at_every_length_and_alignment(void **state)
{
    (void)state;
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 167 + 13);
    for (size_t start = 0; start < 16; start++)
        for (size_t length = 0; length + start <= sizeof bytes; length++)
            assert_int_equal(crc32c(bytes + start, length),
                             crc32c_portable(bytes + start, length));
}

static void
every_flipped_bit_shows(void **state)
{
    (void)state;
    uint8_t bytes[40] = {0};
    uint32_t before = crc32c(bytes, sizeof bytes);
    for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_not_equal(crc32c(bytes, sizeof bytes), before);
        bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_rfc_3720_come_out),
        cmocka_unit_test(nothing_has_the_checksum_zero),
        cmocka_unit_test(both_ways_agree_at_every_length_and_alignment),
        cmocka_unit_test(every_flipped_bit_shows),
    };
    return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
