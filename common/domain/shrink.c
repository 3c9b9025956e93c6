// SPDX-License-Identifier: Apache-2.0
#include "common/domain/shrink.h"

#include "common/domain/exact.h"

static const int64_t micro = 1000000;

bool
shrink_value(const struct shrink *shrink, int64_t n, int64_t num, int64_t den,
             int64_t scale, int64_t *value_micro)
{
    // (10^12 n scale num + k mu den) / (den (10^6 n + k))
    int128 own, peers, sum, weight;

    if (n < 1 || n > SHRINK_N_MAX || den <= 0 || scale <= 0 ||
        shrink->strength_micro < 0)
        return false;
    if (shrink->is_flat) {
        *value_micro = shrink->mean_micro;
        return true;
    }
    if (__builtin_mul_overflow((int128)micro * micro * n, scale, &own) ||
        __builtin_mul_overflow(own, num, &own) ||
        __builtin_mul_overflow(
            (int128)shrink->strength_micro * shrink->mean_micro, den, &peers) ||
        __builtin_add_overflow(own, peers, &sum) ||
        __builtin_mul_overflow((int128)micro * n + shrink->strength_micro, den,
                               &weight))
        return false;
    int128 value = exact_round(sum, weight);
    if (value > INT64_MAX || value < INT64_MIN)
        return false;
    *value_micro = (int64_t)value;
    return true;
}
