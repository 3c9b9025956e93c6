// SPDX-License-Identifier: Apache-2.0
//
// trouble: what happens to whole nodes, rolled for every second: they die,
// stand still, are cut off, lose their key, see their clock jump.
#pragma once

#include "tests/simulation/world.h"

void trouble_begin(struct world *world);
void trouble_strike(struct world *world, uint32_t node);

// trouble_end: from now on nothing goes wrong, and what was wrong is mended.
void trouble_end(struct world *world);
