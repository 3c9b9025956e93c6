// SPDX-License-Identifier: Apache-2.0
//
// history: everything HQ ever published, as the fold needs it.
//
// Publications are records of the journal; the history is made from all of
// them before anything is folded, so a rebuild folds once.
#pragma once

#include "aggregator/held_back.h"
#include "aggregator/roster.h"
#include "common/domain/rulebook.h"
#include "common/wire/commit.h"

// Raised whenever the same events and rules would give other figures or other
// bytes: the fold is then done again from the journal's start.
enum { FOLD_VERSION = 3 };

struct history;

MUST_USE enum status history_open(struct history **out);
void history_close(struct history *history); // NULL is fine

// history_publish adds a publication.  STATUS_MALFORMED: this version cannot
// read the file (problems say why).
struct problems;
MUST_USE enum status history_publish(struct history *history,
                                     const struct publication *publication,
                                     struct problems *problems);

// history_rules lends all versions by valid_from; of several with the same
// valid_from only the one published last.
const struct rulebook_history *history_rules(const struct history *history);
const struct roster *history_roster(const struct history *history);

// history_held_back lends the newest list of events that an operator put into
// quarantine; empty when there is none.
const struct held_back *history_held_back(const struct history *history);

// history_newest lends the last publication of a kind; content length 0 when
// there is none.
const struct publication *history_newest(const struct history *history,
                                         enum publication_kind kind);
// history_find lends the publication with a hash, NULL when there is none.
const struct publication *history_find(const struct history *history,
                                       struct span hash);

// history_digest is BLAKE2b over FOLD_VERSION, what is held back, and all that
// the fold needs of the versions valid from `until` or before.  What was folded
// under the same digest need not be folded again.
MUST_USE enum status history_digest(const struct history *history,
                                    int64_t until, uint8_t out[HASH_SIZE]);
// history_digest_to looks only at what is held back up to a position.
MUST_USE enum status history_digest_to(const struct history *history,
                                       int64_t until, uint64_t position,
                                       uint8_t out[HASH_SIZE]);
