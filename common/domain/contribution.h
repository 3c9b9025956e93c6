// SPDX-License-Identifier: Apache-2.0
//
// contribution: what an entity adds to the tallies.
//
// A pure function of (set of events, rulebook history) to signed integers
// keyed by (dealer, month, slice, counter).  It never sees a clock.  Every
// event, new, late, corrected or voided, is handled by
//     tally += contribution(after) - contribution(before).
// It is total: what it cannot compute contributes nothing.
#pragma once

#include "common/domain/entity.h"
#include "common/domain/tally.h"

enum { CONTRIBUTION_MAX = 4096 };

// Deltas ascending by (month, dealer, slice, counter), each key and counter
// once, no zeros.
struct contribution {
    size_t count;
    struct delta deltas[CONTRIBUTION_MAX];
};

// contribution_of replaces *out with what the set contributes.
void contribution_of(const struct entity_key *key, const struct entity *entity,
                     const struct rulebook_history *history,
                     struct contribution *out);

// contribution_change writes after - before: the deltas that take the tallies
// from one set to the next.
void contribution_change(const struct contribution *before,
                         const struct contribution *after,
                         struct contribution *out);
