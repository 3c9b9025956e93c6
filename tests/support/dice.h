// SPDX-License-Identifier: Apache-2.0
//
// dice: repeatable randomness (xorshift64*) for property tests.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state; // not 0
};

static inline uint64_t
dice_roll(struct dice *dice)
{
    dice->state ^= dice->state >> 12;
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return dice->state * UINT64_C(0x2545f4914f6cdd1d);
}

// dice_below returns 0..bound - 1.
static inline uint32_t
dice_below(struct dice *dice, uint32_t bound)
{
    return (uint32_t)((dice_roll(dice) >> 32) * bound >> 32);
}

static inline bool
dice_coin(struct dice *dice)
{
    return dice_below(dice, 2) != 0;
}
