// SPDX-License-Identifier: Apache-2.0
//
// scope_totals: the figures of all dealers in a scope together.
//
// Kept with the figures they are of, so that the next KPI of the same scope
// need not add up thousands of dealers again.
#pragma once

#include "client/figures.h"
#include "client/sum.h"

struct scope_totals; // of every scope that was asked for

// scope_totals_alloc returns empty ones, NULL without memory.
struct scope_totals *scope_totals_alloc(void);
void scope_totals_free(struct scope_totals *totals); // NULL is fine

// scope_total adds up what the dealers in a scope have, whose name is shorter
// than SCOPE_MAX.  The total is lent until the figures are closed: one thread
// at a time.  STATUS_FULL: a sum leaves int64; STATUS_SYSTEM: no memory.
MUST_USE enum status scope_total(const struct tally **total,
                                 const struct figures *figures,
                                 const char *scope);
