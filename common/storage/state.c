// SPDX-License-Identifier: Apache-2.0
#include "common/storage/state.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/storage/environment.h"

enum { PATH_ROOM = 4096 };

struct state {
    MDB_env *env;
    MDB_dbi dbi[STATE_DB_COUNT];
};

struct snapshot {
    struct state *state;
    MDB_txn *txn;
};

struct scan {
    MDB_cursor *cursor;
    MDB_cursor_op op;
    struct span from;
};

struct checkpoint {
    struct state *state;
    MDB_txn *txn;
    MDB_cursor *cursor[STATE_DB_COUNT];
};

static const char *const NAMES[] = {
#define X(name, text) [STATE_##name] = text,
    STATE_MAP(X)
#undef X
};

const char *
state_db_name(enum state_db db)
{
    return NAMES[db];
}

static int
open_databases(struct state *state, bool read_only)
{
    MDB_txn *txn = NULL;

    int rc = mdb_txn_begin(state->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
    if (rc)
        return rc;
    for (size_t db = 0; db < STATE_DB_COUNT && rc == 0; db++)
        rc = mdb_dbi_open(txn, NAMES[db], read_only ? 0 : MDB_CREATE,
                          &state->dbi[db]);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn);
}

enum status
state_open(struct state **out, const char *dir, size_t max_bytes,
           bool read_only)
{
    char path[PATH_ROOM];

    if (snprintf(path, sizeof path, "%s/state", dir) >= (int)sizeof path)
        return STATUS_MALFORMED;
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return STATUS_SYSTEM;
    enum status status = environment_open(&state->env, path, max_bytes,
                                          STATE_DB_COUNT, read_only);
    if (status == STATUS_OK)
        status = lmdb_status(open_databases(state, read_only));
    if (status != STATUS_OK) {
        state_close(state);
        return status;
    }
    *out = state;
    return STATUS_OK;
}

void
state_close(struct state *state)
{
    if (!state)
        return;
    if (state->env)
        mdb_env_close(state->env);
    free(state);
}

enum status
snapshot_open(struct snapshot **out, struct state *state)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return STATUS_SYSTEM;
    snapshot->state = state;
    int rc = mdb_txn_begin(state->env, NULL, MDB_RDONLY, &snapshot->txn);
    if (rc) {
        free(snapshot);
        return lmdb_status(rc);
    }
    *out = snapshot;
    return STATUS_OK;
}

void
snapshot_close(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    mdb_txn_abort(snapshot->txn);
    free(snapshot);
}

enum status
snapshot_renew(struct snapshot *snapshot)
{
    mdb_txn_reset(snapshot->txn);
    return lmdb_status(mdb_txn_renew(snapshot->txn));
}

enum status
snapshot_get(struct snapshot *snapshot, enum state_db db, struct span key,
             struct span *value)
{
    MDB_val k = to_val(key), stored;

    int rc = mdb_get(snapshot->txn, snapshot->state->dbi[db], &k, &stored);
    if (rc)
        return lmdb_status(rc);
    return value_check(&stored, value);
}

enum status
snapshot_last(struct snapshot *snapshot, enum state_db db, struct span *key)
{
    MDB_cursor *cursor;
    MDB_val k, v;

    int rc = mdb_cursor_open(snapshot->txn, snapshot->state->dbi[db], &cursor);
    if (rc)
        return lmdb_status(rc);
    rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
    mdb_cursor_close(cursor);
    if (rc == 0)
        *key = span_of(k.mv_data, k.mv_size);
    return lmdb_status(rc);
}

enum status
scan_open(struct scan **out, struct snapshot *snapshot, enum state_db db,
          struct span from)
{
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        return STATUS_SYSTEM;
    int rc =
        mdb_cursor_open(snapshot->txn, snapshot->state->dbi[db], &scan->cursor);
    if (rc) {
        free(scan);
        return lmdb_status(rc);
    }
    scan->from = from;
    scan->op = from.length ? MDB_SET_RANGE : MDB_FIRST;
    *out = scan;
    return STATUS_OK;
}

enum status
scan_next(struct scan *scan, struct span *key, struct span *value)
{
    MDB_val k = to_val(scan->from), stored;

    int rc = mdb_cursor_get(scan->cursor, &k, &stored, scan->op);
    scan->op = MDB_NEXT;
    if (rc)
        return lmdb_status(rc);
    *key = span_of(k.mv_data, k.mv_size);
    return value_check(&stored, value);
}

void
scan_close(struct scan *scan)
{
    if (!scan)
        return;
    mdb_cursor_close(scan->cursor);
    free(scan);
}

enum status
checkpoint_begin(struct checkpoint **out, struct state *state)
{
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint)
        return STATUS_SYSTEM;
    checkpoint->state = state;
    int rc = mdb_txn_begin(state->env, NULL, 0, &checkpoint->txn);
    for (size_t db = 0; db < STATE_DB_COUNT && rc == 0; db++)
        rc = mdb_cursor_open(checkpoint->txn, state->dbi[db],
                             &checkpoint->cursor[db]);
    if (rc) {
        checkpoint_abort(checkpoint);
        return lmdb_status(rc);
    }
    *out = checkpoint;
    return STATUS_OK;
}

enum status
checkpoint_put(struct checkpoint *checkpoint, enum state_db db, struct span key,
               struct span value)
{
    return lmdb_status(value_put(checkpoint->cursor[db], key, value, 0));
}

enum status
checkpoint_remove(struct checkpoint *checkpoint, enum state_db db,
                  struct span key)
{
    MDB_val k = to_val(key);

    int rc = mdb_del(checkpoint->txn, checkpoint->state->dbi[db], &k, NULL);
    return rc == MDB_NOTFOUND ? STATUS_OK : lmdb_status(rc);
}

enum status
checkpoint_empty(struct checkpoint *checkpoint)
{
    int rc = 0;

    for (size_t db = 0; db < STATE_DB_COUNT && rc == 0; db++)
        rc = mdb_drop(checkpoint->txn, checkpoint->state->dbi[db], 0);
    return lmdb_status(rc);
}

// Cursors of a write transaction end with it and are closed before.
static void
close_cursors(struct checkpoint *checkpoint)
{
    for (size_t db = 0; db < STATE_DB_COUNT; db++) {
        if (checkpoint->cursor[db])
            mdb_cursor_close(checkpoint->cursor[db]);
        checkpoint->cursor[db] = NULL;
    }
}

enum status
checkpoint_commit(struct checkpoint *checkpoint)
{
    close_cursors(checkpoint);
    int rc = mdb_txn_commit(checkpoint->txn);
    free(checkpoint);
    return lmdb_status(rc);
}

void
checkpoint_abort(struct checkpoint *checkpoint)
{
    close_cursors(checkpoint);
    if (checkpoint->txn)
        mdb_txn_abort(checkpoint->txn);
    free(checkpoint);
}
