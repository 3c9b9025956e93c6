// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/lock.h"
#include "common/runtime/crc32c.h"

enum status
statements_prepare(struct spool *spool)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        int rc = sqlite3_prepare_v3(spool->database, statement_texts[i], -1,
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
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(spool->statements[i]);
        spool->statements[i] = NULL;
    }
}

// cannot_write tells a write that failed for want of room from other failures.
// At a file's size limit or a quota's end SQLite speaks of an I/O error, and no
// longer knows the errno; a disk that fails looks the same from here.
static bool
cannot_write(struct spool *spool, int rc)
{
    int extended = sqlite3_extended_errcode(spool->database);

    return (rc & 0xff) == SQLITE_FULL ||
           ((rc & 0xff) == SQLITE_IOERR && (extended == SQLITE_IOERR_WRITE ||
                                            extended == SQLITE_IOERR_SHMSIZE));
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
    enum status status = cannot_write(spool, rc) ? STATUS_FULL : to_status(rc);

    if (status == STATUS_CORRUPT)
        snprintf(spool->error, sizeof spool->error,
                 "the spool %.200s is damaged (%s): run dealerpulse-terminal "
                 "spool repair",
                 spool->path, why);
    else if (status == STATUS_FULL)
        snprintf(
            spool->error, sizeof spool->error,
            "the spool %.200s cannot be written (%s): the disk, a quota or "
            "a limit is full, or the disk fails; nothing was stored, "
            "nothing is lost; make room",
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
    if (gate_pass(spool->gate) != STATUS_OK) {
        snprintf(spool->error, sizeof spool->error, "cannot lock %.200s.gate",
                 spool->path);
        return STATUS_SYSTEM;
    }
    enum status status = spool_follow(spool);
    if (status == STATUS_OK)
        status = statement_run(spool, STATEMENT_BEGIN);
    if (status != STATUS_OK)
        gate_leave(spool->gate);
    return status;
}

enum status
spool_commit(struct spool *spool)
{
    enum status status = statement_run(spool, STATEMENT_COMMIT);
    if (status == STATUS_OK)
        gate_leave(spool->gate);
    return status;
}

void
spool_abort(struct spool *spool)
{
    // Unless SQLite rolled back by itself:
    if (spool->database && !sqlite3_get_autocommit(spool->database)) {
        sqlite3_step(spool->statements[STATEMENT_ROLLBACK]);
        sqlite3_reset(spool->statements[STATEMENT_ROLLBACK]);
    }
    gate_leave(spool->gate);
}

uint32_t
head_checksum(const struct spool_head *head)
{
    uint64_t numbers[] = {head->epoch, head->last_seq, head->previous_epoch,
                          head->previous_last_seq};
    uint8_t bytes[sizeof numbers + sizeof head->last_id];

    memcpy(bytes, numbers, sizeof numbers);
    memcpy(bytes + sizeof numbers, &head->last_id, sizeof head->last_id);
    return crc32c(bytes, sizeof bytes);
}

uint32_t
event_checksum(const struct spool_event *event)
{
    struct span parts[] = {event->body, event->salt, event->comment,
                           event->signature};
    uint64_t numbers[] = {event->seq, (uint64_t)event->recorded_at_ms};
    uint8_t bytes[sizeof numbers + sizeof event->id + 4 * sizeof(uint32_t)];
    uint8_t *at = bytes;

    memcpy(at, numbers, sizeof numbers);
    at += sizeof numbers;
    memcpy(at, &event->id, sizeof event->id);
    at += sizeof event->id;
    for (size_t i = 0; i < 4; i++, at += sizeof(uint32_t)) {
        uint32_t part = crc32c(parts[i].data, parts[i].length);
        memcpy(at, &part, sizeof part);
    }
    return crc32c(bytes, sizeof bytes);
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
        head->previous_epoch = (uint64_t)sqlite3_column_int64(row, 7);
        head->previous_last_seq = (uint64_t)sqlite3_column_int64(row, 8);
        head->kept = (uint64_t)sqlite3_column_int64(row, 9);
        head->kept_bytes = (uint64_t)sqlite3_column_int64(row, 10);
        head->revision = (uint64_t)sqlite3_column_int64(row, 11);
        // 0: nothing was stored since the file was made or brought up to date.
        sqlite3_int64 checksum = sqlite3_column_int64(row, 12);
        if (checksum != 0 && checksum != head_checksum(head))
            status = spool_fail(spool, SQLITE_CORRUPT);
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
    sqlite3_bind_int64(put, 7, (sqlite3_int64)head->kept);
    sqlite3_bind_int64(put, 8, (sqlite3_int64)head->kept_bytes);
    sqlite3_bind_int64(put, 9, (sqlite3_int64)head->revision);
    sqlite3_bind_int64(put, 10, head_checksum(head));
    return statement_run(spool, STATEMENT_HEAD_PUT);
}

enum spool_state
state_column(sqlite3_stmt *row, int column)
{
    int64_t number = sqlite3_column_int64(row, column);

    return number >= SPOOL_WAITING && number <= SPOOL_REJECTED
               ? (enum spool_state)number
               : SPOOL_REJECTED;
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
    case SPOOL_KEPT:
        return &head->kept;
    }
    abort(); // every state is listed above
}
