// SPDX-License-Identifier: Apache-2.0
//
// wide: unsigned integers of 512 bits, for the few products that 128 bits
// cannot hold: common denominators of many samples, squares of large counts.
//
// Only what exact rounding and comparing need.  Nothing is lost silently: a
// result that does not fit sets `overflow`, and stays set.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { WIDE_LIMBS = 8 };

struct wide {
    uint64_t limbs[WIDE_LIMBS]; // least significant first
    bool overflow;
};

struct wide wide_of(unsigned __int128 value);

// These change *wide in place.
void wide_multiply(struct wide *wide, uint64_t factor);
void wide_square(struct wide *wide);
void wide_add(struct wide *wide, const struct wide *other);

// wide_subtract takes away another one, which must not be larger.
void wide_subtract(struct wide *wide, const struct wide *other);

// wide_compare returns -1, 0 or 1.
int wide_compare(const struct wide *a, const struct wide *b);

// wide_quotient returns num / den rounded half up; UINT64_MAX when it is as
// large as that, when den is 0 or when either has overflowed.
uint64_t wide_quotient(const struct wide *num, const struct wide *den);
