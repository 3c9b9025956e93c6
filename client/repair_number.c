// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "client/repair_parts.h"

static enum status
execute(struct repairing *repairing, const char *text)
{
    struct spool *spool = repairing->made;

    int rc = sqlite3_exec(spool->database, text, NULL, NULL, NULL);
    return rc == SQLITE_OK ? STATUS_OK : spool_fail(spool, rc);
}

// --- What is lost ------------------------------------------------------------

static bool
note_gap(void *context, uint64_t first, uint64_t last)
{
    struct repairing *repairing = context;

    if (repairing->lost_count == repairing->lost_room) {
        size_t room = repairing->lost_room ? 2 * repairing->lost_room : 64;
        struct lost_range *grown =
            realloc(repairing->lost, room * sizeof *grown);
        if (!grown) {
            repairing->status = STATUS_SYSTEM;
            return false;
        }
        repairing->lost = grown;
        repairing->lost_room = room;
    }
    repairing->lost[repairing->lost_count++] =
        (struct lost_range){.first = first, .last = last};
    repairing->told->lost += last - first + 1;
    return true;
}

static enum status
put_lost(struct repairing *repairing)
{
    sqlite3_stmt *row = NULL;

    int rc =
        sqlite3_prepare_v2(repairing->made->database,
                           "INSERT INTO lost VALUES (?1, ?2)", -1, &row, NULL);
    if (rc == SQLITE_OK)
        rc = SQLITE_DONE;
    for (size_t i = 0; i < repairing->lost_count && rc == SQLITE_DONE; i++) {
        sqlite3_bind_int64(row, 1, (sqlite3_int64)repairing->lost[i].first);
        sqlite3_bind_int64(row, 2, (sqlite3_int64)repairing->lost[i].last);
        rc = sqlite3_step(row);
        sqlite3_reset(row);
    }
    enum status status =
        rc == SQLITE_DONE ? STATUS_OK : spool_fail(repairing->made, rc);
    sqlite3_finalize(row);
    return status;
}

// --- A new epoch -------------------------------------------------------------

struct renumbering {
    struct spool *made;
    sqlite3_stmt *put;
    uint64_t last_seq;
    int rc;
};

static bool
renumber_one(void *context, const struct spool_event *event)
{
    struct renumbering *work = context;
    struct spool_event moved = *event;

    moved.seq = ++work->last_seq;
    sqlite3_bind_int64(work->put, 1, (sqlite3_int64)moved.seq);
    sqlite3_bind_int64(work->put, 2, event_checksum(&moved));
    sqlite3_bind_int64(work->put, 3, (sqlite3_int64)event->seq);
    work->rc = sqlite3_step(work->put);
    sqlite3_reset(work->put);
    return work->rc == SQLITE_DONE;
}

// renumber gives the events the numbers 1, 2, ...; none is done any more.
static enum status
renumber(struct repairing *repairing, uint64_t *last_seq)
{
    struct spool *made = repairing->made;
    struct renumbering work = {.made = made, .rc = SQLITE_DONE};

    // Into a table of its own: a walk must not meet what it moved.
    enum status status =
        execute(repairing, "DELETE FROM done; DELETE FROM lost;"
                           "CREATE TABLE moved AS SELECT * FROM event;"
                           "DELETE FROM event;");
    if (status != STATUS_OK)
        return status;
    int rc = sqlite3_prepare_v2(
        made->database,
        "INSERT INTO event SELECT ?1, id, state, recorded_at, not_before,"
        " tries, code, field, text, body, ?2, salt, comment, signature"
        " FROM moved WHERE seq = ?3",
        -1, &work.put, NULL);
    if (rc != SQLITE_OK)
        return spool_fail(made, rc);
    sqlite3_stmt *row = NULL;
    rc = sqlite3_prepare_v2(made->database,
                            "SELECT " EVENT_COLUMNS " FROM moved ORDER BY seq",
                            -1, &row, NULL);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(row);
        if (rc != SQLITE_ROW)
            break;
        struct spool_event event = event_of_row(row);
        if (!renumber_one(&work, &event))
            break;
    }
    sqlite3_finalize(row);
    sqlite3_finalize(work.put);
    if (rc != SQLITE_DONE)
        return spool_fail(made, rc == SQLITE_ROW ? work.rc : rc);
    *last_seq = work.last_seq;
    return execute(repairing, "DROP TABLE moved");
}

// --- The head ----------------------------------------------------------------

static enum status
put_identity(struct spool *made, const struct spool_head *head)
{
    sqlite3_stmt *put = NULL;

    int rc =
        sqlite3_prepare_v2(made->database,
                           "UPDATE spool SET epoch = ?1, previous_epoch = ?2,"
                           " previous_last_seq = ?3",
                           -1, &put, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_bind_int64(put, 1, (sqlite3_int64)head->epoch);
        sqlite3_bind_int64(put, 2, (sqlite3_int64)head->previous_epoch);
        sqlite3_bind_int64(put, 3, (sqlite3_int64)head->previous_last_seq);
        rc = sqlite3_step(put);
    }
    enum status status = rc == SQLITE_DONE ? STATUS_OK : spool_fail(made, rc);
    sqlite3_finalize(put);
    return status;
}

static void
note_new_epoch(struct repairing *repairing, struct spool_head *head)
{
    struct spool_repair *told = repairing->told;

    told->is_new_epoch = true;
    told->previous_epoch = repairing->head.epoch;
    told->previous_last_seq = repairing->head.last_seq;
    if (told->previous_last_seq < repairing->highest_seq)
        told->previous_last_seq = repairing->highest_seq;
    head->previous_epoch = told->previous_epoch;
    head->previous_last_seq =
        told->previous_epoch ? told->previous_last_seq : 0;
}

enum status
number_events(struct repairing *repairing)
{
    struct spool *made = repairing->made;
    uint64_t last_seq = repairing->head.last_seq;
    struct spool_head head;
    enum status status;

    if ((status = spool_head(made, &head)))
        return status;
    if (last_seq < repairing->highest_seq)
        last_seq = repairing->highest_seq;
    status = gaps_visit(made, last_seq, note_gap, repairing);
    if (status == STATUS_OK)
        status = repairing->status;
    if (status != STATUS_OK)
        return status;
    if (repairing->is_head_certain) {
        head = repairing->head;
        status = put_lost(repairing);
    } else {
        note_new_epoch(repairing, &head);
        status = renumber(repairing, &head.last_seq);
    }
    repairing->told->lost_is_upper = !repairing->are_ranges_certain;
    head.last_id = repairing->last_id;
    if (status != STATUS_OK || (status = head_recount(made, &head)) ||
        (status = put_identity(made, &head)))
        return status;
    repairing->told->events =
        head.waiting + head.retry + head.rejected + head.kept;
    return head_put(made, &head);
}
