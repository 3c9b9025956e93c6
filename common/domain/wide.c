// SPDX-License-Identifier: Apache-2.0
#include "common/domain/wide.h"

struct wide
wide_of(unsigned __int128 value)
{
    return (struct wide){.limbs = {(uint64_t)value, (uint64_t)(value >> 64)}};
}

void
wide_multiply(struct wide *wide, uint64_t factor)
{
    unsigned __int128 carry = 0;

    for (int i = 0; i < WIDE_LIMBS; i++) {
        carry += (unsigned __int128)wide->limbs[i] * factor;
        wide->limbs[i] = (uint64_t)carry;
        carry >>= 64;
    }
    wide->overflow |= carry != 0;
}

void
wide_square(struct wide *wide)
{
    const struct wide factor = *wide;
    struct wide sum = {.overflow = factor.overflow};

    // By Horner's rule, from the most significant limb.
    for (int i = WIDE_LIMBS - 1; i >= 0; i--) {
        struct wide product = factor;
        sum.overflow |= sum.limbs[WIDE_LIMBS - 1] != 0;
        for (int j = WIDE_LIMBS - 1; j > 0; j--)
            sum.limbs[j] = sum.limbs[j - 1];
        sum.limbs[0] = 0;
        wide_multiply(&product, factor.limbs[i]);
        wide_add(&sum, &product);
    }
    *wide = sum;
}

void
wide_add(struct wide *wide, const struct wide *other)
{
    unsigned __int128 carry = 0;

    for (int i = 0; i < WIDE_LIMBS; i++) {
        carry += (unsigned __int128)wide->limbs[i] + other->limbs[i];
        wide->limbs[i] = (uint64_t)carry;
        carry >>= 64;
    }
    wide->overflow |= other->overflow || carry != 0;
}

void
wide_subtract(struct wide *wide, const struct wide *other)
{
    unsigned __int128 borrow = 0;

    for (int i = 0; i < WIDE_LIMBS; i++) {
        const unsigned __int128 less = other->limbs[i] + borrow;
        borrow = wide->limbs[i] < less;
        wide->limbs[i] -= (uint64_t)less;
    }
    wide->overflow |= other->overflow;
}

int
wide_compare(const struct wide *a, const struct wide *b)
{
    for (int i = WIDE_LIMBS - 1; i >= 0; i--)
        if (a->limbs[i] != b->limbs[i])
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

// Whether quotient - 1/2 <= num/den, that is (2 quotient - 1) den <= 2 num.
static bool
reaches(const struct wide *twice_num, const struct wide *den, uint64_t quotient)
{
    struct wide product = *den, last = *den;

    wide_multiply(&product, quotient - 1);
    wide_multiply(&last, quotient);
    wide_add(&product, &last);
    return !product.overflow && wide_compare(&product, twice_num) <= 0;
}

uint64_t
wide_quotient(const struct wide *num, const struct wide *den)
{
    const struct wide zero = {0};
    struct wide twice_num = *num;
    uint64_t quotient = 0;

    wide_multiply(&twice_num, 2);
    if (twice_num.overflow || den->overflow || wide_compare(den, &zero) == 0)
        return UINT64_MAX;
    for (uint64_t bit = UINT64_C(1) << 63; bit != 0; bit >>= 1)
        if (reaches(&twice_num, den, quotient | bit))
            quotient |= bit;
    return quotient;
}
