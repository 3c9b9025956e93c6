// SPDX-License-Identifier: Apache-2.0
//
// state_parts: what reading and writing state/ share.  Internal to
// common/storage.
//
// A value is in its own database or, newer, in `pending`: key = database
// (1 byte), then the key there; value = what checkpoint_put stored, or nothing
// at all for a key that is to be removed.  The key PENDING_PLACE holds how far
// state_settle has come.
#pragma once

#include "common/storage/environment.h"
#include "common/storage/state.h"

enum { STATE_KEY_MAX = 500, PENDING_PLACE = 0xff };

struct state {
    MDB_env *env;
    MDB_dbi dbi[STATE_DB_COUNT], pending;
};

struct pending_key {
    uint8_t bytes[1 + STATE_KEY_MAX];
    size_t length;
};

// pending_key_of is false for a key longer than STATE_KEY_MAX.
static inline bool
pending_key_of(struct pending_key *out, enum state_db db, struct span key)
{
    if (key.length > STATE_KEY_MAX)
        return false;
    out->bytes[0] = (uint8_t)db;
    if (key.length > 0) // an empty span may have no data
        memcpy(out->bytes + 1, key.data, key.length);
    out->length = key.length + 1;
    return true;
}

static inline MDB_val
pending_val(const struct pending_key *key)
{
    return to_val(span_of(key->bytes, key->length));
}

// pending_count says how many values are pending; LMDB's code.
int pending_count(MDB_txn *txn, const struct state *state, size_t *count);
