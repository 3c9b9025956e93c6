// SPDX-License-Identifier: Apache-2.0
//
// chain: the hash chain through the journal's records.
#pragma once

#include "common/storage/journal.h"

// chain_follow walks every record after `start` (all zero: from the first; the
// base: from there) to the journal's end, which it fills in, and checks
// checksum, form, position, link and number of events.  STATUS_CORRUPT: *at is
// the record that does not fit (or the end's).  `tell` is called now and then;
// NULL: nobody looks.
struct chain_watch {
    void (*tell)(void *context, uint64_t position, uint64_t of);
    void *context;
};
MUST_USE enum status chain_follow(struct journal *journal,
                                  const struct journal_end *start,
                                  const struct chain_watch *watch,
                                  struct journal_end *end, uint64_t *at);
