// SPDX-License-Identifier: Apache-2.0
#include "client/statement.h"
#include "common/runtime/crc32c.h"

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
    COLUMN_CHECKSUM
};

static struct span
column_span(sqlite3_stmt *row, enum column column)
{
    const void *bytes = sqlite3_column_blob(row, (int)column);
    return span_of(bytes, (size_t)sqlite3_column_bytes(row, (int)column));
}

static struct spool_event
read_event(sqlite3_stmt *row)
{
    struct spool_event event = {
        .seq = (uint64_t)sqlite3_column_int64(row, COLUMN_SEQ),
        .state = (enum spool_state)sqlite3_column_int(row, COLUMN_STATE),
        .recorded_at_ms = sqlite3_column_int64(row, COLUMN_RECORDED_AT),
        .not_before_ms = sqlite3_column_int64(row, COLUMN_NOT_BEFORE),
        .tries = (uint32_t)sqlite3_column_int64(row, COLUMN_TRIES),
        .code = (enum code)sqlite3_column_int(row, COLUMN_CODE),
        .field = column_span(row, COLUMN_FIELD),
        .text = column_span(row, COLUMN_TEXT),
        .body = column_span(row, COLUMN_BODY),
    };
    struct span id = column_span(row, COLUMN_ID);

    if (id.length == sizeof event.id)
        memcpy(&event.id, id.data, sizeof event.id);
    event.damaged = id.length != sizeof event.id ||
                    sqlite3_column_int64(row, COLUMN_CHECKSUM) !=
                        crc32c(event.body.data, event.body.length);
    return event;
}

static enum status
walk(struct spool *spool, enum spool_statement which, spool_visitor *visit,
     void *context)
{
    sqlite3_stmt *row = spool->statements[which];
    enum status status = STATUS_OK;
    bool more = true;

    while (more) {
        int rc = sqlite3_step(row);
        if (rc == SQLITE_ROW) {
            struct spool_event event = read_event(row);
            more = visit(context, &event);
        } else {
            more = false;
            if (rc != SQLITE_DONE)
                status = spool_fail(spool, rc);
        }
    }
    sqlite3_reset(row);
    return status;
}

enum status
spool_waiting(struct spool *spool, uint64_t after, spool_visitor *visit,
              void *context)
{
    sqlite3_bind_int64(spool->statements[STATEMENT_WAITING], 1,
                       (sqlite3_int64)after);
    return walk(spool, STATEMENT_WAITING, visit, context);
}

enum status
spool_due(struct spool *spool, int64_t now_ms, spool_visitor *visit,
          void *context)
{
    sqlite3_bind_int64(spool->statements[STATEMENT_DUE], 1, now_ms);
    return walk(spool, STATEMENT_DUE, visit, context);
}

enum status
spool_all(struct spool *spool, spool_visitor *visit, void *context)
{
    return walk(spool, STATEMENT_ALL, visit, context);
}
