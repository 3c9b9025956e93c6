// SPDX-License-Identifier: Apache-2.0
#include "common/domain/wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct wide
power_of_two(int exponent)
{
    struct wide wide = wide_of(1);

    for (int i = 0; i < exponent; i++)
        wide_multiply(&wide, 2);
    return wide;
}

static void
products_and_sums_carry_over_all_limbs(void **state)
{
    (void)state;
    struct wide one = wide_of(1), product = wide_of(UINT64_MAX);

    // (2^64 - 1)^2 + 2 (2^64 - 1) + 1 = 2^128
    wide_square(&product);
    struct wide twice = wide_of(UINT64_MAX);
    wide_multiply(&twice, 2);
    wide_add(&product, &twice);
    wide_add(&product, &one);
    struct wide expected = power_of_two(128);
    assert_int_equal(wide_compare(&product, &expected), 0);
    assert_false(product.overflow);
}

static void
a_square_is_the_product_with_itself(void **state)
{
    (void)state;
    const unsigned __int128 value =
        (unsigned __int128)UINT64_C(0x0123456789abcdef) << 60 | 12345;
    struct wide square = wide_of(value), product = wide_of(value);
    struct wide low = wide_of(value);

    wide_square(&square);
    // value = high * 2^64 + low
    wide_multiply(&product, (uint64_t)(value >> 64));
    wide_multiply(&product, UINT64_C(1) << 32);
    wide_multiply(&product, UINT64_C(1) << 32);
    wide_multiply(&low, (uint64_t)value);
    wide_add(&product, &low);
    assert_int_equal(wide_compare(&square, &product), 0);
}

static void
comparing_looks_at_the_highest_difference(void **state)
{
    (void)state;
    struct wide small = power_of_two(300), large = power_of_two(301);
    struct wide one = wide_of(1);

    assert_int_equal(wide_compare(&small, &large), -1);
    assert_int_equal(wide_compare(&large, &small), 1);
    assert_int_equal(wide_compare(&small, &small), 0);
    wide_multiply(&small, 2);
    wide_add(&small, &one);
    assert_int_equal(wide_compare(&small, &large), 1);
}

static void
what_does_not_fit_says_so(void **state)
{
    (void)state;
    struct wide most = power_of_two(511), square = power_of_two(256);
    struct wide den = wide_of(1);

    assert_false(most.overflow);
    wide_multiply(&most, 2);
    assert_true(most.overflow);
    wide_square(&square);
    assert_true(square.overflow);
    assert_true(wide_quotient(&most, &den) == UINT64_MAX);
    most = power_of_two(511);
    struct wide other = power_of_two(511);
    wide_add(&most, &other);
    assert_true(most.overflow);
}

static void
quotients_round_half_up(void **state)
{
    (void)state;
    for (unsigned num = 0; num < 200; num++)
        for (unsigned den = 1; den < 40; den++) {
            struct wide top = wide_of(num), bottom = wide_of(den);
            assert_int_equal(wide_quotient(&top, &bottom),
                             (2 * num + den) / (2 * den));
        }
}

static void
large_quotients_are_exact(void **state)
{
    (void)state;
    // 123456789 d + d/2 and one less, for an even d far beyond 128 bits.
    struct wide den = power_of_two(400), num = den, half = power_of_two(399);

    wide_multiply(&num, 123456789);
    assert_int_equal(wide_quotient(&num, &den), 123456789);
    wide_add(&num, &half);
    assert_int_equal(wide_quotient(&num, &den), 123456790);
    struct wide below = den; // 123456789 d + (d/2 - 1)
    wide_multiply(&below, 123456789);
    for (int i = 0; i < 399; i++) {
        struct wide bit = power_of_two(i);
        wide_add(&below, &bit);
    }
    assert_int_equal(wide_quotient(&below, &den), 123456789);
}

static void
nothing_is_divided_by_zero(void **state)
{
    (void)state;
    struct wide zero = wide_of(0), one = wide_of(1);

    assert_true(wide_quotient(&one, &zero) == UINT64_MAX);
    assert_int_equal(wide_quotient(&zero, &one), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_and_sums_carry_over_all_limbs),
        cmocka_unit_test(a_square_is_the_product_with_itself),
        cmocka_unit_test(comparing_looks_at_the_highest_difference),
        cmocka_unit_test(what_does_not_fit_says_so),
        cmocka_unit_test(quotients_round_half_up),
        cmocka_unit_test(large_quotients_are_exact),
        cmocka_unit_test(nothing_is_divided_by_zero),
    };
    return cmocka_run_group_tests_name("wide", tests, NULL, NULL);
}
