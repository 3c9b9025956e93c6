// SPDX-License-Identifier: Apache-2.0
//
// what_if: the rebate of another rulebook tried on a period beside the
// published one: who moves, and what it costs.
//
// Both are applied to the same tallies; nothing is folded again.
#pragma once

#include "client/scores.h"

struct what_if {
    struct scores *now;  // the material's rulebook; NULL: it has no rebate
    struct scores *then; // the other's: the same dealers in the same order
    // Dealers ranked under both who rank higher or lower, and all who are paid
    // more or less; 0 without `now`.
    size_t up, down, more, less;
};

// what_if_open scores months first..last by both rulebooks; the other one has a
// rebate.  As scores_open.  Material and rulebook must outlive it.
MUST_USE enum status what_if_open(struct what_if **out,
                                  const struct material *material,
                                  const struct rulebook *other, uint32_t first,
                                  uint32_t last);
void what_if_close(struct what_if *what_if); // NULL is fine
