// SPDX-License-Identifier: Apache-2.0
//
// How kept events leave, and how they and others get back in line.
#include <stdio.h>

#include "client/statement.h"

// Of one transaction: submitters wait for it.
enum { RELEASE_EVENTS = 4096 };

static enum status
close_transaction(struct spool *spool, const struct spool_head *head,
                  enum status status)
{
    if (status == STATUS_OK)
        status = head_put(spool, head);
    if (status == STATUS_OK)
        status = spool_commit(spool);
    if (status != STATUS_OK)
        spool_abort(spool);
    return status;
}

static enum status
open_transaction(struct spool *spool, struct spool_head *head)
{
    enum status status = spool_begin(spool);
    return status == STATUS_OK ? spool_head(spool, head) : status;
}

enum status
spool_release(struct spool *spool, uint64_t backed_up_position, uint64_t *count)
{
    struct spool_head head;
    struct done_range range;
    enum status status;
    bool found;

    *count = 0;
    if ((status = done_oldest(spool, &range, &found)))
        return status;
    if (!found || range.position > backed_up_position)
        return STATUS_OK; // the usual case, without a write to disk
    status = open_transaction(spool, &head);
    while (status == STATUS_OK && *count < RELEASE_EVENTS) {
        status = done_oldest(spool, &range, &found);
        if (status != STATUS_OK || !found ||
            range.position > backed_up_position)
            break;
        *count += range.kept;
        status = done_drop(spool, &head, range);
    }
    return close_transaction(spool, &head, status);
}

// reopen_from puts what has another outcome than ACCEPTED back to waiting.
static enum status
reopen_from(struct spool *spool, struct spool_head *head, uint64_t from,
            uint64_t *count)
{
    sqlite3_stmt *clear = spool->statements[STATEMENT_CLEAR];
    struct measure measure;

    enum status status = events_measure(spool, from, INT64_MAX, &measure);
    if (status != STATUS_OK)
        return status;
    head->retry -= measure.retry;
    head->rejected -= measure.rejected;
    head->waiting += measure.retry + measure.rejected;
    *count += measure.rejected;
    sqlite3_bind_int64(clear, 1, (sqlite3_int64)from);
    sqlite3_bind_int64(clear, 2, INT64_MAX);
    return statement_run(spool, STATEMENT_CLEAR);
}

enum status
spool_resend(struct spool *spool, uint64_t from, uint64_t *count)
{
    struct spool_head head;

    *count = 0;
    enum status status = open_transaction(spool, &head);
    if (status == STATUS_OK)
        status = done_cut(spool, &head, from, INT64_MAX, count);
    head.waiting += *count;
    if (status == STATUS_OK)
        status = reopen_from(spool, &head, from, count);
    if (status == STATUS_OK && *count == 0) {
        spool_abort(spool); // the usual case
        return STATUS_OK;
    }
    head.revision += 1;
    return close_transaction(spool, &head, status);
}

// back_in_line makes one event wait, whatever became of it.
static enum status
back_in_line(struct spool *spool, struct spool_head *head, uint64_t seq,
             uint64_t *count)
{
    sqlite3_stmt *clear = spool->statements[STATEMENT_CLEAR];
    struct measure measure;
    enum status status;
    uint64_t cut;

    if ((status = done_cut(spool, head, seq, seq, &cut)) ||
        (status = events_measure(spool, seq, seq, &measure)))
        return status;
    if (measure.count == 0) {
        snprintf(spool->error, sizeof spool->error,
                 "there is no event %llu in the spool %.200s",
                 (unsigned long long)seq, spool->path);
        return STATUS_NOT_FOUND;
    }
    head->retry -= measure.retry;
    head->rejected -= measure.rejected;
    head->waiting += measure.retry + measure.rejected + cut;
    *count = measure.retry + measure.rejected + cut;
    sqlite3_bind_int64(clear, 1, (sqlite3_int64)seq);
    sqlite3_bind_int64(clear, 2, (sqlite3_int64)seq);
    return statement_run(spool, STATEMENT_CLEAR);
}

enum status
spool_retry(struct spool *spool, uint64_t seq, uint64_t *count)
{
    struct spool_head head;

    *count = 0;
    enum status status = open_transaction(spool, &head);
    head.revision += 1;
    if (status == STATUS_OK && seq != 0) {
        status = back_in_line(spool, &head, seq, count);
    } else if (status == STATUS_OK) {
        *count = head.retry + head.rejected;
        head.waiting += *count;
        head.retry = head.rejected = 0;
        status = statement_run(spool, STATEMENT_RETRY_ALL);
    }
    return close_transaction(spool, &head, status);
}
