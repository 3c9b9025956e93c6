// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"

enum column {
    COLUMN_SEQ,
    COLUMN_ID,
    COLUMN_STATE,
    COLUMN_RECORDED_AT,
    COLUMN_NOT_BEFORE,
    COLUMN_TRIES,
    COLUMN_CODE,
    COLUMN_FIELD,
    COLUMN_TEXT,
    COLUMN_BODY,
    COLUMN_CHECKSUM,
    COLUMN_SALT,
    COLUMN_COMMENT,
    COLUMN_SIGNATURE
};

static struct span
column_span(sqlite3_stmt *row, enum column column)
{
    const void *bytes = sqlite3_column_blob(row, (int)column);
    return span_of(bytes, (size_t)sqlite3_column_bytes(row, (int)column));
}

struct spool_event
event_of_row(sqlite3_stmt *row)
{
    struct spool_event event = {
        .seq = (uint64_t)sqlite3_column_int64(row, COLUMN_SEQ),
        .state = state_column(row, COLUMN_STATE),
        .recorded_at_ms = sqlite3_column_int64(row, COLUMN_RECORDED_AT),
        .not_before_ms = sqlite3_column_int64(row, COLUMN_NOT_BEFORE),
        .tries = (uint32_t)sqlite3_column_int64(row, COLUMN_TRIES),
        .code = (enum code)sqlite3_column_int(row, COLUMN_CODE),
        .field = column_span(row, COLUMN_FIELD),
        .text = column_span(row, COLUMN_TEXT),
        .body = column_span(row, COLUMN_BODY),
        .salt = column_span(row, COLUMN_SALT),
        .comment = column_span(row, COLUMN_COMMENT),
        .signature = column_span(row, COLUMN_SIGNATURE),
    };
    struct span id = column_span(row, COLUMN_ID);

    if (id.length == sizeof event.id)
        memcpy(&event.id, id.data, sizeof event.id);
    event.damaged =
        id.length != sizeof event.id ||
        sqlite3_column_int64(row, COLUMN_CHECKSUM) != event_checksum(&event);
    return event;
}

// walk visits the rows a statement gives; *last becomes the number of the last
// one visited, *more false when the visitor had enough.
static enum status
walk(struct spool *spool, enum spool_statement which, spool_visitor *visit,
     void *context, uint64_t position, uint64_t *last, bool *more)
{
    sqlite3_stmt *row = spool->statements[which];
    enum status status = STATUS_OK;

    for (;;) {
        int rc = sqlite3_step(row);
        if (rc != SQLITE_ROW) {
            if (rc != SQLITE_DONE)
                status = spool_fail(spool, rc);
            break;
        }
        struct spool_event event = event_of_row(row);
        if (position > 0) {
            event.state = SPOOL_KEPT;
            event.position = position;
        }
        *more = visit(context, &event);
        if (!*more)
            break;
        *last = event.seq;
    }
    sqlite3_reset(row);
    return status;
}

static void
bind_bounds(struct spool *spool, enum spool_statement which, uint64_t after,
            uint64_t before)
{
    sqlite3_bind_int64(spool->statements[which], 1, (sqlite3_int64)after);
    sqlite3_bind_int64(spool->statements[which], 2, (sqlite3_int64)before);
}

// gap_behind finds what is not done behind `after`: the numbers from *from + 1
// up to, not including, *to.
static enum status
gap_behind(struct spool *spool, uint64_t after, uint64_t *from, uint64_t *to)
{
    struct done_range range;
    enum status status;
    bool found;

    for (*from = after;; *from = range.last) {
        if ((status = done_covers(spool, *from + 1, &range, &found)))
            return status;
        if (!found)
            break;
    }
    if ((status = done_after(spool, *from, &range, &found)))
        return status;
    *to = found ? range.first : INT64_MAX;
    return STATUS_OK;
}

enum status
spool_waiting(struct spool *spool, struct spool_cursor *cursor,
              spool_visitor *visit, void *context)
{
    uint64_t from, to, last;
    struct spool_head head;
    enum status status;
    bool more = true;

    // Before the walk: what is stored meanwhile has a higher number.
    if ((status = spool_head(spool, &head)))
        return status;
    if (cursor->revision != head.revision)
        *cursor = (struct spool_cursor){.revision = head.revision};
    while (more && cursor->after < head.last_seq) {
        if ((status = gap_behind(spool, cursor->after, &from, &to)))
            return status;
        last = from;
        bind_bounds(spool, STATEMENT_WAITING, from, to);
        status =
            walk(spool, STATEMENT_WAITING, visit, context, 0, &last, &more);
        if (status != STATUS_OK)
            return status;
        if (more && to <= head.last_seq)
            last = to - 1;
        else if (more && last < head.last_seq)
            last = head.last_seq;
        cursor->after = last;
    }
    return STATUS_OK;
}

static enum status
walk_due(struct spool *spool, int64_t from_ms, int64_t to_ms,
         spool_visitor *visit, void *context, uint64_t *last, bool *more)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_DUE];

    sqlite3_bind_int64(row, 1, from_ms);
    sqlite3_bind_int64(row, 2, to_ms);
    return walk(spool, STATEMENT_DUE, visit, context, 0, last, more);
}

enum status
spool_due(struct spool *spool, int64_t now_ms, spool_visitor *visit,
          void *context)
{
    uint64_t last;
    bool more = true;

    enum status status =
        walk_due(spool, INT64_MIN, now_ms, visit, context, &last, &more);
    // The clock was ahead when these were put off, and was set back since.
    if (status == STATUS_OK && more && now_ms < INT64_MAX - RETRY_MOST_MS)
        status = walk_due(spool, now_ms + RETRY_MOST_MS + 1, INT64_MAX, visit,
                          context, &last, &more);
    return status;
}

enum status
spool_all(struct spool *spool, bool kept_as_well, spool_visitor *visit,
          void *context)
{
    struct done_range range;
    uint64_t from = 0, to, last = 0;
    enum status status;
    bool more = true, found = true;

    while (more && found) {
        if ((status = done_after(spool, from, &range, &found)))
            return status;
        to = found ? range.first : INT64_MAX;
        bind_bounds(spool, STATEMENT_ALL, from, to);
        status = walk(spool, STATEMENT_ALL, visit, context, 0, &last, &more);
        if (status != STATUS_OK || !found)
            return status;
        if (more && kept_as_well && range.kept > 0) {
            bind_bounds(spool, STATEMENT_ALL, range.first - 1, range.last + 1);
            status = walk(spool, STATEMENT_ALL, visit, context, range.position,
                          &last, &more);
            if (status != STATUS_OK)
                return status;
        }
        from = range.last;
    }
    return STATUS_OK;
}
