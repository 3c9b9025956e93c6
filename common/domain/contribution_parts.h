// SPDX-License-Identifier: Apache-2.0
//
// contribution_parts: what the kinds of entity need to write a contribution.
#pragma once

#include <assert.h>

#include "common/domain/contribution.h"

// Where deltas go while a set is evaluated, in any order.
struct emitter {
    struct contribution *out;
    const struct entity_key *key;
    const struct rulebook_history *history;
    enum slice slice;
};

// emit adds value to a counter; zero adds nothing.  There is room for what a
// set can emit: each member at most three counts (its own, VOIDED or
// CORRECTED, HELD), each slice one survey's answers, pairs and sets.
static inline void
emit(struct emitter *emitter, const struct tally_key *key, uint32_t counter,
     int64_t value)
{
    struct contribution *const out = emitter->out;

    assert(out->count < CONTRIBUTION_MAX);
    if (value == 0)
        return;
    struct delta *const delta = &out->deltas[out->count++];
    delta->key = *key;
    delta->counter = counter;
    delta->value = value;
}

// emit_count adds one to a plain count in the month of an instant.
void emit_count(struct emitter *emitter, enum count count, int64_t at,
                uint32_t dealer);

// emit_time adds one to how often something took from..until.
void emit_time(struct emitter *emitter, const struct tally_key *key,
               enum timed timed, int64_t from, int64_t until);

// emitter_key is the tally of an instant and a dealer.
struct tally_key emitter_key(const struct emitter *emitter, int64_t at,
                             uint32_t dealer);

// deltas_settle puts what was emitted into the order a contribution has: each
// place once, no zeros.  Cheap when it is in order already.
void deltas_settle(struct contribution *out);

// A live event of the set: facts is the member itself, or the CORRECT that
// speaks in its place.
struct live {
    const struct member *member, *facts;
};

static inline bool
live_is_visit(const struct live *live)
{
    return live->member->type == EVENT_VISIT_OPENED ||
           live->member->type == EVENT_VISIT_CLOSED;
}

// Live events by slice, ascending (occurred_at, id).
struct lives {
    size_t count[SLICE_HELD + 1];
    struct live items[SLICE_HELD + 1][ENTITY_EVENTS_MAX];
};

// lives_of sorts out which events of a set count and where, and emits what the
// controls did when `counted`.
void lives_of(const struct entity *entity, struct emitter *emitter,
              bool counted, struct lives *lives);

void contribute_survey(struct emitter *emitter, const struct live *lives,
                       size_t count);
void contribute_case(struct emitter *emitter, const struct live *lives,
                     size_t count);
void contribute_visit(struct emitter *emitter, const struct live *lives,
                      size_t count);
void contribute_customer(struct emitter *emitter, const struct live *lives,
                         size_t count);
void contribute_care(struct emitter *emitter, const struct live *lives,
                     size_t count);
void contribute_minute(struct emitter *emitter, const struct live *lives,
                       size_t count);
void contribute_notice(struct emitter *emitter, const struct live *lives,
                       size_t count);

// key_number_at reads a number of an entity's key: the namespace at 1; for
// CUSTOMER the month at 1 and the dealer at 5.
uint32_t key_number_at(const struct entity_key *key, size_t offset);
