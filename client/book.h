// SPDX-License-Identifier: Apache-2.0
//
// book: the rules and the dealers the aggregator publishes, as it publishes
// them: one source, so that no reader computes under other rules than the fold.
#pragma once

#include <stdatomic.h>

#include "client/ask.h"
#include "client/trace.h"
#include "common/config/problem.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"

struct book {
    uint8_t programme_hash[HASH_SIZE], dealers_hash[HASH_SIZE];
    struct rulebook *rulebook;
    struct directory *directory;
    atomic_uint holders;
};

// book_open takes both files the status names.  STATUS_NOT_FOUND: the
// aggregator has not published them; STATUS_MALFORMED with problems: this
// version cannot read them; else as ask.
MUST_USE enum status book_open(struct book **out, struct ask *ask,
                               const struct store_facts *facts,
                               int64_t timeout_ms, struct problems *problems);

// A book never changes and may be shared between threads: book_share returns
// it to one more holder, each of whom closes it.
struct book *book_share(struct book *book);
void book_close(struct book *book); // NULL is fine

// book_source names rules, dealers and journal for a trace.
struct trace_source book_source(const struct book *book,
                                const struct store_facts *facts);

// book_cover makes the facts name a journal that holds everything a table was
// folded from, which a status asked before the table may not.  STATUS_AGAIN:
// the rules changed meanwhile; else as ask.
MUST_USE enum status book_cover(const struct book *book, struct ask *ask,
                                uint64_t position, int64_t timeout_ms,
                                struct store_facts *facts);

// book_is tells whether it still is what the status names.
bool book_is(const struct book *book, const struct store_facts *facts);
