// SPDX-License-Identifier: Apache-2.0
#include "common/storage/keys.h"

#include <endian.h>
#include <lmdb.h>
#include <stdio.h>

#include "common/storage/environment.h"

enum { MAP_BYTES = 16 << 20, PATH_ROOM = 4096 };

static const uint8_t IDENTITY_KEY[] = "identity";

struct identity_bytes {
    uint8_t id[STORE_ID_SIZE];
    uint32_t incarnation; // little endian
};

static enum status
read_identity(MDB_cursor *cursor, struct store_identity *identity)
{
    MDB_val key = {.mv_size = sizeof IDENTITY_KEY,
                   .mv_data = (void *)IDENTITY_KEY};
    MDB_val stored;
    struct span value;
    struct identity_bytes bytes;

    int rc = mdb_cursor_get(cursor, &key, &stored, MDB_SET);
    if (rc)
        return lmdb_status(rc);
    enum status status = value_check(&stored, &value);
    if (status != STATUS_OK)
        return status;
    if (value.length != sizeof bytes)
        return STATUS_CORRUPT;
    memcpy(&bytes, value.data, sizeof bytes);
    memcpy(identity->id, bytes.id, STORE_ID_SIZE);
    identity->incarnation = le32toh(bytes.incarnation);
    return STATUS_OK;
}

static enum status
read_or_make(MDB_cursor *cursor, const uint8_t *fresh_id,
             struct store_identity *identity)
{
    enum status status = read_identity(cursor, identity);
    if (status != STATUS_NOT_FOUND)
        return status;

    struct identity_bytes bytes = {.incarnation = htole32(1)};
    memcpy(bytes.id, fresh_id, STORE_ID_SIZE);
    int rc = value_put(cursor, span_of(IDENTITY_KEY, sizeof IDENTITY_KEY),
                       span_of(&bytes, sizeof bytes), 0);
    if (rc)
        return lmdb_status(rc);
    return read_identity(cursor, identity);
}

static enum status
with_transaction(MDB_env *env, const uint8_t *fresh_id,
                 struct store_identity *identity)
{
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;

    int rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc)
        return lmdb_status(rc);
    if ((rc = mdb_dbi_open(txn, "store", MDB_CREATE, &dbi)) ||
        (rc = mdb_cursor_open(txn, dbi, &cursor))) {
        mdb_txn_abort(txn);
        return lmdb_status(rc);
    }
    enum status status = read_or_make(cursor, fresh_id, identity);
    mdb_cursor_close(cursor);
    if (status != STATUS_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    return lmdb_status(mdb_txn_commit(txn));
}

enum status
keys_identity(const char *dir, const uint8_t fresh_id[STORE_ID_SIZE],
              struct store_identity *identity)
{
    char path[PATH_ROOM];
    MDB_env *env;

    if (snprintf(path, sizeof path, "%s/keys", dir) >= (int)sizeof path)
        return STATUS_MALFORMED;
    enum status status = environment_open(&env, path, MAP_BYTES, 1, false);
    if (status != STATUS_OK)
        return status;
    status = with_transaction(env, fresh_id, identity);
    mdb_env_close(env);
    return status;
}

// in_keys opens dir/keys, calls work in a transaction and commits what it did.
static enum status
in_keys(const char *dir, bool read_only,
        enum status (*work)(MDB_cursor *cursor, void *context), void *context)
{
    char path[PATH_ROOM];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;

    if (snprintf(path, sizeof path, "%s/keys", dir) >= (int)sizeof path)
        return STATUS_MALFORMED;
    enum status status = environment_open(&env, path, 0, 1, read_only);
    if (status != STATUS_OK)
        return status;
    int rc = mdb_txn_begin(env, NULL, read_only ? MDB_RDONLY : 0, &txn);
    if (rc == 0) {
        if ((rc = mdb_dbi_open(txn, "store", 0, &dbi)) == 0)
            rc = mdb_cursor_open(txn, dbi, &cursor);
        if (rc == 0) {
            status = work(cursor, context);
            mdb_cursor_close(cursor);
        }
        if (rc || status != STATUS_OK)
            mdb_txn_abort(txn);
        else
            rc = mdb_txn_commit(txn);
    }
    mdb_env_close(env);
    return rc ? lmdb_status(rc) : status;
}

static enum status
read_work(MDB_cursor *cursor, void *context)
{
    return read_identity(cursor, context);
}

enum status
keys_read(const char *dir, struct store_identity *identity)
{
    return in_keys(dir, true, read_work, identity);
}

static enum status
incarnation_work(MDB_cursor *cursor, void *context)
{
    struct store_identity identity;

    enum status status = read_identity(cursor, &identity);
    if (status != STATUS_OK)
        return status;
    struct identity_bytes bytes = {.incarnation =
                                       htole32(*(const uint32_t *)context)};
    memcpy(bytes.id, identity.id, STORE_ID_SIZE);
    return lmdb_status(value_put(cursor,
                                 span_of(IDENTITY_KEY, sizeof IDENTITY_KEY),
                                 span_of(&bytes, sizeof bytes), 0));
}

enum status
keys_set_incarnation(const char *dir, uint32_t incarnation)
{
    return in_keys(dir, false, incarnation_work, &incarnation);
}
