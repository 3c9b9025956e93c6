// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"

#include <stdio.h>
#include <stdlib.h>

#define EVENT_COLUMNS                                                          \
    "seq, id, state, recorded_at, not_before, tries, code, field, text, body," \
    " checksum"

static const char *const texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_HEAD_GET] = "SELECT epoch, last_seq, last_id, waiting, retry,"
                           " rejected, bytes FROM spool",
    [STATEMENT_HEAD_PUT] = "UPDATE spool SET last_seq = ?1, last_id = ?2,"
                           " waiting = ?3, retry = ?4, rejected = ?5,"
                           " bytes = ?6",
    [STATEMENT_FIND] = "SELECT seq, state, body FROM event WHERE id = ?1",
    [STATEMENT_INSERT] = "INSERT INTO event (seq, id, state, recorded_at, body,"
                         " checksum) VALUES (?1, ?2, 0, ?3, ?4, ?5)",
    [STATEMENT_REOPEN] = "UPDATE event SET state = 1, not_before = 0"
                         " WHERE seq = ?1",
    [STATEMENT_STATE] = "SELECT state, length(body) FROM event WHERE seq = ?1",
    [STATEMENT_DELETE] = "DELETE FROM event WHERE seq = ?1",
    [STATEMENT_KEEP] = "UPDATE event SET state = ?2, not_before = ?3,"
                       " tries = tries + ?4, code = ?5, field = ?6, text = ?7"
                       " WHERE seq = ?1",
    [STATEMENT_WAITING] = "SELECT " EVENT_COLUMNS " FROM event"
                          " WHERE seq > ?1 AND state = 0 ORDER BY seq",
    [STATEMENT_DUE] = "SELECT " EVENT_COLUMNS " FROM event"
                      " WHERE state = 1 AND not_before <= ?1"
                      " ORDER BY not_before, seq",
    [STATEMENT_ALL] = "SELECT " EVENT_COLUMNS " FROM event ORDER BY seq",
};

enum status
statements_prepare(struct spool *spool)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        int rc = sqlite3_prepare_v3(spool->database, texts[i], -1,
                                    SQLITE_PREPARE_PERSISTENT,
                                    &spool->statements[i], NULL);
        if (rc != SQLITE_OK)
            return spool_fail(spool, rc);
    }
    return STATUS_OK;
}

void
statements_finalize(struct spool *spool)
{
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(spool->statements[i]);
}

static enum status
to_status(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return STATUS_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_BUSY;
    case SQLITE_FULL:
        return STATUS_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_CORRUPT;
    case SQLITE_CONSTRAINT: // we never break one, so somebody else wrote here
        return STATUS_CORRUPT;
    default:
        return STATUS_SYSTEM;
    }
}

enum status
spool_fail(struct spool *spool, int rc)
{
    const char *why = sqlite3_errmsg(spool->database);
    enum status status = to_status(rc);

    if (status == STATUS_CORRUPT)
        snprintf(spool->error, sizeof spool->error,
                 "the spool %.200s is damaged (%s): stop its programs, move it "
                 "away with its -wal file and save what can be read with "
                 "sqlite3 FILE .recover",
                 spool->path, why);
    else if (status == STATUS_BUSY)
        snprintf(spool->error, sizeof spool->error,
                 "another program keeps the spool %.300s locked", spool->path);
    else
        snprintf(spool->error, sizeof spool->error, "spool %.300s: %s",
                 spool->path, why);
    return status;
}

enum status
statement_run(struct spool *spool, enum spool_statement which)
{
    int rc = sqlite3_step(spool->statements[which]);
    enum status status = STATUS_OK;

    if (rc != SQLITE_DONE)
        status = spool_fail(spool, rc);
    sqlite3_reset(spool->statements[which]);
    return status;
}

enum status
spool_begin(struct spool *spool)
{
    return statement_run(spool, STATEMENT_BEGIN);
}

enum status
spool_commit(struct spool *spool)
{
    return statement_run(spool, STATEMENT_COMMIT);
}

void
spool_abort(struct spool *spool)
{
    if (sqlite3_get_autocommit(spool->database))
        return; // SQLite rolled back by itself
    sqlite3_step(spool->statements[STATEMENT_ROLLBACK]);
    sqlite3_reset(spool->statements[STATEMENT_ROLLBACK]);
}

enum status
spool_head(struct spool *spool, struct spool_head *head)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_HEAD_GET];
    enum status status = STATUS_OK;

    int rc = sqlite3_step(row);
    if (rc != SQLITE_ROW ||
        sqlite3_column_bytes(row, 2) != (int)sizeof head->last_id) {
        status = spool_fail(
            spool, rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
    } else {
        head->epoch = (uint64_t)sqlite3_column_int64(row, 0);
        head->last_seq = (uint64_t)sqlite3_column_int64(row, 1);
        memcpy(&head->last_id, sqlite3_column_blob(row, 2),
               sizeof head->last_id);
        head->waiting = (uint64_t)sqlite3_column_int64(row, 3);
        head->retry = (uint64_t)sqlite3_column_int64(row, 4);
        head->rejected = (uint64_t)sqlite3_column_int64(row, 5);
        head->bytes = (uint64_t)sqlite3_column_int64(row, 6);
    }
    sqlite3_reset(row);
    return status;
}

enum status
head_put(struct spool *spool, const struct spool_head *head)
{
    sqlite3_stmt *put = spool->statements[STATEMENT_HEAD_PUT];

    sqlite3_bind_int64(put, 1, (sqlite3_int64)head->last_seq);
    sqlite3_bind_blob(put, 2, &head->last_id, sizeof head->last_id,
                      SQLITE_STATIC);
    sqlite3_bind_int64(put, 3, (sqlite3_int64)head->waiting);
    sqlite3_bind_int64(put, 4, (sqlite3_int64)head->retry);
    sqlite3_bind_int64(put, 5, (sqlite3_int64)head->rejected);
    sqlite3_bind_int64(put, 6, (sqlite3_int64)head->bytes);
    return statement_run(spool, STATEMENT_HEAD_PUT);
}

uint64_t *
state_count(struct spool_head *head, enum spool_state state)
{
    switch (state) {
    case SPOOL_WAITING:
        return &head->waiting;
    case SPOOL_RETRY:
        return &head->retry;
    case SPOOL_REJECTED:
        return &head->rejected;
    }
    abort(); // every state is listed above
}
