// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto/digest.h"

static int
start(void **state)
{
    (void)state;
    return crypto_start() == STATUS_OK ? 0 : -1;
}

static void
expect_hex(const uint8_t *bytes, size_t size, const char *hex)
{
    char text[129];
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, hex);
}

static void
abc_has_the_digest_of_rfc_7693(void **state)
{
    (void)state;
    uint8_t out[64];
    digest(span_text("abc"), out, sizeof out);
    expect_hex(
        out, sizeof out,
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void
nothing_has_a_digest_too(void **state)
{
    (void)state;
    uint8_t out[32];
    digest(span_of(NULL, 0), out, sizeof out);
    expect_hex(
        out, sizeof out,
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

static void
two_parts_have_the_digest_of_the_whole(void **state)
{
    (void)state;
    uint8_t whole[32], parts[32];
    digest(span_text("one thing after another"), whole, sizeof whole);
    digest_two(span_text("one thing"), span_text(" after another"), parts,
               sizeof parts);
    assert_memory_equal(whole, parts, sizeof whole);
    digest_two(span_of(NULL, 0), span_text("one thing after another"), parts,
               sizeof parts);
    assert_memory_equal(whole, parts, sizeof whole);
}

static void
many_pieces_have_the_digest_of_the_whole(void **state)
{
    (void)state;
    uint8_t whole[16], pieces[16];
    struct digest_run run;
    digest(span_text("abcdefgh"), whole, sizeof whole);
    digest_begin(&run, sizeof pieces);
    for (const char *c = "abcdefgh"; *c != '\0'; c++)
        digest_add(&run, span_of(c, 1));
    digest_end(&run, pieces, sizeof pieces);
    assert_memory_equal(whole, pieces, sizeof whole);
}

static void
a_short_digest_is_not_the_start_of_a_long_one(void **state)
{
    (void)state;
    uint8_t short_one[16], long_one[32];
    digest(span_text("abc"), short_one, sizeof short_one);
    digest(span_text("abc"), long_one, sizeof long_one);
    assert_memory_not_equal(short_one, long_one, sizeof short_one);
}

static void
random_bytes_differ_each_time(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0};
    random_fill(a, sizeof a);
    random_fill(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abc_has_the_digest_of_rfc_7693),
        cmocka_unit_test(nothing_has_a_digest_too),
        cmocka_unit_test(two_parts_have_the_digest_of_the_whole),
        cmocka_unit_test(many_pieces_have_the_digest_of_the_whole),
        cmocka_unit_test(a_short_digest_is_not_the_start_of_a_long_one),
        cmocka_unit_test(random_bytes_differ_each_time),
    };
    return cmocka_run_group_tests_name("digest", tests, start, NULL);
}
