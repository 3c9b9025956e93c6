// SPDX-License-Identifier: Apache-2.0
//
// simulate_dice: random numbers that are the same on every machine.
//
// SplitMix64 and whole numbers only: the same seed gives the same fleet
// everywhere.  Every dealer and month throws dice of its own, so that adding
// one changes no other.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/domain/event.h"

struct dice {
    uint64_t state;
};

// dice_of mixes a seed with whose dice they are.
struct dice dice_of(uint64_t seed, uint64_t a, uint64_t b);

uint64_t dice_roll(struct dice *dice);

// dice_below returns 0..n-1, n > 0; dice_between lo..hi, both included.
uint32_t dice_below(struct dice *dice, uint32_t n);
int64_t dice_between(struct dice *dice, int64_t lo, int64_t hi);

// dice_chance is true per_mille times in 1000.
bool dice_chance(struct dice *dice, uint32_t per_mille);

// dice_bell returns -spread..spread, most often near 0 (a sum of four).
int32_t dice_bell(struct dice *dice, int32_t spread);

// dice_id makes an event id: 48 bits of occurred_at, then chance (UUIDv8).
struct event_id dice_id(struct dice *dice, int64_t occurred_at);
