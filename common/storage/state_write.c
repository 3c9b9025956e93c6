// SPDX-License-Identifier: Apache-2.0
//
// Writing state/: checkpoints, and moving what is pending into place.
#include <stdlib.h>

#include "common/storage/state_parts.h"

struct checkpoint {
    struct state *state;
    MDB_txn *txn;
    MDB_cursor *cursor[STATE_DB_COUNT], *pending;
    enum checkpoint_kind kind;
};

// written is the status of something that may have written to the disk.
static enum status
written(const struct state *state, int rc)
{
    return environment_written(state->env, rc);
}

static int
open_cursors(struct checkpoint *checkpoint)
{
    const struct state *state = checkpoint->state;

    int rc =
        mdb_cursor_open(checkpoint->txn, state->pending, &checkpoint->pending);
    for (size_t db = 0; db < STATE_DB_COUNT && rc == 0; db++)
        rc = mdb_cursor_open(checkpoint->txn, state->dbi[db],
                             &checkpoint->cursor[db]);
    return rc;
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
    if (checkpoint->pending)
        mdb_cursor_close(checkpoint->pending);
    checkpoint->pending = NULL;
}

static int
remove_key(struct checkpoint *checkpoint, enum state_db db, MDB_val *key)
{
    int rc = mdb_del(checkpoint->txn, checkpoint->state->dbi[db], key, NULL);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

// place moves one pending value to where it belongs; its checksum goes along.
static int
place(struct checkpoint *checkpoint, const MDB_val *key, MDB_val *value)
{
    size_t db = *(uint8_t *)key->mv_data;
    MDB_val own = {.mv_size = key->mv_size - 1,
                   .mv_data = (uint8_t *)key->mv_data + 1};

    if (db >= STATE_DB_COUNT)
        return MDB_CORRUPTED;
    if (value->mv_size == 0)
        return remove_key(checkpoint, (enum state_db)db, &own);
    return mdb_cursor_put(checkpoint->cursor[db], &own, value, 0);
}

// find_place sets the pending cursor on the first value not yet moved.
static int
find_place(struct checkpoint *checkpoint, MDB_val *key, MDB_val *value)
{
    uint8_t name = PENDING_PLACE;
    MDB_val place_key = {.mv_size = 1, .mv_data = &name};

    int rc =
        mdb_get(checkpoint->txn, checkpoint->state->pending, &place_key, value);
    if (rc == MDB_NOTFOUND)
        return mdb_cursor_get(checkpoint->pending, key, value, MDB_FIRST);
    if (rc)
        return rc;
    *key = *value;
    return mdb_cursor_get(checkpoint->pending, key, value, MDB_SET_RANGE);
}

static int
keep_place(struct checkpoint *checkpoint, MDB_val *key)
{
    uint8_t name = PENDING_PLACE, room[1 + STATE_KEY_MAX];
    MDB_val place_key = {.mv_size = 1, .mv_data = &name};
    MDB_val copy = {.mv_size = key->mv_size, .mv_data = room};

    memcpy(room, key->mv_data, key->mv_size);
    return mdb_put(checkpoint->txn, checkpoint->state->pending, &place_key,
                   &copy, 0);
}

static bool
is_last(int rc, const MDB_val *key)
{
    return rc == MDB_NOTFOUND ||
           (rc == 0 && *(uint8_t *)key->mv_data == PENDING_PLACE);
}

// move moves up to `most` pending values; *is_done: none is left.
static int
move(struct checkpoint *checkpoint, size_t most, bool *is_done)
{
    MDB_val key, value;

    int rc = find_place(checkpoint, &key, &value);
    for (size_t i = 0; i < most && rc == 0 && !is_last(rc, &key); i++) {
        rc = place(checkpoint, &key, &value);
        if (rc == 0)
            rc = mdb_cursor_get(checkpoint->pending, &key, &value, MDB_NEXT);
    }
    *is_done = is_last(rc, &key);
    if (*is_done)
        return mdb_drop(checkpoint->txn, checkpoint->state->pending, 0);
    return rc ? rc : keep_place(checkpoint, &key);
}

enum status
checkpoint_begin(struct checkpoint **out, struct state *state,
                 enum checkpoint_kind kind)
{
    bool is_done;
    size_t count;
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint)
        return STATUS_SYSTEM;
    checkpoint->state = state;
    checkpoint->kind = kind;
    int rc = mdb_txn_begin(state->env, NULL, 0, &checkpoint->txn);
    if (rc == 0)
        rc = open_cursors(checkpoint);
    if (rc == 0)
        rc = pending_count(checkpoint->txn, state, &count);
    if (rc == 0 && count > 0) // older than what comes now
        rc = move(checkpoint, SIZE_MAX, &is_done);
    if (rc) {
        checkpoint_abort(checkpoint);
        return written(state, rc);
    }
    *out = checkpoint;
    return STATUS_OK;
}

// put_pending appends; keys out of order find their place all the same.
static int
put_pending(struct checkpoint *checkpoint, enum state_db db, struct span key,
            struct span value)
{
    struct pending_key pending;

    if (!pending_key_of(&pending, db, key))
        return MDB_BAD_VALSIZE;
    struct span name = span_of(pending.bytes, pending.length);
    int rc = value_put(checkpoint->pending, name, value, MDB_APPEND);
    return rc == MDB_KEYEXIST ? value_put(checkpoint->pending, name, value, 0)
                              : rc;
}

enum status
checkpoint_put(struct checkpoint *checkpoint, enum state_db db, struct span key,
               struct span value)
{
    if (checkpoint->kind == CHECKPOINT_PENDING)
        return written(checkpoint->state,
                       put_pending(checkpoint, db, key, value));
    return written(checkpoint->state,
                   value_put(checkpoint->cursor[db], key, value, 0));
}

enum status
checkpoint_remove(struct checkpoint *checkpoint, enum state_db db,
                  struct span key)
{
    struct pending_key pending;
    MDB_val k = to_val(key), nothing = {0};

    if (checkpoint->kind == CHECKPOINT_PLACED)
        return written(checkpoint->state, remove_key(checkpoint, db, &k));
    if (!pending_key_of(&pending, db, key))
        return STATUS_MALFORMED;
    k = pending_val(&pending);
    return written(checkpoint->state,
                   mdb_cursor_put(checkpoint->pending, &k, &nothing, 0));
}

enum status
checkpoint_empty(struct checkpoint *checkpoint)
{
    int rc = mdb_drop(checkpoint->txn, checkpoint->state->pending, 0);

    for (size_t db = 0; db < STATE_DB_COUNT && rc == 0; db++)
        rc = mdb_drop(checkpoint->txn, checkpoint->state->dbi[db], 0);
    return written(checkpoint->state, rc);
}

enum status
checkpoint_commit(struct checkpoint *checkpoint)
{
    close_cursors(checkpoint);
    const struct state *state = checkpoint->state;
    int rc = mdb_txn_commit(checkpoint->txn);
    free(checkpoint);
    return written(state, rc);
}

void
checkpoint_abort(struct checkpoint *checkpoint)
{
    close_cursors(checkpoint);
    if (checkpoint->txn)
        mdb_txn_abort(checkpoint->txn);
    free(checkpoint);
}

enum status
state_settle(struct state *state, size_t most, bool *is_done)
{
    struct checkpoint checkpoint = {.state = state};
    size_t count = 0;

    *is_done = false;
    int rc = mdb_txn_begin(state->env, NULL, 0, &checkpoint.txn);
    if (rc == 0)
        rc = open_cursors(&checkpoint);
    if (rc == 0)
        rc = pending_count(checkpoint.txn, state, &count);
    if (rc == 0 && count > 0)
        rc = move(&checkpoint, most, is_done);
    close_cursors(&checkpoint);
    if (rc || count == 0) {
        *is_done = rc == 0;
        if (checkpoint.txn)
            mdb_txn_abort(checkpoint.txn);
        return written(state, rc);
    }
    return written(state, mdb_txn_commit(checkpoint.txn));
}
