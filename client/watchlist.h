// SPDX-License-Identifier: Apache-2.0
//
// watchlist: keeps an alert_list up to date by asking the aggregator: once
// through all cases and the journal of the last days, then only what is new.
//
// One thread.
#pragma once

#include "client/alert_list.h"
#include "client/ask.h"

struct watchlist {
    // Of which store and under which rules; another one is read from the start.
    uint8_t store[16], rules[HASH_SIZE], dealers[HASH_SIZE];
    uint32_t incarnation;
    bool knows_cases;
    struct entity_key after_case; // while it does not
    uint64_t position;            // followed so far
    bool follows;                 // `position` is set
    struct alert_list *newest;    // NULL: nothing yet
};

// watchlist_follow asks for at most `pages` pages (some thousand events each);
// *is_done: the list shows the checkpoint the last answer was read from.
// Detractors count from `since_ms` on.  Otherwise as the blocking calls of
// ask.h; what was learnt before a failure stays.
MUST_USE enum status watchlist_follow(struct watchlist *watchlist,
                                      struct ask *ask,
                                      const struct store_facts *facts,
                                      int64_t since_ms, size_t pages,
                                      int64_t timeout_ms, bool *is_done);
void watchlist_fini(struct watchlist *watchlist);
