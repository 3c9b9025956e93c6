// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_dice.h"

static uint64_t
mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct dice
dice_of(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t state = mix(seed + 0x9e3779b97f4a7c15u);
    state = mix(state ^ (a + 0x7f4a7c15u));
    state = mix(state ^ (b + 0x3779b97fu));
    return (struct dice){state};
}

uint64_t
dice_roll(struct dice *dice)
{
    dice->state += 0x9e3779b97f4a7c15u;
    return mix(dice->state);
}

uint32_t
dice_below(struct dice *dice, uint32_t n)
{
    // The high bits scaled down: no modulo, and a bias below n / 2^32.
    return (uint32_t)(((dice_roll(dice) >> 32) * n) >> 32);
}

int64_t
dice_between(struct dice *dice, int64_t lo, int64_t hi)
{
    uint64_t width = (uint64_t)(hi - lo) + 1;
    return lo + (int64_t)(dice_roll(dice) % width);
}

bool
dice_chance(struct dice *dice, uint32_t per_mille)
{
    return dice_below(dice, 1000) < per_mille;
}

int32_t
dice_bell(struct dice *dice, int32_t spread)
{
    int64_t sum = 0;
    for (int i = 0; i < 4; i++)
        sum += dice_between(dice, -spread, spread);
    return (int32_t)(sum / 4);
}

struct event_id
dice_id(struct dice *dice, int64_t occurred_at)
{
    struct event_id id;
    uint64_t tail[2] = {dice_roll(dice), dice_roll(dice)};
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)((uint64_t)occurred_at >> (40 - 8 * i));
    for (int i = 6; i < EVENT_ID_SIZE; i++)
        id.bytes[i] = (uint8_t)(tail[i & 1] >> (i / 2 * 8));
    id.bytes[6] = (uint8_t)(0x80 | (id.bytes[6] & 0x0f));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}
