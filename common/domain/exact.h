// SPDX-License-Identifier: Apache-2.0
//
// exact: 128-bit integers and the two ways a ratio of them becomes one.
#pragma once

typedef __int128 int128;
typedef unsigned __int128 uint128;

// exact_round returns num / den, den > 0, rounded half away from zero.
static inline int128
exact_round(int128 num, int128 den)
{
    int128 whole = num / den, rest = num % den;

    if (rest >= 0)
        return whole + (rest >= den - rest);
    return whole - (-rest >= den + rest);
}

// exact_floor returns the largest integer <= num / den, den > 0.
static inline int128
exact_floor(int128 num, int128 den)
{
    return num / den - (num % den < 0);
}
