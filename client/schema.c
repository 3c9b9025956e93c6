// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "client/statement.h"
#include "common/crypto/digest.h"
#include "common/runtime/crc32c.h"

// The format, written into the file's header.  To change it: raise FORMAT, add
// the steps from the version before to `migrate`, keep the old ones, and test a
// file of each version.  A program never opens a format above its own.
enum { APPLICATION_ID = 0x44505350, FORMAT = 2 };

// Format 1.  not_before, tries, code, field and text belong to the last
// outcome.
static const char schema_1[] =
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
    "PRAGMA user_version = 1;";

// Format 2: accepted events are kept (`done`), events have comments and
// signatures, the checksum covers more than the body, and what a collector told
// is remembered (`peer`).
static const char schema_2[] =
    "ALTER TABLE spool ADD COLUMN previous_epoch INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE spool ADD COLUMN previous_last_seq INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE spool ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE spool ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE spool ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE spool ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE event ADD COLUMN salt BLOB;"
    "ALTER TABLE event ADD COLUMN comment BLOB;"
    "ALTER TABLE event ADD COLUMN signature BLOB;"
    "CREATE TABLE done (first INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
    " position INTEGER NOT NULL, kept INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, checksum INTEGER NOT NULL);"
    "CREATE INDEX done_kept ON done (position) WHERE kept > 0;"
    "CREATE TABLE lost (first INTEGER PRIMARY KEY, last INTEGER NOT NULL);"
    "CREATE TABLE peer (one INTEGER PRIMARY KEY CHECK (one = 1), store BLOB,"
    " incarnation INTEGER NOT NULL, backed_up INTEGER NOT NULL,"
    " clock_offset INTEGER, clock_seen INTEGER);"
    "INSERT INTO peer VALUES (1, NULL, 0, 0, NULL, NULL);"
    "UPDATE event SET checksum ="
    " event_checksum(seq, recorded_at, id, body, checksum);"
    // Numbers no longer there were accepted, every one.
    "INSERT INTO done SELECT before + 1, seq - 1, 0, 0, 0,"
    " done_checksum(before + 1, seq - 1) FROM"
    " (SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before FROM"
    "  (SELECT seq FROM event UNION ALL SELECT last_seq + 1 FROM spool))"
    " WHERE seq - before > 1;"
    "PRAGMA user_version = 2;";

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
    enum status status = execute(spool, schema_1);
    return status == STATUS_OK ? execute(spool, insert) : status;
}

static struct span
value_span(sqlite3_value *value)
{
    const void *bytes = sqlite3_value_blob(value);
    return span_of(bytes, (size_t)sqlite3_value_bytes(value));
}

// sql_checksum is event_checksum for an event of format 1; one that was damaged
// already gets a checksum that still is wrong.
static void
sql_checksum(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct spool_event event = {
        .seq = (uint64_t)sqlite3_value_int64(values[0]),
        .recorded_at_ms = sqlite3_value_int64(values[1]),
        .body = value_span(values[3]),
    };
    struct span id = value_span(values[2]);
    bool good = count == 5 && id.length == sizeof event.id &&
                sqlite3_value_int64(values[4]) ==
                    crc32c(event.body.data, event.body.length);

    if (good)
        memcpy(&event.id, id.data, sizeof event.id);
    uint32_t checksum = event_checksum(&event);
    sqlite3_result_int64(context, good ? checksum : ~checksum);
}

static void
sql_done_checksum(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct done_range range = {
        .first = (uint64_t)sqlite3_value_int64(values[0]),
        .last = (uint64_t)sqlite3_value_int64(values[count - 1]),
    };
    sqlite3_result_int64(context, done_checksum(&range));
}

static enum status
migrate(struct spool *spool, int format)
{
    enum status status;

    if (format >= 2)
        return STATUS_OK;
    int rc = sqlite3_create_function(spool->database, "event_checksum", 5,
                                     SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                     sql_checksum, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(spool->database, "done_checksum", 2,
                                     SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                     sql_done_checksum, NULL, NULL);
    if (rc != SQLITE_OK)
        return spool_fail(spool, rc);
    if ((status = execute(spool, schema_2)))
        return status;
    return STATUS_OK;
}

static enum status
refuse(struct spool *spool, const char *why)
{
    snprintf(spool->error, sizeof spool->error, "%.300s %s", spool->path, why);
    return STATUS_MALFORMED;
}

enum status
schema_ready(struct spool *spool)
{
    int application = 0, format = 0, tables = 0;
    enum status status;

    if ((status = read_pragma(spool, "PRAGMA application_id", &application)) ||
        (status = read_pragma(spool, "PRAGMA user_version", &format)) ||
        (status =
             read_pragma(spool, "SELECT count(*) FROM sqlite_schema", &tables)))
        return status;
    if (application == 0 && format == 0 && tables == 0) {
        if ((status = fill(spool)))
            return status;
        application = APPLICATION_ID;
        format = 1;
    }
    if (application != APPLICATION_ID)
        return refuse(spool, "is a database, but not a spool");
    if (format > FORMAT || format < 1)
        return refuse(spool, "is a spool of a newer version of this program");
    return migrate(spool, format);
}
