// SPDX-License-Identifier: Apache-2.0
//
// published: the rulebook and the dealer directory HQ published, as fetched
// by hash from the aggregator's query port.
//
// No socket here: published_next says what to do, published_answer takes what
// came back.  Both files are swapped in together or not at all; until the
// first pair is complete nothing can be judged.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/config/problem.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"
#include "common/status.h"
#include "common/wire/query.h"

struct published {
    bool ready; // the four below are set
    struct rulebook *rulebook;
    const struct rulebook *versions[1];
    struct rulebook_history history;
    struct directory *directory;
    uint8_t programme_hash[HASH_SIZE], dealers_hash[HASH_SIZE];

    // What is to be fetched, and how far that is.
    bool wanted;
    uint8_t wanted_programme[HASH_SIZE], wanted_dealers[HASH_SIZE];
    struct rulebook *next_rulebook;
    struct directory *next_directory;
    enum publication_kind asked; // NONE: no question is out
    uint64_t number;             // of the question
    int64_t asked_at_ms, not_before_ms;
};

void published_init(struct published *published);
void published_fini(struct published *published);

// published_want names what the aggregator says is in force.  Asking for what
// is there already, or being fetched, changes nothing.
void published_want(struct published *published, struct span programme_hash,
                    struct span dealers_hash);

enum published_step {
    PUBLISHED_IDLE,
    PUBLISHED_ASK,   // send the question; then published_asked
    PUBLISHED_REOPEN // nobody answers on this link: open it anew
};

// published_next says what is due; for ASK it writes the question.
enum published_step published_next(struct published *published, int64_t now_ms,
                                   struct writer *question);
void published_asked(struct published *published, int64_t now_ms);

// published_answer takes an answer.  OK: a new pair is in force.  AGAIN: there
// is more to fetch, or the answer was to another question.  MALFORMED: HQ's
// file cannot be used (problems say why); what was in force stays, and the
// file is asked for again after half a minute.
MUST_USE enum status published_answer(struct published *published,
                                      int64_t now_ms, struct span frame,
                                      struct problems *problems);
