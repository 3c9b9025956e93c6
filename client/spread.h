// SPDX-License-Identifier: Apache-2.0
//
// spread: how far the figures of a scope's dealers can be believed.
//
// Estimated (credibility.h) from the four quarters before the one the period
// begins in, so that no answer of the period moves what it is judged by.
// Where they do not suffice (a new programme), or the rulebook says so, from
// the period itself.  A scope with too few dealers takes those of the wider one
// (peer.h): a peer group its parent's, any other the nation's.
#pragma once

#include "client/figures.h"
#include "common/domain/credibility.h"

enum spread_source { SPREAD_NONE, SPREAD_BEFORE, SPREAD_PERIOD };

struct spread {
    enum spread_source source; // none: nothing below is filled
    char scope[SCOPE_MAX];     // whose dealers: the scope's, or a wider one
    uint32_t first, last;      // months
    struct credibility credibility;
};

// spread_before names the months before a period that it is judged by.
void spread_before(uint32_t period_first, uint32_t *first, uint32_t *last);

// spread_of estimates; STATUS_SYSTEM: no memory.  What the dealers' answers
// add up to is kept with the figures for the next scope of the same KPI: one
// thread at a time.
MUST_USE enum status spread_of(struct spread *out,
                               const struct figures *figures,
                               const struct kpi_rule *rule, const char *scope);
