// SPDX-License-Identifier: Apache-2.0
#include "client/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/statement.h"
#include "common/crypto/digest.h"

enum { BUSY_MS = 10000 };

static enum status
execute(struct spool *spool, const char *text)
{
    int rc = sqlite3_exec(spool->database, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? STATUS_OK : spool_fail(spool, rc);
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
    if ((status = schema_ready(spool)) || (status = execute(spool, "COMMIT")))
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
