// SPDX-License-Identifier: Apache-2.0
#include <lmdb.h>

#include "common/storage/journal_parts.h"

// What a transaction writes is in memory until it is committed.
enum { RECORDS_PER_TXN = 1024, BYTES_PER_TXN = 16 << 20 };

// Beside the end, in its database.
static const uint8_t BASE_KEY[] = "base";

// Stored by field, little endian.
struct base_bytes {
    uint64_t position, events;
    int64_t horizon;
    uint64_t fold;
    uint8_t head[CHAIN_SIZE], rules[CHAIN_SIZE], digest[CHAIN_SIZE];
};

static enum status
read_base(const MDB_val *stored, struct journal_base *base)
{
    struct base_bytes bytes;
    struct span value;

    enum status status = value_check(stored, &value);
    if (status != STATUS_OK)
        return status;
    if (value.length != sizeof bytes)
        return STATUS_CORRUPT;
    memcpy(&bytes, value.data, sizeof bytes);
    base->position = le64toh(bytes.position);
    base->events = le64toh(bytes.events);
    base->horizon = (int64_t)le64toh((uint64_t)bytes.horizon);
    base->fold = le64toh(bytes.fold);
    memcpy(base->head, bytes.head, CHAIN_SIZE);
    memcpy(base->rules, bytes.rules, CHAIN_SIZE);
    memcpy(base->digest, bytes.digest, CHAIN_SIZE);
    return STATUS_OK;
}

enum status
journal_base_read(struct journal *journal, struct journal_base *base)
{
    MDB_val key = {.mv_size = sizeof BASE_KEY, .mv_data = (void *)BASE_KEY};
    enum status status = STATUS_OK;
    MDB_val stored;
    MDB_txn *txn;

    *base = (struct journal_base){0};
    int rc = mdb_txn_begin(journal->env, NULL, MDB_RDONLY, &txn);
    if (rc)
        return lmdb_status(rc);
    rc = mdb_get(txn, journal->end, &key, &stored);
    if (rc == 0)
        status = read_base(&stored, base);
    else if (rc != MDB_NOTFOUND)
        status = lmdb_status(rc);
    mdb_txn_abort(txn);
    return status;
}

enum status
journal_base_write(struct journal *journal, const struct journal_base *base)
{
    struct base_bytes bytes = {
        .position = htole64(base->position),
        .events = htole64(base->events),
        .horizon = (int64_t)htole64((uint64_t)base->horizon),
        .fold = htole64(base->fold),
    };
    MDB_txn *txn;

    memcpy(bytes.head, base->head, CHAIN_SIZE);
    memcpy(bytes.rules, base->rules, CHAIN_SIZE);
    memcpy(bytes.digest, base->digest, CHAIN_SIZE);
    int rc = mdb_txn_begin(journal->env, NULL, 0, &txn);
    if (rc)
        return lmdb_status(rc);
    rc = journal_put(txn, journal->end, span_of(BASE_KEY, sizeof BASE_KEY),
                     span_of(&bytes, sizeof bytes), 0);
    if (rc) {
        mdb_txn_abort(txn);
        return environment_written(journal->env, rc);
    }
    return environment_written(journal->env, mdb_txn_commit(txn));
}

// One journal made of another.
struct copying {
    struct journal *from, *to;
    enum status (*reduce)(void *context, uint64_t position, struct span record,
                          struct span *out);
    void *context;
    uint64_t position; // copied so far
};

// copy_some copies a few records; *is_done: there were no more.
static enum status
copy_some(struct copying *copying, struct journal_reader *reader, MDB_txn *txn,
          bool *is_done)
{
    struct span record, reduced;
    uint64_t position, room;
    size_t bytes = 0;

    for (int i = 0; i < RECORDS_PER_TXN && bytes < BYTES_PER_TXN; i++) {
        enum status status = journal_reader_next(reader, &position, &record);
        *is_done = status == STATUS_NOT_FOUND;
        if (status == STATUS_OK)
            status =
                copying->reduce(copying->context, position, record, &reduced);
        if (status != STATUS_OK)
            return *is_done ? STATUS_OK : status;
        int rc = journal_put(txn, copying->to->record,
                             journal_key(position, &room), reduced, MDB_APPEND);
        if (rc)
            return environment_written(copying->to->env, rc);
        copying->position = position;
        bytes += reduced.length;
    }
    return STATUS_OK;
}

static enum status
copy_step(struct copying *copying, bool *is_done)
{
    struct journal_reader *reader;
    MDB_txn *txn;

    enum status status =
        journal_reader_open(&reader, copying->from, copying->position + 1);
    if (status != STATUS_OK)
        return status;
    int rc = mdb_txn_begin(copying->to->env, NULL, 0, &txn);
    if (rc) {
        journal_reader_close(reader);
        return lmdb_status(rc);
    }
    status = copy_some(copying, reader, txn, is_done);
    journal_reader_close(reader);
    if (status == STATUS_OK)
        return environment_written(copying->to->env, mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return status;
}

// copy_rows copies a small database, byte for byte with its checksums.
static int
copy_rows(MDB_txn *from, MDB_dbi source, MDB_txn *to, MDB_dbi target)
{
    MDB_cursor *cursor;
    MDB_val key, value;

    int rc = mdb_cursor_open(from, source, &cursor);
    if (rc)
        return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        if ((rc = mdb_put(to, target, &key, &value, 0)))
            break;
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static enum status
copy_rest(struct journal *from, struct journal *to)
{
    MDB_txn *source, *target;

    int rc = mdb_txn_begin(from->env, NULL, MDB_RDONLY, &source);
    if (rc)
        return lmdb_status(rc);
    rc = mdb_txn_begin(to->env, NULL, 0, &target);
    if (rc) {
        mdb_txn_abort(source);
        return lmdb_status(rc);
    }
    rc = copy_rows(source, from->publication, target, to->publication);
    if (rc == 0)
        rc = copy_rows(source, from->end, target, to->end);
    mdb_txn_abort(source);
    if (rc == 0)
        return environment_written(to->env, mdb_txn_commit(target));
    mdb_txn_abort(target);
    return environment_written(to->env, rc);
}

enum status
journal_copy(struct journal *from, struct journal *to,
             enum status (*reduce)(void *context, uint64_t position,
                                   struct span record, struct span *out),
             void *context)
{
    struct copying copying = {from, to, reduce, context, 0};
    enum status status = STATUS_OK;
    bool is_done = false;

    while (status == STATUS_OK && !is_done)
        status = copy_step(&copying, &is_done);
    return status == STATUS_OK ? copy_rest(from, to) : status;
}
