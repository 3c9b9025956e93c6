// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "client/id.h"
#include "client/statement.h"

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
        *state = state_column(row, 1);
        break;
    }
    enum status status = rc == SQLITE_ROW || rc == SQLITE_DONE
                             ? STATUS_OK
                             : spool_fail(spool, rc);
    sqlite3_reset(row);
    return status;
}

// reopen puts an event in line again: as one whose next try is due, because
// the walk over the waiting ones may be past it.
static enum status
reopen(struct spool *spool, struct spool_head *head, uint64_t seq,
       enum spool_state state)
{
    sqlite3_stmt *update = spool->statements[STATEMENT_REOPEN];
    uint64_t cut;

    enum status status = done_cut(spool, head, seq, seq, &cut);
    if (status != STATUS_OK || (state == SPOOL_WAITING && cut == 0))
        return status;
    if (cut == 0)
        *state_count(head, state) -= 1;
    head->retry += 1;
    sqlite3_bind_int64(update, 1, (sqlite3_int64)seq);
    return statement_run(spool, STATEMENT_REOPEN);
}

static uint64_t
bytes_of(const struct spool_entry *entry)
{
    return entry->body.length + entry->salt.length + entry->comment.length +
           entry->signature.length + SPOOL_EVENT_OVERHEAD;
}

static enum status
refuse(struct spool *spool, const struct spool_head *head)
{
    snprintf(spool->error, sizeof spool->error,
             "the spool %.200s is full: %llu events wait, %llu are dead "
             "letters (dealerpulse-terminal spool ls), none could give way; "
             "its bound is %llu bytes (terminal.spool_bytes); nothing was "
             "stored",
             spool->path, (unsigned long long)(head->waiting + head->retry),
             (unsigned long long)head->rejected,
             (unsigned long long)spool->max_bytes);
    return STATUS_FULL;
}

// make_room lets the oldest kept events give way; no other ever does.
static enum status
make_room(struct spool *spool, struct spool_head *head, uint64_t needed)
{
    struct done_range range;
    enum status status;
    bool found;

    while (head->bytes + needed > spool->max_bytes) {
        if ((status = done_oldest(spool, &range, &found)))
            return status;
        if (!found)
            return refuse(spool, head);
        if ((status = done_drop(spool, head, range)))
            return status;
    }
    return STATUS_OK;
}

static void
bind_span(sqlite3_stmt *row, int index, struct span bytes)
{
    if (bytes.length > 0)
        sqlite3_bind_blob(row, index, bytes.data, (int)bytes.length,
                          SQLITE_STATIC);
    else
        sqlite3_bind_null(row, index);
}

static enum status
insert(struct spool *spool, struct spool_head *head,
       const struct spool_entry *entry, int64_t now_ms)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_INSERT];
    struct spool_event event = {
        .seq = head->last_seq + 1,
        .id = entry->id,
        .recorded_at_ms = now_ms,
        .body = entry->body,
        .salt = entry->salt,
        .comment = entry->comment,
        .signature = entry->signature,
    };

    enum status status = make_room(spool, head, bytes_of(entry));
    if (status != STATUS_OK)
        return status;
    head->bytes += bytes_of(entry);
    head->last_seq = event.seq;
    head->waiting += 1;
    id_raise(&head->last_id, &entry->id);
    sqlite3_bind_int64(row, 1, (sqlite3_int64)event.seq);
    sqlite3_bind_blob(row, 2, &entry->id, sizeof entry->id, SQLITE_STATIC);
    sqlite3_bind_int64(row, 3, now_ms);
    sqlite3_bind_blob(row, 4,
                      entry->body.length ? entry->body.data : (const void *)"",
                      (int)entry->body.length, SQLITE_STATIC);
    sqlite3_bind_int64(row, 5, event_checksum(&event));
    bind_span(row, 6, entry->salt);
    bind_span(row, 7, entry->comment);
    bind_span(row, 8, entry->signature);
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
    if (*seq != 0)
        return reopen(spool, head, *seq, state);
    status = insert(spool, head, entry, now_ms);
    *seq = head->last_seq;
    return status;
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
