// SPDX-License-Identifier: Apache-2.0
#include "client/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/statement.h"
#include "common/crypto/digest.h"

// The format, written into the file's header.  To change it: raise FORMAT, add
// the steps from the version before to `migrate`, keep the old ones, and test a
// file of each version.  A program never opens a format above its own.
enum { APPLICATION_ID = 0x44505350, FORMAT = 1, BUSY_MS = 10000 };

// not_before, tries, code, field and text belong to the last outcome.
static const char schema[] =
    "CREATE TABLE spool (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
    " last_id BLOB NOT NULL, waiting INTEGER NOT NULL,"
    " retry INTEGER NOT NULL, rejected INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL);"
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, id BLOB NOT NULL,"
    " state INTEGER NOT NULL, recorded_at INTEGER NOT NULL,"
    " not_before INTEGER NOT NULL DEFAULT 0,"
    " tries INTEGER NOT NULL DEFAULT 0, code INTEGER NOT NULL DEFAULT 0,"
    " field TEXT, text TEXT, body BLOB NOT NULL, checksum INTEGER NOT NULL);"
    "CREATE INDEX event_id ON event (id);"
    "CREATE INDEX event_due ON event (not_before, seq) WHERE state = 1;"
    "PRAGMA application_id = 1146114896;" // APPLICATION_ID
    "PRAGMA user_version = 1;";           // FORMAT

static enum status
execute(struct spool *spool, const char *text)
{
    int rc = sqlite3_exec(spool->database, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? STATUS_OK : spool_fail(spool, rc);
}

// read_pragma reads a number out of the file's header.
static enum status
read_pragma(struct spool *spool, const char *text, int *value)
{
    sqlite3_stmt *row = NULL;

    int rc = sqlite3_prepare_v2(spool->database, text, -1, &row, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(row);
    if (rc == SQLITE_ROW)
        *value = sqlite3_column_int(row, 0);
    enum status status = rc == SQLITE_ROW ? STATUS_OK : spool_fail(spool, rc);
    sqlite3_finalize(row);
    return status;
}

static enum status
fill(struct spool *spool)
{
    char insert[256];
    uint64_t epoch;

    random_fill(&epoch, sizeof epoch);
    snprintf(insert, sizeof insert,
             "INSERT INTO spool VALUES (1, %lld, 0, zeroblob(16), 0, 0, 0, 0)",
             (long long)(int64_t)(epoch ? epoch : 1));
    enum status status = execute(spool, schema);
    return status == STATUS_OK ? execute(spool, insert) : status;
}

static enum status
refuse(struct spool *spool, const char *why)
{
    snprintf(spool->error, sizeof spool->error, "%.300s %s", spool->path, why);
    return STATUS_MALFORMED;
}

// check_format fills an empty file and knows its own again.
static enum status
check_format(struct spool *spool)
{
    int application = 0, format = 0, tables = 0;
    enum status status;

    if ((status = read_pragma(spool, "PRAGMA application_id", &application)) ||
        (status = read_pragma(spool, "PRAGMA user_version", &format)) ||
        (status =
             read_pragma(spool, "SELECT count(*) FROM sqlite_schema", &tables)))
        return status;
    if (application == 0 && format == 0 && tables == 0)
        return fill(spool);
    if (application != APPLICATION_ID)
        return refuse(spool, "is a database, but not a spool");
    if (format != FORMAT)
        return refuse(spool, "is a spool of a newer version of this program");
    return STATUS_OK;
}

static enum status
ready(struct spool *spool)
{
    enum status status;

    sqlite3_busy_timeout(spool->database, BUSY_MS);
    if ((status = execute(spool, "PRAGMA journal_mode = WAL")) ||
        (status = execute(spool, "PRAGMA synchronous = FULL")) ||
        (status = execute(spool, "PRAGMA journal_size_limit = 67108864")) ||
        (status = execute(spool, "BEGIN IMMEDIATE")))
        return status;
    if ((status = check_format(spool)) || (status = execute(spool, "COMMIT")))
        return status;
    return statements_prepare(spool);
}

// make_file creates the file for its owner alone: it holds customers' words.
static void
make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

static enum status
open_file(struct spool *spool, bool must_exist)
{
    if (access(spool->path, F_OK) != 0) {
        if (must_exist && errno == ENOENT) {
            snprintf(spool->error, sizeof spool->error,
                     "there is no spool %.300s", spool->path);
            return STATUS_NOT_FOUND;
        }
        make_file(spool->path);
    }
    int rc = sqlite3_open_v2(spool->path, &spool->database,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return rc == SQLITE_OK ? ready(spool) : spool_fail(spool, rc);
}

enum status
spool_open(struct spool **out, const char *path, uint64_t max_bytes,
           bool must_exist, char error[SPOOL_ERROR_MAX])
{
    enum status status = STATUS_MALFORMED;

    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool) {
        snprintf(error, SPOOL_ERROR_MAX, "out of memory");
        return STATUS_SYSTEM;
    }
    spool->max_bytes = max_bytes;
    if (strlen(path) < sizeof spool->path) {
        strcpy(spool->path, path);
        status = open_file(spool, must_exist);
    } else {
        snprintf(spool->error, sizeof spool->error, "the path is too long");
    }
    if (status != STATUS_OK) {
        memcpy(error, spool->error, SPOOL_ERROR_MAX);
        spool_close(spool);
        return status;
    }
    *out = spool;
    return STATUS_OK;
}

void
spool_close(struct spool *spool)
{
    if (!spool)
        return;
    statements_finalize(spool);
    sqlite3_close(spool->database);
    free(spool);
}

const char *
spool_error(const struct spool *spool)
{
    return spool->error;
}
