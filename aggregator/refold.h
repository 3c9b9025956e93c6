// SPDX-License-Identifier: Apache-2.0
//
// refold: the whole journal folded again, by the same code, into a fresh state.
#pragma once

#include "aggregator/data.h"

struct refold {
    struct state *state;
    struct snapshot *snapshot; // of state
    struct ledger *ledger;
    struct keeper *keeper;
};

struct refold_watch {
    void (*tell)(void *context, uint64_t position, uint64_t of); // may be NULL
    void *context;
};

// refold_open makes dir/state, which must be absent: empty, or a copy of the
// base of the journal (of the store `from`).  History must have everything the
// journal publishes.
MUST_USE enum status refold_open(struct refold *refold, const char *dir,
                                 size_t map_bytes, const char *from,
                                 struct journal *journal,
                                 const struct history *history,
                                 struct problems *problems);
void refold_close(struct refold *refold); // fine on a half-opened one

// refold_to folds up to a position; *at is the record at hand, also when it
// fails.
MUST_USE enum status refold_to(struct refold *refold, struct journal *journal,
                               uint64_t position,
                               const struct refold_watch *watch, uint64_t *at);

// refold_settle returns when everything folded is on disk, in its place.
MUST_USE enum status refold_settle(struct refold *refold);
