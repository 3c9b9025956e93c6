// SPDX-License-Identifier: Apache-2.0
#include "common/domain/wilson.h"

#include "common/domain/exact.h"
#include "common/domain/wide.h"

enum { WHOLE_PPM = 1000000 };

// Compares (10^6 num - n limit)^2 with z^2 n limit (10^6 - limit): the distance
// of the share from the limit with how far chance takes it.
static int
compare(int128 distance, int64_t n, int64_t limit_ppm)
{
    static const uint64_t z_square = UINT64_C(3841458820694124);
    static const uint64_t z_unit = UINT64_C(1000000000000000);
    struct wide left = wide_of((uint128)distance), right = wide_of(z_square);

    wide_square(&left);
    wide_multiply(&left, z_unit);
    wide_multiply(&right, (uint64_t)n);
    wide_multiply(&right, (uint64_t)(limit_ppm * (WHOLE_PPM - limit_ppm)));
    return wide_compare(&left, &right);
}

bool
wilson_lower_reaches(int64_t num, int64_t n, int64_t limit_ppm)
{
    int128 above = (int128)num * WHOLE_PPM - (int128)n * limit_ppm;

    if (limit_ppm > WHOLE_PPM || above <= 0)
        return false;
    return compare(above, n, limit_ppm) >= 0;
}

bool
wilson_upper_below(int64_t num, int64_t n, int64_t limit_ppm)
{
    int128 below = (int128)n * limit_ppm - (int128)num * WHOLE_PPM;

    if (limit_ppm < 0 || below <= 0)
        return false;
    return compare(below, n, limit_ppm) > 0;
}
