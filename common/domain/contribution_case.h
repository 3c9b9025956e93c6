// SPDX-License-Identifier: Apache-2.0
//
// contribution_case: one case while it is evaluated.
#pragma once

#include "common/domain/contribution_parts.h"

struct docket {
    const struct live *lives; // ascending (occurred_at, id)
    size_t count;
    const struct live *opening; // the first
    uint32_t opener;            // its dealer
    int64_t received_at;
    const struct rulebook *rules; // valid at receipt
};

// docket_of reads a case; false without a live opening.
bool docket_of(struct docket *docket, const struct live *lives, size_t count,
               const struct rulebook_history *history);

// A walk goes through the actions that count, in order.  `responsible` is the
// dealer responsible when the current action came.
struct walk {
    const struct docket *docket;
    size_t at;
    uint32_t responsible;
    const struct live *current;
};

struct walk walk_of(const struct docket *docket);
const struct live *walk_next(struct walk *walk); // NULL at the end

// responsible_at returns the dealer responsible at an instant, a REASSIGN of
// the same instant done.
uint32_t responsible_at(const struct docket *docket, int64_t at);

// first_action returns the first action of a kind that counts, or NULL.
const struct live *first_action(const struct docket *docket,
                                enum action_kind kind);

// The earliest instant by which an answer is due; needs the docket's rules.
struct deadline {
    bool set;
    int64_t at;
    enum complaint_class class;
};
struct deadline docket_deadline(const struct docket *docket);

// docket_emergency tells since when, if at all, a case is an emergency, looking
// at what came before `until` (NULL: at all of it).
bool docket_emergency(const struct docket *docket, const struct live *until,
                      int64_t *start);

// contribute_clock and contribute_emergency emit the counters of the clocks.
void contribute_clock(struct emitter *emitter, const struct docket *docket);
void contribute_emergency(struct emitter *emitter, const struct docket *docket);
