// SPDX-License-Identifier: Apache-2.0
//
// statement: what the files of the spool share.  Private to this folder: it
// shows SQLite's handles.
//
// Numbers that are done (accepted) are ranges in a table of their own, so that
// settling a batch writes one row instead of one for each event.
#pragma once

#include <sqlite3.h>

#include "client/spool.h"

enum spool_statement {
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_ROLLBACK,
    STATEMENT_HEAD_GET,
    STATEMENT_HEAD_PUT,
    STATEMENT_FIND,
    STATEMENT_INSERT,
    STATEMENT_REOPEN,
    STATEMENT_STATE,
    STATEMENT_KEEP,
    STATEMENT_MEASURE,
    STATEMENT_CLEAR,
    STATEMENT_DROP,
    STATEMENT_RETRY_ALL,
    STATEMENT_WAITING,
    STATEMENT_DUE,
    STATEMENT_ALL,
    STATEMENT_DONE_BEFORE,
    STATEMENT_DONE_AFTER,
    STATEMENT_DONE_KEPT,
    STATEMENT_DONE_PUT,
    STATEMENT_DONE_REMOVE,
    STATEMENT_LOST,
    STATEMENT_PEER_GET,
    STATEMENT_PEER_PUT,
    STATEMENT_COUNT
};

struct spool {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    uint64_t max_bytes;
    int gate; // lock.h
    uint64_t file_device, file_inode;
    char path[4096];
    char error[SPOOL_ERROR_MAX];
};

extern const char *const statement_texts[STATEMENT_COUNT];

// statements_prepare readies all of them.
MUST_USE enum status statements_prepare(struct spool *spool);
void statements_finalize(struct spool *spool);

// spool_fail keeps a sentence about SQLite's last error and gives its status.
enum status spool_fail(struct spool *spool, int rc);

// statement_run steps a statement that gives no row, and resets it.
MUST_USE enum status statement_run(struct spool *spool,
                                   enum spool_statement which);

// spool_follow opens the file anew when a repair put another one in its place.
MUST_USE enum status spool_follow(struct spool *spool);

// A transaction: begin, then commit, or abort (also after a failed commit).
MUST_USE enum status spool_begin(struct spool *spool);
MUST_USE enum status spool_commit(struct spool *spool);
void spool_abort(struct spool *spool);

MUST_USE enum status head_put(struct spool *spool,
                              const struct spool_head *head);

// state_column reads the state of an event's row.  What is none, in a damaged
// file, counts as a dead letter: nobody sends it, a person sees it.
enum spool_state state_column(sqlite3_stmt *row, int column);

// state_count points to the head's count of a state.
uint64_t *state_count(struct spool_head *head, enum spool_state state);

// --- What is done (done.c) ---------------------------------------------------

// Numbers first..last are done; `kept` of their events, `bytes` large, still
// are in the spool, all or none.
struct done_range {
    uint64_t first, last;
    uint64_t position; // of the latest commit
    uint64_t kept, bytes;
};

// done_covers tells whether a number is done, and by which range.
MUST_USE enum status done_covers(struct spool *spool, uint64_t seq,
                                 struct done_range *range, bool *covers);

// done_after gives the first range that starts behind seq.
MUST_USE enum status done_after(struct spool *spool, uint64_t seq,
                                struct done_range *range, bool *found);

// done_oldest gives the kept range with the lowest position, if any.
MUST_USE enum status done_oldest(struct spool *spool, struct done_range *range,
                                 bool *found);

// done_add marks numbers none of which is done yet.
MUST_USE enum status done_add(struct spool *spool, struct done_range range);

// done_cut takes the mark from all numbers in first..last whose events are
// kept; head->kept and bytes follow, *count says how many.
MUST_USE enum status done_cut(struct spool *spool, struct spool_head *head,
                              uint64_t first, uint64_t last, uint64_t *count);

// done_drop deletes the events of a kept range.
MUST_USE enum status done_drop(struct spool *spool, struct spool_head *head,
                               struct done_range range);

// Events of first..last as they are now.
struct measure {
    uint64_t count, bytes, retry, rejected;
};

MUST_USE enum status events_measure(struct spool *spool, uint64_t first,
                                    uint64_t last, struct measure *measure);

uint32_t done_checksum(const struct done_range *range);

// head_checksum covers what cannot be counted again from the events.
uint32_t head_checksum(const struct spool_head *head);

// event_checksum covers all of an event that never changes.
uint32_t event_checksum(const struct spool_event *event);

// event_of_row reads a row of EVENT_COLUMNS; lent until the next step.
struct spool_event event_of_row(sqlite3_stmt *row);

#define EVENT_COLUMNS                                                          \
    "seq, id, state, recorded_at, not_before, tries, code, field, text, body," \
    " checksum, salt, comment, signature"

// gaps_visit calls `each` for every range of numbers up to last_seq that is in
// no table, ascending, until it returns false.
MUST_USE enum status gaps_visit(struct spool *spool, uint64_t last_seq,
                                bool (*each)(void *context, uint64_t first,
                                             uint64_t last),
                                void *context);

// head_recount makes the head's counts anew from what is there.
MUST_USE enum status head_recount(struct spool *spool, struct spool_head *head);

// schema_ready fills an empty file and brings an older one up to date, within
// the caller's transaction.  STATUS_MALFORMED: not a spool, or a newer one.
MUST_USE enum status schema_ready(struct spool *spool);
