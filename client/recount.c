// SPDX-License-Identifier: Apache-2.0
//
// What can be counted again from the tables of a spool.
#include "client/statement.h"

static enum status
prepare(struct spool *spool, const char *text, sqlite3_stmt **row)
{
    int rc = sqlite3_prepare_v2(spool->database, text, -1, row, NULL);
    return rc == SQLITE_OK ? STATUS_OK : spool_fail(spool, rc);
}

enum status
gaps_visit(struct spool *spool, uint64_t last_seq,
           bool (*each)(void *context, uint64_t first, uint64_t last),
           void *context)
{
    static const char text[] =
        "SELECT seq AS first, seq AS last FROM event UNION ALL"
        " SELECT first, last FROM done WHERE kept = 0 UNION ALL"
        " SELECT first, last FROM lost ORDER BY first";
    sqlite3_stmt *row = NULL;
    uint64_t next = 1;
    bool more = true;
    int rc;

    enum status status = prepare(spool, text, &row);
    if (status != STATUS_OK)
        return status;
    while (more && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        uint64_t first = (uint64_t)sqlite3_column_int64(row, 0);
        uint64_t last = (uint64_t)sqlite3_column_int64(row, 1);
        if (first > next)
            more = each(context, next, first - 1);
        if (last >= next)
            next = last + 1;
    }
    if (more && rc != SQLITE_DONE)
        status = spool_fail(spool, rc);
    else if (more && next <= last_seq)
        each(context, next, last_seq);
    sqlite3_finalize(row);
    return status;
}

enum status
head_recount(struct spool *spool, struct spool_head *head)
{
    struct measure all;
    sqlite3_stmt *row = NULL;
    enum status status;

    if ((status = events_measure(spool, 0, INT64_MAX, &all)) ||
        (status = prepare(spool,
                          "SELECT ifnull(sum(kept), 0), ifnull(sum(bytes), 0)"
                          " FROM done",
                          &row)))
        return status;
    int rc = sqlite3_step(row);
    if (rc == SQLITE_ROW) {
        head->kept = (uint64_t)sqlite3_column_int64(row, 0);
        head->kept_bytes = (uint64_t)sqlite3_column_int64(row, 1);
        head->retry = all.retry;
        head->rejected = all.rejected;
        head->waiting = all.count - all.retry - all.rejected - head->kept;
        head->bytes = all.bytes;
    } else {
        status = spool_fail(spool, rc);
    }
    sqlite3_finalize(row);
    return status;
}

enum status
spool_lost(struct spool *spool, uint64_t *count)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_LOST];
    enum status status = STATUS_OK;

    int rc = sqlite3_step(row);
    if (rc == SQLITE_ROW)
        *count = (uint64_t)sqlite3_column_int64(row, 0);
    else
        status = spool_fail(spool, rc);
    sqlite3_reset(row);
    return status;
}
