// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"

// However short a time a receipt names: a RETRY must not become a busy loop.
enum { RETRY_LEAST_MS = 1000 };

static int64_t
pause_of(const struct settlement *settlement)
{
    if (settlement->after_ms < RETRY_LEAST_MS)
        return RETRY_LEAST_MS;
    return settlement->after_ms < RETRY_MOST_MS ? settlement->after_ms
                                                : RETRY_MOST_MS;
}

// known_state reads what the spool has of an event; *found is false when it
// left the spool already.
static enum status
known_state(struct spool *spool, uint64_t seq, enum spool_state *state,
            bool *found)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_STATE];

    sqlite3_bind_int64(row, 1, (sqlite3_int64)seq);
    int rc = sqlite3_step(row);
    *found = rc == SQLITE_ROW;
    if (*found)
        *state = state_column(row, 0);
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

    sqlite3_bind_int64(update, 1, (sqlite3_int64)settlement->seq);
    sqlite3_bind_int(update, 2, (int)state);
    sqlite3_bind_int64(update, 3, again ? now_ms + pause_of(settlement) : 0);
    sqlite3_bind_int(update, 4, again ? 1 : 0);
    sqlite3_bind_int(update, 5, (int)settlement->code);
    bind_text(update, 6, settlement->field);
    bind_text(update, 7, settlement->text);
    return statement_run(spool, STATEMENT_KEEP);
}

static enum status
clear(struct spool *spool, uint64_t first, uint64_t last)
{
    sqlite3_stmt *update = spool->statements[STATEMENT_CLEAR];

    sqlite3_bind_int64(update, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(update, 2, (sqlite3_int64)last);
    return statement_run(spool, STATEMENT_CLEAR);
}

// finish marks numbers done none of which is.
static enum status
finish(struct spool *spool, struct spool_head *head, struct done_range range)
{
    struct measure measure;

    enum status status =
        events_measure(spool, range.first, range.last, &measure);
    if (status == STATUS_OK && measure.retry + measure.rejected > 0)
        status = clear(spool, range.first, range.last);
    if (status != STATUS_OK || measure.count == 0)
        return status;
    head->waiting -= measure.count - measure.retry - measure.rejected;
    head->retry -= measure.retry;
    head->rejected -= measure.rejected;
    head->kept += measure.count;
    head->kept_bytes += measure.bytes;
    range.kept = measure.count;
    range.bytes = measure.bytes;
    return done_add(spool, range);
}

// finish_run does so with those of the run that are not done yet.
static enum status
finish_run(struct spool *spool, struct spool_head *head, struct done_range run)
{
    struct done_range other;
    enum status status;
    bool found;

    for (uint64_t at = run.first; at <= run.last;) {
        if ((status = done_covers(spool, at, &other, &found)))
            return status;
        if (found) {
            at = other.last + 1;
            continue;
        }
        if ((status = done_after(spool, at, &other, &found)))
            return status;
        struct done_range part = run;
        part.first = at;
        if (found && other.first <= part.last)
            part.last = other.first - 1;
        if ((status = finish(spool, head, part)))
            return status;
        at = part.last + 1;
    }
    return STATUS_OK;
}

static bool
is_done(const struct settlement *settlement)
{
    return settlement->kind == OUTCOME_ACCEPTED ||
           settlement->kind == OUTCOME_DUPLICATE;
}

static uint64_t
position_of(const struct settlement *settlement)
{
    return settlement->position ? settlement->position : INT64_MAX;
}

// settle_good takes the run of accepted events the list begins with, and
// returns how many it took.
static size_t
settle_good(struct spool *spool, struct spool_head *head,
            const struct settlement *list, size_t count, enum status *status)
{
    struct done_range run = {.first = list[0].seq,
                             .last = list[0].seq,
                             .position = position_of(&list[0])};
    size_t taken = 1;

    while (taken < count && is_done(&list[taken]) &&
           list[taken].seq == run.last + 1 &&
           position_of(&list[taken]) == run.position) {
        run.last += 1;
        taken += 1;
    }
    *status = finish_run(spool, head, run);
    return taken;
}

static enum status
settle_bad(struct spool *spool, struct spool_head *head,
           const struct settlement *settlement, int64_t now_ms)
{
    enum spool_state before = SPOOL_WAITING, after = SPOOL_RETRY;
    struct done_range range;
    enum status status;
    bool found;

    if ((status = done_covers(spool, settlement->seq, &range, &found)) || found)
        return status;
    status = known_state(spool, settlement->seq, &before, &found);
    if (status != STATUS_OK || !found)
        return status;
    if (settlement->kind == OUTCOME_REJECTED)
        after = SPOOL_REJECTED;
    *state_count(head, before) -= 1;
    *state_count(head, after) += 1;
    return keep(spool, settlement, after, now_ms);
}

enum status
spool_settle(struct spool *spool, const struct settlement *list, size_t count,
             int64_t now_ms)
{
    struct spool_head head;

    enum status status = spool_begin(spool);
    if (status == STATUS_OK)
        status = spool_head(spool, &head);
    for (size_t i = 0; i < count && status == STATUS_OK;) {
        if (is_done(&list[i])) {
            i += settle_good(spool, &head, &list[i], count - i, &status);
        } else {
            status = settle_bad(spool, &head, &list[i], now_ms);
            i += 1;
        }
    }
    if (status == STATUS_OK)
        status = head_put(spool, &head);
    if (status == STATUS_OK)
        status = spool_commit(spool);
    if (status != STATUS_OK)
        spool_abort(spool);
    return status;
}
