// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"

// However short a time a receipt names: a RETRY must not become a busy loop.
enum { RETRY_LEAST_MS = 1000 };

// known_state reads what the spool has of an event; *found is false when it
// left the spool already.
static enum status
known_state(struct spool *spool, uint64_t seq, enum spool_state *state,
            uint64_t *bytes, bool *found)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_STATE];

    sqlite3_bind_int64(row, 1, (sqlite3_int64)seq);
    int rc = sqlite3_step(row);
    *found = rc == SQLITE_ROW;
    if (*found) {
        *state = (enum spool_state)sqlite3_column_int(row, 0);
        *bytes = (uint64_t)sqlite3_column_int64(row, 1) + SPOOL_EVENT_OVERHEAD;
    }
    enum status status =
        *found || rc == SQLITE_DONE ? STATUS_OK : spool_fail(spool, rc);
    sqlite3_reset(row);
    return status;
}

static void
bind_text(sqlite3_stmt *statement, int index, struct span text)
{
    sqlite3_bind_text(statement, index,
                      text.length ? (const char *)text.data : "",
                      (int)text.length, SQLITE_STATIC);
}

static enum status
keep(struct spool *spool, const struct settlement *settlement,
     enum spool_state state, int64_t now_ms)
{
    sqlite3_stmt *update = spool->statements[STATEMENT_KEEP];
    bool again = state == SPOOL_RETRY;
    int64_t after = settlement->after_ms < RETRY_LEAST_MS
                        ? RETRY_LEAST_MS
                        : settlement->after_ms;

    sqlite3_bind_int64(update, 1, (sqlite3_int64)settlement->seq);
    sqlite3_bind_int(update, 2, (int)state);
    sqlite3_bind_int64(update, 3, again ? now_ms + after : 0);
    sqlite3_bind_int(update, 4, again ? 1 : 0);
    sqlite3_bind_int(update, 5, (int)settlement->code);
    bind_text(update, 6, settlement->field);
    bind_text(update, 7, settlement->text);
    return statement_run(spool, STATEMENT_KEEP);
}

static enum status
settle_one(struct spool *spool, struct spool_head *head,
           const struct settlement *settlement, int64_t now_ms)
{
    enum spool_state before = SPOOL_WAITING;
    uint64_t bytes = 0;
    bool found = false;

    enum status status =
        known_state(spool, settlement->seq, &before, &bytes, &found);
    if (status != STATUS_OK || !found)
        return status;

    *state_count(head, before) -= 1;
    if (settlement->kind == OUTCOME_REJECTED) {
        head->rejected += 1;
        return keep(spool, settlement, SPOOL_REJECTED, now_ms);
    }
    if (settlement->kind == OUTCOME_RETRY) {
        head->retry += 1;
        return keep(spool, settlement, SPOOL_RETRY, now_ms);
    }
    head->bytes -= bytes;
    sqlite3_stmt *delete = spool->statements[STATEMENT_DELETE];
    sqlite3_bind_int64(delete, 1, (sqlite3_int64)settlement->seq);
    return statement_run(spool, STATEMENT_DELETE);
}

enum status
spool_settle(struct spool *spool, const struct settlement *list, size_t count,
             int64_t now_ms)
{
    struct spool_head head;

    enum status status = spool_begin(spool);
    if (status == STATUS_OK)
        status = spool_head(spool, &head);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = settle_one(spool, &head, &list[i], now_ms);
    if (status == STATUS_OK)
        status = head_put(spool, &head);
    if (status == STATUS_OK)
        status = spool_commit(spool);
    if (status != STATUS_OK)
        spool_abort(spool);
    return status;
}
