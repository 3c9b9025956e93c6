// SPDX-License-Identifier: Apache-2.0
//
// contribution: what an entity adds to the tallies.
//
// A pure function of (set of events, rulebook history) to signed integers
// keyed by (dealer, month, slice, counter).  It never sees a clock.  Every
// event, new, late, corrected or voided, is handled by
//     tally += contribution(after) - contribution(before).
// It is total: what it cannot compute contributes nothing.
//
// Which events count (rulings A3).  A control's target is the event of the set
// with its target id, its dealer and its target type.  A VOID, CORRECT or HOLD
// stands unless the set has an UNVOID (for HOLD: RELEASE) of the same dealer
// that names its id; UNVOID and RELEASE themselves always stand.  An event is
//   dead       when a standing VOID targets it, corrected or not;
//   corrected  when it is not dead and standing CORRECTs target it: the one
//              smallest by (occurred_at, id) speaks in its place, which keeps
//              the target's time, id, type, dealer and kind of survey;
//   held       when it is not dead and a standing HOLD targets it.
// SLICE_ALL is what the set without its dead and held events contributes;
// SLICE_HELD what the held ones would contribute were they the whole set.
//
// Counted once per event, in the set it is listed for first (entity_keys), in
// SLICE_ALL, at the event's dealer and month: VOIDED, CORRECTED, HELD.
// CONTROL_ORPHAN counts a control without its target, or an UNVOID or RELEASE
// without the control it names, at its own dealer and the month of
// target_occurred_at.
//
// What each kind counts is written in the .c file of that kind.
#pragma once

#include "common/domain/entity.h"
#include "common/domain/tally.h"

// A set never contributes more than CONTRIBUTION_OF_MAX deltas (one that would
// contributes ENTITY_TOO_LARGE alone), so that a change always fits.  Of a
// rulebook's item sets those count that come first, up to
// CONTRIBUTION_SETS_MAX counters together (1 + k + k(k+1)/2 for k items).
enum {
    CONTRIBUTION_MAX = 4096,
    CONTRIBUTION_OF_MAX = CONTRIBUTION_MAX / 2,
    CONTRIBUTION_SETS_MAX = 640,
    CONTRIBUTION_PAIRS_MAX = 255,
};

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
