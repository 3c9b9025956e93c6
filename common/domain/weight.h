// SPDX-License-Identifier: Apache-2.0
//
// weight: weights given in levels (an area of 45 %, of it 60 % for one KPI)
// made into one list that adds up to the whole.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { WEIGHT_WHOLE = 1000000, WEIGHTS_MAX = 256, WEIGHT_LEVELS_MAX = 6 };

// A node's share of its parent.  Parents stand before their children.
struct weight {
    int parent;        // index, -1: of the whole
    int64_t share_ppm; // 1..10^6; those of one parent add up to 10^6
};

// weight_flatten writes into flat[i] the share of the whole, in ppm, of every
// leaf i, and 0 for nodes with children.  Leaves add up to 10^6 exactly: what
// the floors take goes back by largest remainder, equal ones to the earlier.
// Returns NULL, or what is wrong as a constant sentence and where in *at.
const char *weight_flatten(const struct weight *weights, size_t count,
                           int64_t *flat, size_t *at);
