// SPDX-License-Identifier: Apache-2.0
#include "client/repair_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/id.h"
#include "client/lock.h"
#include "client/salvage.h"

static enum status
execute(struct repairing *repairing, const char *text)
{
    struct spool *spool = repairing->made;

    int rc = sqlite3_exec(spool->database, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? STATUS_OK : spool_fail(spool, rc);
}

// --- What the pages show -----------------------------------------------------

// Of two versions of an event the less final one counts: it is sent again.
static const char insert_text[] =
    "INSERT INTO event (" EVENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
    " ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT (seq) DO UPDATE SET"
    " state = min(state, excluded.state) WHERE id = excluded.id";

static void
bind_span(sqlite3_stmt *row, int index, struct span bytes, bool is_text)
{
    if (bytes.length == 0)
        sqlite3_bind_null(row, index);
    else if (is_text)
        sqlite3_bind_text(row, index, (const char *)bytes.data,
                          (int)bytes.length, SQLITE_STATIC);
    else
        sqlite3_bind_blob(row, index, bytes.data, (int)bytes.length,
                          SQLITE_STATIC);
}

static void
take_event(void *context, const struct spool_event *event)
{
    struct repairing *repairing = context;
    sqlite3_stmt *row = repairing->insert;

    if (repairing->status != STATUS_OK)
        return;
    if (event->seq > repairing->highest_seq)
        repairing->highest_seq = event->seq;
    id_raise(&repairing->last_id, &event->id);
    sqlite3_bind_int64(row, 1, (sqlite3_int64)event->seq);
    sqlite3_bind_blob(row, 2, &event->id, sizeof event->id, SQLITE_STATIC);
    sqlite3_bind_int(row, 3, (int)event->state);
    sqlite3_bind_int64(row, 4, event->recorded_at_ms);
    sqlite3_bind_int64(row, 5, event->not_before_ms);
    sqlite3_bind_int64(row, 6, event->tries);
    sqlite3_bind_int(row, 7, (int)event->code);
    bind_span(row, 8, event->field, true);
    bind_span(row, 9, event->text, true);
    sqlite3_bind_blob(row, 10,
                      event->body.length ? event->body.data : (const void *)"",
                      (int)event->body.length, SQLITE_STATIC);
    sqlite3_bind_int64(row, 11, event_checksum(event));
    bind_span(row, 12, event->salt, false);
    bind_span(row, 13, event->comment, false);
    bind_span(row, 14, event->signature, false);
    int rc = sqlite3_step(row);
    if (rc != SQLITE_DONE)
        repairing->status = spool_fail(repairing->made, rc);
    sqlite3_reset(row);
}

static void
take_head(void *context, const struct spool_head *head)
{
    struct repairing *repairing = context;

    if (head->last_seq >= repairing->head.last_seq)
        repairing->head = *head;
    id_raise(&repairing->last_id, &head->last_id);
}

static enum status
take_pages(struct repairing *repairing)
{
    struct salvage salvage = {
        .context = repairing, .event = take_event, .head = take_head};
    struct pages pages;

    enum status status = pages_open(&pages, repairing->path);
    if (status != STATUS_OK)
        return status;
    int rc = sqlite3_prepare_v2(repairing->made->database, insert_text, -1,
                                &repairing->insert, NULL);
    status = rc == SQLITE_OK ? salvage_read(&pages, &salvage)
                             : spool_fail(repairing->made, rc);
    sqlite3_finalize(repairing->insert);
    repairing->is_head_certain =
        repairing->head.epoch != 0 && !pages.is_log_damaged &&
        repairing->highest_seq <= repairing->head.last_seq;
    pages_close(&pages);
    return status == STATUS_OK ? repairing->status : status;
}

// is_ours tells a spool with nothing left in it from somebody's letter.
static bool
is_ours(const struct repairing *repairing)
{
    uint8_t start[100] = {1}, zero[100] = {0};

    if (repairing->head.epoch != 0 || repairing->highest_seq > 0)
        return true;
    int fd = open(repairing->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool whole = read(fd, start, sizeof start) == sizeof start;
    close(fd);
    return whole && (memcmp(start, zero, sizeof zero) == 0 ||
                     memcmp(start + 68, "DPSP", 4) == 0);
}

// --- The new file ------------------------------------------------------------

static enum status
fill(struct repairing *repairing)
{
    enum status status;

    // Nobody sees the file before it is complete and synced.
    if ((status = execute(repairing, "PRAGMA journal_mode = DELETE;"
                                     "PRAGMA journal_mode = OFF;"
                                     "PRAGMA synchronous = OFF;"
                                     "BEGIN IMMEDIATE")) ||
        (status = take_pages(repairing)))
        return status;
    if (!is_ours(repairing)) {
        snprintf(repairing->made->error, sizeof repairing->made->error,
                 "nothing of a spool is to be found in %.300s: if it is "
                 "something else, name another file; if not, move it away",
                 repairing->path);
        return STATUS_MALFORMED;
    }
    old_tables(repairing);
    if ((status = number_events(repairing)))
        return status;
    status = execute(repairing, "COMMIT; PRAGMA journal_mode = WAL;");
    if (status == STATUS_OK && repairing->has_peer)
        status = spool_peer_put(repairing->made, &repairing->peer);
    return status;
}

static enum status
sync_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return STATUS_SYSTEM;
    int result = fsync(fd);
    close(fd);
    return result == 0 ? STATUS_OK : STATUS_SYSTEM;
}

static void
remove_all(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".gate",
                                          "-journal"};
    char name[PATH_MAX];

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

// make builds "<path>.repaired", complete and on disk.
static enum status
make(struct repairing *repairing, const char *new_path)
{
    struct spool_repair *told = repairing->told;
    char repaired[PATH_MAX];

    remove_all(new_path);
    enum status status =
        spool_open(&repairing->made, new_path, UINT64_MAX, false, told->error);
    if (status != STATUS_OK)
        return status;
    status = fill(repairing);
    if (status != STATUS_OK)
        memcpy(told->error, spool_error(repairing->made), SPOOL_ERROR_MAX);
    spool_close(repairing->made);
    repairing->made = NULL;
    if (status == STATUS_OK)
        status = sync_file(new_path);
    snprintf(repaired, sizeof repaired, "%s.repaired", repairing->path);
    if (status == STATUS_OK && rename(new_path, repaired) != 0)
        status = STATUS_SYSTEM;
    remove_all(new_path);
    return status;
}

static void
name_files(struct spool_repair *told, const char *path)
{
    char when[32];
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &utc);
    snprintf(told->damaged, sizeof told->damaged, "%.4000s.damaged-%s", path,
             when);
    snprintf(told->report, sizeof told->report, "%.4000s.damaged-%s.txt", path,
             when);
}

static enum status
repair(struct repairing *repairing)
{
    char new_path[PATH_MAX];

    name_files(repairing->told, repairing->path);
    snprintf(new_path, sizeof new_path, "%.4000s.new", repairing->path);
    enum status status = make(repairing, new_path);
    if (status == STATUS_OK)
        status = repair_swap(repairing->path, repairing->told->damaged);
    if (status == STATUS_OK)
        report_write(repairing);
    return status;
}

enum status
spool_repair(const char *path, struct spool_repair *told)
{
    enum status status;
    int gate = -1;

    *told = (struct spool_repair){0};
    struct repairing *repairing = calloc(1, sizeof *repairing);
    if (!repairing)
        return STATUS_SYSTEM;
    repairing->path = path;
    repairing->told = told;
    if (strlen(path) >= PATH_MAX - SPOOL_ENDING_MAX)
        status = STATUS_MALFORMED;
    else if (access(path, R_OK) != 0)
        status = STATUS_NOT_FOUND;
    else if ((status = gate_open(path, &gate)) == STATUS_OK &&
             (status = gate_shut(gate)) == STATUS_OK)
        status = repair(repairing);
    if (status != STATUS_OK && told->error[0] == '\0')
        snprintf(told->error, sizeof told->error,
                 "the spool %.300s cannot be repaired: %s", path,
                 status == STATUS_SYSTEM ? strerror(errno)
                                         : status_text(status));
    gate_close(gate);
    free(repairing->lost);
    free(repairing);
    return status;
}
