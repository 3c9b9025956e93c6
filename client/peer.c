// SPDX-License-Identifier: Apache-2.0
//
// What the spool remembers of the other side.
#include "client/statement.h"

enum status
spool_peer(struct spool *spool, struct spool_peer *peer)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_PEER_GET];
    enum status status = STATUS_OK;

    *peer = (struct spool_peer){0};
    int rc = sqlite3_step(row);
    if (rc == SQLITE_ROW) {
        peer->has_store = sqlite3_column_bytes(row, 0) == SPOOL_STORE_SIZE;
        if (peer->has_store)
            memcpy(peer->store, sqlite3_column_blob(row, 0), SPOOL_STORE_SIZE);
        peer->incarnation = (uint32_t)sqlite3_column_int64(row, 1);
        peer->backed_up_position = (uint64_t)sqlite3_column_int64(row, 2);
        peer->has_clock = sqlite3_column_type(row, 3) != SQLITE_NULL;
        peer->clock_offset_ms = sqlite3_column_int64(row, 3);
        peer->clock_seen_ms = sqlite3_column_int64(row, 4);
    } else {
        status = spool_fail(spool, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc);
    }
    sqlite3_reset(row);
    return status;
}

enum status
spool_peer_put(struct spool *spool, const struct spool_peer *peer)
{
    sqlite3_stmt *row = spool->statements[STATEMENT_PEER_PUT];

    if (peer->has_store)
        sqlite3_bind_blob(row, 1, peer->store, SPOOL_STORE_SIZE, SQLITE_STATIC);
    else
        sqlite3_bind_null(row, 1);
    sqlite3_bind_int64(row, 2, peer->incarnation);
    sqlite3_bind_int64(row, 3, (sqlite3_int64)peer->backed_up_position);
    if (peer->has_clock) {
        sqlite3_bind_int64(row, 4, peer->clock_offset_ms);
        sqlite3_bind_int64(row, 5, peer->clock_seen_ms);
    } else {
        sqlite3_bind_null(row, 4);
        sqlite3_bind_null(row, 5);
    }
    enum status status = spool_begin(spool);
    if (status == STATUS_OK)
        status = statement_run(spool, STATEMENT_PEER_PUT);
    if (status == STATUS_OK)
        status = spool_commit(spool);
    if (status != STATUS_OK)
        spool_abort(spool);
    return status;
}
