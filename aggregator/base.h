// SPDX-License-Identifier: Apache-2.0
//
// base: what a purged journal stands on (decision 0022).
//
// journal/state is the fold of all records up to the base's position, whose
// bodies are gone: folding again starts from a copy of it.
#pragma once

#include "aggregator/history.h"
#include "common/storage/journal.h"
#include "common/storage/state.h"

// base_digest is BLAKE2b over the records up to a position and all rows of the
// state beside them, each with its length.
MUST_USE enum status base_digest(struct journal *journal, struct state *state,
                                 uint64_t position, uint8_t out[HASH_SIZE]);

// base_check computes it again.  STATUS_CORRUPT: it is another one, or the
// state is not that of this position.  Fine where nothing was purged.
MUST_USE enum status base_check(const char *dir, struct journal *journal,
                                size_t map_bytes);

// base_allows tells whether what was folded into the base would be folded the
// same under the rules as they stand (STATUS_OK; else STATUS_MALFORMED, and
// problems say so).
MUST_USE enum status base_allows(const struct journal_base *base,
                                 const struct history *history,
                                 struct problems *problems);

// base_seed puts a copy of dir/journal/state, checked, where to/state is, to be
// folded on from.  After a failure to/state is the old one or absent.
MUST_USE enum status base_seed(const char *dir, struct journal *journal,
                               const struct history *history, const char *to,
                               size_t map_bytes, struct problems *problems);

// base_copy copies journal/ and the base in it, if there is one, into the
// directory `to`.  STATUS_AGAIN: a purge came between the two.
struct copy_watch;
MUST_USE enum status base_copy(const char *from, const char *to,
                               const struct copy_watch *watch);
