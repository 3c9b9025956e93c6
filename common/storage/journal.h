// SPDX-License-Identifier: Apache-2.0
//
// journal: what was acknowledged, in order.
//
// One record per commit at positions 1, 2, 3...  An append is one LMDB
// transaction, on disk when it returns.  Beside the records the journal keeps
// its end (position, chain head, counts) and which positions hold a
// publication.  One process appends, any number read.
//
// A purge makes another journal in its place, whose first records are outlines
// (aggregator/purge.h), and which says so in its base.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

enum { CHAIN_SIZE = 32 };

struct journal;

// Where the journal stands after its last record; all zero when empty.
struct journal_end {
    uint64_t position;
    uint64_t events; // accepted, ever
    int64_t committed_at_ms;
    uint8_t head[CHAIN_SIZE];
};

// journal_open opens dir/journal; it may grow to max_bytes, which reserves
// address space, not disk.  Read-only openers see the appends of the owner.
MUST_USE enum status journal_open(struct journal **out, const char *dir,
                                  size_t max_bytes, bool read_only);
void journal_close(struct journal *journal); // NULL is fine

// journal_end_read reads the end as it is on disk now.
MUST_USE enum status journal_end_read(struct journal *journal,
                                      struct journal_end *end);

// journal_append stores record at end->position, which must be the next one,
// and *end with it, and returns when both are on disk.  STATUS_FULL: nothing
// was stored and it may be tried again; STATUS_BUSY: somebody else appended;
// anything else: end the process.
MUST_USE enum status journal_append(struct journal *journal, struct span record,
                                    bool publication,
                                    const struct journal_end *end);

// A reader walks records upward from a position.  It holds a snapshot: close
// it soon.  The record is lent until the next call.
struct journal_reader;
MUST_USE enum status journal_reader_open(struct journal_reader **out,
                                         struct journal *journal,
                                         uint64_t from);
// STATUS_NOT_FOUND at the end; STATUS_CORRUPT for a gap or a bad checksum.
MUST_USE enum status journal_reader_next(struct journal_reader *reader,
                                         uint64_t *position,
                                         struct span *record);
void journal_reader_close(struct journal_reader *reader);

// Where whole records begin: those up to `position` are outlines, which are not
// folded again.  All zero in a journal nothing was purged from.
struct journal_base {
    uint64_t position;
    uint64_t events;          // accepted up to there
    int64_t horizon;          // the latest occurred_at of them
    uint64_t fold;            // FOLD_VERSION they were folded with
    uint8_t head[CHAIN_SIZE]; // of the chain there
    uint8_t rules[CHAIN_SIZE];
    uint8_t digest[CHAIN_SIZE];
};
MUST_USE enum status journal_base_read(struct journal *journal,
                                       struct journal_base *base);
MUST_USE enum status journal_base_write(struct journal *journal,
                                        const struct journal_base *base);

// journal_copy makes an empty journal of another one: every record as `reduce`
// has it (which lends *out until the next call), publications and end.
MUST_USE enum status
journal_copy(struct journal *from, struct journal *to,
             enum status (*reduce)(void *context, uint64_t position,
                                   struct span record, struct span *out),
             void *context);

// journal_publications calls visit for every publication record, in order,
// until it returns something else than STATUS_OK.
MUST_USE enum status journal_publications(
    struct journal *journal,
    enum status (*visit)(void *context, uint64_t position, struct span record),
    void *context);
