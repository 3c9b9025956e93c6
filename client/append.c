// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "client/id.h"
#include "client/statement.h"
#include "common/runtime/crc32c.h"

// find looks for the same event, still in the spool.  *seq is 0 without one.
static enum status
find(struct spool *spool, const struct spool_entry *entry, uint64_t *seq,
     enum spool_state *state)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_FIND];
    int rc;

    *seq = 0;
    sqlite3_bind_blob(row, 1, &entry->id, sizeof entry->id, SQLITE_STATIC);
    while ((rc = sqlite3_step(row)) == SQLITE_ROW) {
        struct span body = span_of(sqlite3_column_blob(row, 2),
                                   (size_t)sqlite3_column_bytes(row, 2));
        if (!span_equal(body, entry->body))
            continue;
        *seq = (uint64_t)sqlite3_column_int64(row, 0);
        *state = (enum spool_state)sqlite3_column_int(row, 1);
        break;
    }
    enum status status = rc == SQLITE_ROW || rc == SQLITE_DONE
                             ? STATUS_OK
                             : spool_fail(spool, rc);
    sqlite3_reset(row);
    return status;
}

static enum status
reopen(struct spool *spool, struct spool_head *head, uint64_t seq,
       enum spool_state state)
{
    sqlite3_stmt *update = spool->statements[STATEMENT_REOPEN];

    *state_count(head, state) -= 1;
    head->retry += 1;
    sqlite3_bind_int64(update, 1, (sqlite3_int64)seq);
    return statement_run(spool, STATEMENT_REOPEN);
}

static enum status
insert(struct spool *spool, struct spool_head *head,
       const struct spool_entry *entry, int64_t now_ms)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_INSERT];
    struct span body = entry->body;

    head->bytes += body.length + SPOOL_EVENT_OVERHEAD;
    if (head->bytes > spool->max_bytes) {
        snprintf(spool->error, sizeof spool->error,
                 "the spool %.200s is full: %llu events wait, %llu are dead "
                 "letters; its bound is %llu bytes",
                 spool->path, (unsigned long long)(head->waiting + head->retry),
                 (unsigned long long)head->rejected,
                 (unsigned long long)spool->max_bytes);
        return STATUS_FULL;
    }
    head->last_seq += 1;
    head->waiting += 1;
    id_raise(&head->last_id, &entry->id);
    sqlite3_bind_int64(row, 1, (sqlite3_int64)head->last_seq);
    sqlite3_bind_blob(row, 2, &entry->id, sizeof entry->id, SQLITE_STATIC);
    sqlite3_bind_int64(row, 3, now_ms);
    sqlite3_bind_blob(row, 4, body.data, (int)body.length, SQLITE_STATIC);
    sqlite3_bind_int64(row, 5, crc32c(body.data, body.length));
    return statement_run(spool, STATEMENT_INSERT);
}

static enum status
append_one(struct spool *spool, struct spool_head *head,
           const struct spool_entry *entry, int64_t now_ms, uint64_t *seq)
{
    enum spool_state state = SPOOL_WAITING;

    enum status status = find(spool, entry, seq, &state);
    if (status != STATUS_OK)
        return status;
    if (*seq == 0) {
        status = insert(spool, head, entry, now_ms);
        *seq = head->last_seq;
        return status;
    }
    return state == SPOOL_WAITING ? STATUS_OK
                                  : reopen(spool, head, *seq, state);
}

enum status
spool_append(struct spool *spool, const struct spool_entry *entries,
             size_t count, int64_t now_ms, uint64_t *seqs)
{
    struct spool_head head;

    enum status status = spool_begin(spool);
    if (status == STATUS_OK)
        status = spool_head(spool, &head);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = append_one(spool, &head, &entries[i], now_ms, &seqs[i]);
    if (status == STATUS_OK)
        status = head_put(spool, &head);
    if (status == STATUS_OK)
        status = spool_commit(spool);
    if (status != STATUS_OK)
        spool_abort(spool);
    return status;
}
