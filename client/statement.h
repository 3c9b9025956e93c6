// SPDX-License-Identifier: Apache-2.0
//
// statement: what the files of the spool share.  Private to this folder: it
// shows SQLite's handles.
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
    STATEMENT_DELETE,
    STATEMENT_KEEP,
    STATEMENT_WAITING,
    STATEMENT_DUE,
    STATEMENT_ALL,
    STATEMENT_COUNT
};

struct spool {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    uint64_t max_bytes;
    char path[4096];
    char error[SPOOL_ERROR_MAX];
};

// statements_prepare readies all of them.
MUST_USE enum status statements_prepare(struct spool *spool);
void statements_finalize(struct spool *spool);

// spool_fail keeps a sentence about SQLite's last error and gives its status.
enum status spool_fail(struct spool *spool, int rc);

// statement_run steps a statement that gives no row, and resets it.
MUST_USE enum status statement_run(struct spool *spool,
                                   enum spool_statement which);

// A transaction: begin, then commit, or abort (also after a failed commit).
MUST_USE enum status spool_begin(struct spool *spool);
MUST_USE enum status spool_commit(struct spool *spool);
void spool_abort(struct spool *spool);

MUST_USE enum status head_put(struct spool *spool,
                              const struct spool_head *head);

// state_count points to the head's count of a state.
uint64_t *state_count(struct spool_head *head, enum spool_state state);
