// SPDX-License-Identifier: Apache-2.0
#include "common/storage/journal.h"

#include <endian.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/storage/journal_parts.h"
#include "common/storage/readers.h"

enum { DATABASES = 3, PATH_ROOM = 4096 };

struct journal_reader {
    struct journal *journal;
    MDB_txn *txn;
    MDB_cursor *cursor;
    uint64_t next;
};

static const uint8_t END_KEY[] = "end";

static int
open_databases(struct journal *journal, bool read_only)
{
    MDB_txn *txn = NULL;
    unsigned create = read_only ? 0 : MDB_CREATE;

    int rc =
        mdb_txn_begin(journal->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
    if (rc)
        return rc;
    if ((rc = mdb_dbi_open(txn, "record", create, &journal->record)) ||
        (rc =
             mdb_dbi_open(txn, "publication", create, &journal->publication)) ||
        (rc = mdb_dbi_open(txn, "end", create, &journal->end))) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn); // also keeps the handles of a read-only one
}

enum status
journal_open(struct journal **out, const char *dir, size_t max_bytes,
             bool read_only)
{
    char path[PATH_ROOM];

    if (snprintf(path, sizeof path, "%s/journal", dir) >= (int)sizeof path)
        return STATUS_MALFORMED;
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        return STATUS_SYSTEM;
    enum status status =
        environment_open(&journal->env, path, max_bytes, DATABASES, read_only);
    if (status == STATUS_OK)
        status = lmdb_status(open_databases(journal, read_only));
    if (status != STATUS_OK) {
        journal_close(journal);
        return status;
    }
    *out = journal;
    return STATUS_OK;
}

void
journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->env)
        mdb_env_close(journal->env);
    free(journal);
}

// Stored by field, little endian, so that the bytes are the same everywhere.
struct end_bytes {
    uint64_t position, events;
    int64_t committed_at_ms;
    uint8_t head[CHAIN_SIZE];
};

static enum status
read_end(struct journal *journal, MDB_txn *txn, struct journal_end *end)
{
    MDB_val key = {.mv_size = sizeof END_KEY, .mv_data = (void *)END_KEY};
    MDB_val stored;
    struct span value;

    int rc = mdb_get(txn, journal->end, &key, &stored);
    if (rc == MDB_NOTFOUND) {
        *end = (struct journal_end){0};
        return STATUS_OK;
    }
    if (rc)
        return lmdb_status(rc);
    enum status status = value_check(&stored, &value);
    if (status != STATUS_OK)
        return status;
    struct end_bytes bytes;
    if (value.length != sizeof bytes)
        return STATUS_CORRUPT;
    memcpy(&bytes, value.data, sizeof bytes);
    end->position = le64toh(bytes.position);
    end->events = le64toh(bytes.events);
    end->committed_at_ms = (int64_t)le64toh((uint64_t)bytes.committed_at_ms);
    memcpy(end->head, bytes.head, CHAIN_SIZE);
    return STATUS_OK;
}

enum status
journal_end_read(struct journal *journal, struct journal_end *end)
{
    MDB_txn *txn;

    int rc = mdb_txn_begin(journal->env, NULL, MDB_RDONLY, &txn);
    if (rc)
        return lmdb_status(rc);
    enum status status = read_end(journal, txn, end);
    mdb_txn_abort(txn);
    return status;
}

int
journal_put(MDB_txn *txn, MDB_dbi dbi, struct span key, struct span value,
            unsigned flags)
{
    MDB_cursor *cursor;

    int rc = mdb_cursor_open(txn, dbi, &cursor);
    if (rc)
        return rc;
    rc = value_put(cursor, key, value, flags);
    mdb_cursor_close(cursor);
    return rc;
}

static int
put_all(struct journal *journal, MDB_txn *txn, struct span record,
        bool publication, const struct journal_end *end)
{
    uint64_t room;
    struct span key = journal_key(end->position, &room);
    struct end_bytes bytes = {
        .position = htole64(end->position),
        .events = htole64(end->events),
        .committed_at_ms = (int64_t)htole64((uint64_t)end->committed_at_ms),
    };
    memcpy(bytes.head, end->head, CHAIN_SIZE);

    int rc = journal_put(txn, journal->record, key, record, MDB_APPEND);
    if (rc == 0 && publication)
        rc = journal_put(txn, journal->publication, key, span_of("", 0),
                         MDB_APPEND);
    if (rc == 0)
        rc = journal_put(txn, journal->end, span_of(END_KEY, sizeof END_KEY),
                         span_of(&bytes, sizeof bytes), 0);
    return rc;
}

enum status
journal_append(struct journal *journal, struct span record, bool publication,
               const struct journal_end *end)
{
    MDB_txn *txn;
    struct journal_end before = {0};

    int rc = mdb_txn_begin(journal->env, NULL, 0, &txn);
    if (rc)
        return lmdb_status(rc);
    enum status status = read_end(journal, txn, &before);
    if (status == STATUS_OK && before.position + 1 != end->position)
        status = STATUS_BUSY;
    if (status == STATUS_OK)
        status = environment_written(
            journal->env, put_all(journal, txn, record, publication, end));
    if (status != STATUS_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    // The transaction is gone anyway.
    return environment_written(journal->env, mdb_txn_commit(txn));
}

enum status
journal_reader_open(struct journal_reader **out, struct journal *journal,
                    uint64_t from)
{
    struct journal_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return STATUS_SYSTEM;
    reader->journal = journal;
    reader->next = from;
    int rc = mdb_txn_begin(journal->env, NULL, MDB_RDONLY, &reader->txn);
    if (rc == 0)
        rc = mdb_cursor_open(reader->txn, journal->record, &reader->cursor);
    if (rc) {
        journal_reader_close(reader);
        return lmdb_status(rc);
    }
    *out = reader;
    return STATUS_OK;
}

enum status
journal_reader_next(struct journal_reader *reader, uint64_t *position,
                    struct span *record)
{
    uint64_t room;
    MDB_val key = to_val(journal_key(reader->next, &room));
    MDB_val value;

    int rc = mdb_cursor_get(reader->cursor, &key, &value, MDB_SET_RANGE);
    if (rc)
        return lmdb_status(rc);
    if (key.mv_size != sizeof room ||
        memcmp(key.mv_data, &room, sizeof room) != 0)
        return STATUS_CORRUPT; // a gap
    enum status status = value_check(&value, record);
    if (status != STATUS_OK)
        return status;
    *position = reader->next++;
    return STATUS_OK;
}

void
journal_reader_close(struct journal_reader *reader)
{
    if (!reader)
        return;
    if (reader->cursor)
        mdb_cursor_close(reader->cursor);
    if (reader->txn)
        mdb_txn_abort(reader->txn);
    free(reader);
}

// visit_one reads the record a key of the publication database names.
static enum status
visit_one(struct journal *journal, MDB_txn *txn, MDB_val *key,
          enum status (*visit)(void *, uint64_t, struct span), void *context)
{
    MDB_val value;
    struct span record;
    uint64_t position;

    if (key->mv_size != sizeof position)
        return STATUS_CORRUPT;
    memcpy(&position, key->mv_data, sizeof position);
    int rc = mdb_get(txn, journal->record, key, &value);
    if (rc)
        return rc == MDB_NOTFOUND ? STATUS_CORRUPT : lmdb_status(rc);
    enum status status = value_check(&value, &record);
    if (status != STATUS_OK)
        return status;
    return visit(context, be64toh(position), record);
}

enum status
journal_publications(struct journal *journal,
                     enum status (*visit)(void *context, uint64_t position,
                                          struct span record),
                     void *context)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key, value;
    enum status status = STATUS_OK;

    int rc = mdb_txn_begin(journal->env, NULL, MDB_RDONLY, &txn);
    if (rc)
        return lmdb_status(rc);
    rc = mdb_cursor_open(txn, journal->publication, &cursor);
    if (rc == 0) {
        while (status == STATUS_OK &&
               (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
            status = visit_one(journal, txn, &key, visit, context);
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    if (status == STATUS_OK && rc && rc != MDB_NOTFOUND)
        status = lmdb_status(rc);
    return status;
}

enum status
journal_oldest_reader(struct journal *journal, struct reader *reader, int *dead)
{
    return environment_oldest_reader(journal->env, reader, dead);
}
