// SPDX-License-Identifier: Apache-2.0
//
// What SQLite still reads of a damaged file.
#include <stdlib.h>

#include "client/repair_parts.h"

// open_old changes nothing in the damaged file but what SQLite must: its log is
// not played into it.
static struct spool *
open_old(const char *path)
{
    struct spool *old = calloc(1, sizeof *old);

    if (!old)
        return NULL;
    old->gate = -1;
    if (sqlite3_open_v2(path, &old->database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) == SQLITE_OK &&
        sqlite3_db_config(old->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                          NULL) == SQLITE_OK &&
        statements_prepare(old) == STATUS_OK)
        return old;
    statements_finalize(old);
    sqlite3_close(old->database);
    free(old);
    return NULL;
}

// next_there gives the first number from `seq` on that has an event.
static enum status
next_there(struct spool *spool, uint64_t seq, uint64_t *there)
{
    sqlite3_stmt *row = NULL;
    enum status status = STATUS_OK;

    int rc = sqlite3_prepare_v2(
        spool->database,
        "SELECT ifnull(min(seq), 9223372036854775807) FROM event"
        " WHERE seq >= ?1",
        -1, &row, NULL);
    sqlite3_bind_int64(row, 1, (sqlite3_int64)seq);
    if (rc == SQLITE_OK && (rc = sqlite3_step(row)) == SQLITE_ROW)
        *there = (uint64_t)sqlite3_column_int64(row, 0);
    else
        status = spool_fail(spool, rc);
    sqlite3_finalize(row);
    return status;
}

// mark_absent marks the numbers of an accepted range done that have no event
// any more; the others go again.
static enum status
mark_absent(struct spool *made, struct done_range range)
{
    uint64_t at = range.first, there = 0;
    enum status status;

    while (at <= range.last) {
        if ((status = next_there(made, at, &there)))
            return status;
        struct done_range gap = {
            .first = at, .last = there <= range.last ? there - 1 : range.last};
        if (gap.last >= gap.first && (status = done_add(made, gap)))
            return status;
        at = there < INT64_MAX ? there + 1 : range.last + 1;
    }
    return STATUS_OK;
}

static enum status
copy_range(struct spool *made, struct done_range range)
{
    struct measure there = {0};
    sqlite3_stmt *drop = made->statements[STATEMENT_DROP];

    enum status status = events_measure(made, range.first, range.last, &there);
    if (status != STATUS_OK)
        return status;
    if (range.kept > 0 && there.count == range.kept &&
        there.bytes == range.bytes && there.retry + there.rejected == 0)
        return done_add(made, range);
    if (range.kept > 0)
        return mark_absent(made, range);
    // Pages that fell free may still have shown events that left.
    sqlite3_bind_int64(drop, 1, (sqlite3_int64)range.first);
    sqlite3_bind_int64(drop, 2, (sqlite3_int64)range.last);
    status = statement_run(made, STATEMENT_DROP);
    return status == STATUS_OK ? done_add(made, range) : status;
}

// copy_ranges: every range has a checksum, so those read before an error count.
static bool
copy_ranges(struct repairing *repairing, struct spool *old)
{
    struct done_range range;
    uint64_t at = 0;
    bool found;

    for (;;) {
        if (done_after(old, at, &range, &found) != STATUS_OK)
            return false;
        if (!found)
            return true;
        if (range.first <= at || range.last < range.first ||
            copy_range(repairing->made, range) != STATUS_OK)
            return false;
        at = range.last;
    }
}

// copy_lost takes over what an earlier repair found lost.
static void
copy_lost(struct repairing *repairing, struct spool *old)
{
    sqlite3_stmt *from = NULL, *to = NULL;

    if (sqlite3_prepare_v2(old->database, "SELECT first, last FROM lost", -1,
                           &from, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(repairing->made->database,
                           "INSERT OR IGNORE INTO lost VALUES (?1, ?2)", -1,
                           &to, NULL) == SQLITE_OK)
        while (sqlite3_step(from) == SQLITE_ROW) {
            sqlite3_bind_int64(to, 1, sqlite3_column_int64(from, 0));
            sqlite3_bind_int64(to, 2, sqlite3_column_int64(from, 1));
            sqlite3_step(to);
            sqlite3_reset(to);
        }
    sqlite3_finalize(from);
    sqlite3_finalize(to);
}

void
old_tables(struct repairing *repairing)
{
    struct spool *old = open_old(repairing->path);
    struct spool_head head;

    if (!old)
        return;
    if (spool_head(old, &head) == STATUS_OK) {
        repairing->is_head_certain =
            repairing->highest_seq <= head.last_seq &&
            (repairing->is_head_certain || repairing->head.epoch == 0);
        repairing->head = head;
    }
    repairing->are_ranges_certain = copy_ranges(repairing, old);
    copy_lost(repairing, old);
    repairing->has_peer = spool_peer(old, &repairing->peer) == STATUS_OK;
    statements_finalize(old);
    sqlite3_close(old->database);
    free(old);
}
