// SPDX-License-Identifier: Apache-2.0
#include "client/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/lock.h"
#include "client/repair.h"
#include "client/statement.h"

enum { BUSY_MS = 10000, BUSY_PAUSE_MS = 5 };

static enum status
execute(struct spool *spool, const char *text)
{
    int rc = sqlite3_exec(spool->database, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? STATUS_OK : spool_fail(spool, rc);
}

// switch_to_wal waits where SQLite does not: of two programs that open a new
// file at once, both hold what the other would have to give up, and SQLite
// tells one of them so instead of asking it to wait.
static enum status
switch_to_wal(struct spool *spool)
{
    const struct timespec pause = {.tv_nsec = BUSY_PAUSE_MS * 1000000L};
    enum status status;

    for (int waited_ms = 0;; waited_ms += BUSY_PAUSE_MS) {
        status = execute(spool, "PRAGMA journal_mode = WAL");
        if (status != STATUS_BUSY || waited_ms >= BUSY_MS)
            return status;
        nanosleep(&pause, NULL);
    }
}

static enum status
ready(struct spool *spool)
{
    enum status status;

    sqlite3_busy_timeout(spool->database, BUSY_MS);
    if ((status = switch_to_wal(spool)) ||
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

// note_file remembers which file this is.
static void
note_file(struct spool *spool)
{
    struct stat told;

    if (stat(spool->path, &told) == 0) {
        spool->file_device = told.st_dev;
        spool->file_inode = told.st_ino;
    }
}

static enum status
open_database(struct spool *spool)
{
    note_file(spool);
    int rc = sqlite3_open_v2(spool->path, &spool->database,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return rc == SQLITE_OK ? ready(spool) : spool_fail(spool, rc);
}

static bool
was_replaced(const struct spool *spool)
{
    struct stat told;

    return stat(spool->path, &told) == 0 &&
           (told.st_dev != spool->file_device ||
            told.st_ino != spool->file_inode);
}

// close_database: the last to close a file deletes its log by name, and that
// may be the log of the file that took its place.
static void
close_database(struct spool *spool)
{
    if (!spool->database)
        return;
    statements_finalize(spool);
    if (was_replaced(spool))
        sqlite3_db_config(spool->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                          NULL);
    sqlite3_close(spool->database);
    spool->database = NULL;
}

enum status
spool_follow(struct spool *spool)
{
    if (!was_replaced(spool))
        return STATUS_OK;
    close_database(spool);
    return open_database(spool);
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
    if (gate_open(spool->path, &spool->gate) != STATUS_OK ||
        gate_pass(spool->gate) != STATUS_OK) {
        snprintf(spool->error, sizeof spool->error,
                 "cannot make or lock %.300s.gate: %s", spool->path,
                 strerror(errno));
        return STATUS_SYSTEM;
    }
    enum status status = open_database(spool);
    gate_leave(spool->gate);
    return status;
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
    spool->gate = -1;
    if (strlen(path) < sizeof spool->path - SPOOL_ENDING_MAX) {
        strcpy(spool->path, path);
        status = repair_finish(path);
        if (status == STATUS_OK)
            status = open_file(spool, must_exist);
        else
            snprintf(spool->error, sizeof spool->error,
                     "cannot finish the repair of %.300s", path);
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
    if (spool->gate >= 0)
        (void)!gate_pass(spool->gate);
    close_database(spool);
    gate_close(spool->gate);
    free(spool);
}

const char *
spool_error(const struct spool *spool)
{
    return spool->error;
}
