// SPDX-License-Identifier: Apache-2.0
//
// Reading state/: every look-up and every scan sees what is pending before
// what is in place.
#include <stdlib.h>

#include "common/storage/readers.h"
#include "common/storage/state_parts.h"

struct snapshot {
    struct state *state;
    MDB_txn *txn;
    bool has_pending;
};

// One of a scan's two cursors, at `key`; done: nothing left.
struct stream {
    MDB_cursor *cursor;
    MDB_val key, value;
    bool is_done;
};

struct scan {
    enum state_db db;
    bool has_begun;
    struct span from;
    struct stream placed, pending; // pending: cursor NULL without any
};

int
pending_count(MDB_txn *txn, const struct state *state, size_t *count)
{
    MDB_stat stat;

    int rc = mdb_stat(txn, state->pending, &stat);
    *count = rc ? 0 : stat.ms_entries;
    return rc;
}

static int
look_for_pending(struct snapshot *snapshot)
{
    size_t count;

    int rc = pending_count(snapshot->txn, snapshot->state, &count);
    snapshot->has_pending = count > 0;
    return rc;
}

enum status
snapshot_open(struct snapshot **out, struct state *state)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return STATUS_SYSTEM;
    snapshot->state = state;
    int rc = mdb_txn_begin(state->env, NULL, MDB_RDONLY, &snapshot->txn);
    if (rc == 0)
        rc = look_for_pending(snapshot);
    if (rc) {
        snapshot_close(snapshot);
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
    if (snapshot->txn)
        mdb_txn_abort(snapshot->txn);
    free(snapshot);
}

enum status
snapshot_renew(struct snapshot *snapshot)
{
    mdb_txn_reset(snapshot->txn);
    int rc = mdb_txn_renew(snapshot->txn);
    return lmdb_status(rc ? rc : look_for_pending(snapshot));
}

enum status
snapshot_get(struct snapshot *snapshot, enum state_db db, struct span key,
             struct span *value)
{
    MDB_val k, stored;
    struct pending_key pending;
    int rc = MDB_NOTFOUND;

    if (snapshot->has_pending && pending_key_of(&pending, db, key)) {
        k = pending_val(&pending);
        rc = mdb_get(snapshot->txn, snapshot->state->pending, &k, &stored);
        if (rc == 0 && stored.mv_size == 0)
            return STATUS_NOT_FOUND; // to be removed
    }
    if (rc == MDB_NOTFOUND) {
        k = to_val(key);
        rc = mdb_get(snapshot->txn, snapshot->state->dbi[db], &k, &stored);
    }
    return rc ? lmdb_status(rc) : value_check(&stored, value);
}

// last_pending finds the last key of a database among the pending ones that is
// not to be removed.
static int
last_pending(struct snapshot *snapshot, enum state_db db, struct span *key)
{
    MDB_cursor *cursor;
    uint8_t end = (uint8_t)(db + 1);
    MDB_val k = {.mv_size = 1, .mv_data = &end}, v;

    int rc = mdb_cursor_open(snapshot->txn, snapshot->state->pending, &cursor);
    if (rc)
        return rc;
    rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    rc = mdb_cursor_get(cursor, &k, &v, rc == 0 ? MDB_PREV : MDB_LAST);
    while (rc == 0 && *(uint8_t *)k.mv_data == db && v.mv_size == 0)
        rc = mdb_cursor_get(cursor, &k, &v, MDB_PREV);
    mdb_cursor_close(cursor);
    if (rc == 0 && *(uint8_t *)k.mv_data != db)
        rc = MDB_NOTFOUND;
    if (rc == 0)
        *key = span_of((uint8_t *)k.mv_data + 1, k.mv_size - 1);
    return rc;
}

static bool
is_to_be_removed(struct snapshot *snapshot, enum state_db db, struct span key)
{
    struct span value;

    return snapshot->has_pending &&
           snapshot_get(snapshot, db, key, &value) == STATUS_NOT_FOUND;
}

static int
last_placed(struct snapshot *snapshot, enum state_db db, struct span *key)
{
    MDB_cursor *cursor;
    MDB_val k, v;

    int rc = mdb_cursor_open(snapshot->txn, snapshot->state->dbi[db], &cursor);
    if (rc)
        return rc;
    rc = mdb_cursor_get(cursor, &k, &v, MDB_LAST);
    while (rc == 0 &&
           is_to_be_removed(snapshot, db, span_of(k.mv_data, k.mv_size)))
        rc = mdb_cursor_get(cursor, &k, &v, MDB_PREV);
    mdb_cursor_close(cursor);
    if (rc == 0)
        *key = span_of(k.mv_data, k.mv_size);
    return rc;
}

enum status
snapshot_last(struct snapshot *snapshot, enum state_db db, struct span *key)
{
    struct span pending;

    int rc = last_placed(snapshot, db, key);
    if ((rc && rc != MDB_NOTFOUND) || !snapshot->has_pending)
        return lmdb_status(rc);
    int other = last_pending(snapshot, db, &pending);
    if (other == MDB_NOTFOUND)
        return lmdb_status(rc);
    if (other == 0 && (rc || span_compare(pending, *key) > 0))
        *key = pending;
    return lmdb_status(other);
}

enum status
scan_open(struct scan **out, struct snapshot *snapshot, enum state_db db,
          struct span from)
{
    const struct state *state = snapshot->state;
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan)
        return STATUS_SYSTEM;
    scan->db = db;
    scan->from = from;
    int rc =
        mdb_cursor_open(snapshot->txn, state->dbi[db], &scan->placed.cursor);
    if (rc == 0 && snapshot->has_pending)
        rc = mdb_cursor_open(snapshot->txn, state->pending,
                             &scan->pending.cursor);
    if (rc) {
        scan_close(scan);
        return lmdb_status(rc);
    }
    *out = scan;
    return STATUS_OK;
}

// step moves a stream; its end is not an error.
static int
step(struct stream *stream, MDB_cursor_op op)
{
    int rc = mdb_cursor_get(stream->cursor, &stream->key, &stream->value, op);
    stream->is_done = rc != 0;
    return rc == MDB_NOTFOUND ? 0 : rc;
}

// step_pending shows the key without the byte of its database.
static int
step_pending(struct scan *scan, MDB_cursor_op op)
{
    struct stream *pending = &scan->pending;

    int rc = step(pending, op);
    if (pending->is_done)
        return rc;
    pending->is_done = *(uint8_t *)pending->key.mv_data != scan->db;
    pending->key.mv_data = (uint8_t *)pending->key.mv_data + 1;
    pending->key.mv_size--;
    return 0;
}

static int
begin(struct scan *scan)
{
    struct pending_key first;

    scan->has_begun = true;
    scan->pending.is_done = true;
    scan->placed.key = to_val(scan->from);
    int rc = step(&scan->placed, scan->from.length ? MDB_SET_RANGE : MDB_FIRST);
    if (rc || !scan->pending.cursor ||
        !pending_key_of(&first, scan->db, scan->from))
        return rc;
    scan->pending.key = pending_val(&first);
    return step_pending(scan, MDB_SET_RANGE);
}

// take lends the smaller of the two and moves what showed that key.
static int
take(struct scan *scan, MDB_val *key, MDB_val *value)
{
    struct stream *placed = &scan->placed, *pending = &scan->pending;
    int order = -1;

    if (placed->is_done || pending->is_done)
        order = placed->is_done ? 1 : -1;
    else
        order =
            span_compare(span_of(placed->key.mv_data, placed->key.mv_size),
                         span_of(pending->key.mv_data, pending->key.mv_size));
    *key = order < 0 ? placed->key : pending->key;
    *value = order < 0 ? placed->value : pending->value;
    int rc = order <= 0 ? step(placed, MDB_NEXT) : 0;
    return rc == 0 && order >= 0 ? step_pending(scan, MDB_NEXT) : rc;
}

enum status
scan_next(struct scan *scan, struct span *key, struct span *value)
{
    MDB_val k = {0}, stored = {0};

    int rc = scan->has_begun ? 0 : begin(scan);
    while (rc == 0 && stored.mv_size == 0) { // nothing: to be removed
        if (scan->placed.is_done && scan->pending.is_done)
            return STATUS_NOT_FOUND;
        rc = take(scan, &k, &stored);
    }
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
    if (scan->placed.cursor)
        mdb_cursor_close(scan->placed.cursor);
    if (scan->pending.cursor)
        mdb_cursor_close(scan->pending.cursor);
    free(scan);
}

enum status
state_oldest_reader(struct state *state, struct reader *reader, int *dead)
{
    return environment_oldest_reader(state->env, reader, dead);
}
