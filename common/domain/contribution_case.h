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

// contribute_clock and contribute_emergency emit the counters of the clocks.
void contribute_clock(struct emitter *emitter, const struct docket *docket);
void contribute_emergency(struct emitter *emitter, const struct docket *docket);
