// SPDX-License-Identifier: Apache-2.0
//
// What is accepted stays until it is in a backup or its room is needed.
#include "tests/unit/spool_desk.h"

#include <sqlite3.h>

#include "client/statement.h"

static void
append_many(struct desk *desk, uint8_t first, uint8_t last)
{
    for (uint8_t i = first; i <= last; i++)
        append(desk, i, "twenty bytes of body");
}

static void
accepted_events_stay_until_they_are_in_a_backup(void **state)
{
    struct desk *desk = *state;

    append_many(desk, 1, 3);
    settle_at(desk, 1, CODE_NONE, 0, 10);
    settle_at(desk, 3, CODE_NONE, 0, 12);
    assert_int_equal(release(desk, 9), 0);
    assert_int_equal(head(desk).kept, 2);
    assert_int_equal(release(desk, 11), 1);
    assert_int_equal(all(desk, true), 2);
    assert_int_equal(desk->seen[0].seq, 2);
    assert_int_equal(desk->seen[0].state, SPOOL_WAITING);
    assert_int_equal(desk->seen[1].seq, 3);
    assert_int_equal(desk->seen[1].state, SPOOL_KEPT);
    assert_int_equal(desk->seen[1].position, 12);
    assert_int_equal(release(desk, 12), 1);
    assert_int_equal(head(desk).kept, 0);
    assert_int_equal(head(desk).kept_bytes, 0);
    assert_int_equal(head(desk).waiting, 1);
}

static void
position_nobody_told_is_never_backed_up(void **state)
{
    struct desk *desk = *state;

    append_many(desk, 1, 1);
    settle_at(desk, 1, CODE_ALREADY_STORED, 0, 0);
    assert_int_equal(release(desk, INT64_MAX - 1), 0);
    assert_int_equal(head(desk).kept, 1);
}

static void
kept_events_give_way_the_oldest_first_and_no_other_ever(void **state)
{
    struct desk *desk = *state;
    uint64_t each = SPOOL_EVENT_OVERHEAD + 20;
    struct spool_entry more = entry(60, "twenty bytes of body");
    uint64_t seq;

    append_many(desk, 1, 6);
    settle_at(desk, 5, CODE_NONE, 0, 10); // the oldest by its commit
    settle_at(desk, 2, CODE_NONE, 0, 20);
    settle(desk, 3, CODE_OFF_SCALE, 0);
    settle(desk, 4, CODE_UNKNOWN_DEALER, 0);
    assert_int_equal(reopen(desk, 6 * each), STATUS_OK);
    append_many(desk, 11, 11);
    assert_int_equal(all(desk, true), 6);
    assert_int_equal(desk->seen[3].seq, 4); // 5 went
    assert_int_equal(desk->seen[4].seq, 6);
    append_many(desk, 12, 12);
    assert_int_equal(head(desk).kept, 0);
    assert_int_equal(spool_append(desk->spool, &more, 1, NOW, &seq),
                     STATUS_FULL);
    assert_non_null(strstr(spool_error(desk->spool), "terminal.spool_bytes"));
    assert_int_equal(all(desk, true), 6); // 1, 3, 4, 6, 7, 8
    assert_int_equal(desk->seen[1].state, SPOOL_REJECTED);
    assert_int_equal(desk->seen[2].state, SPOOL_RETRY);
    assert_int_equal(head(desk).bytes, 6 * each);
}

static void
store_restored_from_a_backup_gets_kept_events_again(void **state)
{
    struct desk *desk = *state;
    struct spool_cursor cursor = {0};
    uint64_t count;

    append_many(desk, 1, 10);
    assert_int_equal(spool_waiting(desk->spool, &cursor, note, desk),
                     STATUS_OK);
    for (uint64_t seq = 1; seq <= 10; seq++)
        if (seq == 9)
            settle(desk, seq, CODE_OFF_SCALE, 0);
        else
            settle_at(desk, seq, CODE_NONE, 0, seq);
    assert_int_equal(release(desk, 4), 0); // 1 to 8 leave together
    assert_int_equal(spool_resend(desk->spool, 6, &count), STATUS_OK);
    assert_int_equal(count, 5); // 6, 7, 8, 10 and the dead letter
    assert_int_equal(head(desk).waiting, 5);
    assert_int_equal(head(desk).kept, 5);
    assert_int_equal(head(desk).rejected, 0);
    desk->seen_count = 0; // the cursor of before begins anew
    assert_int_equal(spool_waiting(desk->spool, &cursor, note, desk),
                     STATUS_OK);
    assert_int_equal(desk->seen_count, 5);
    assert_int_equal(desk->seen[0].seq, 6);
    assert_int_equal(desk->seen[3].seq, 9);
    assert_int_equal(desk->seen[4].seq, 10);
    assert_int_equal(release(desk, 8), 5);
    assert_int_equal(spool_resend(desk->spool, 1, &count), STATUS_OK);
    assert_int_equal(count, 0); // what left cannot be asked for
}

static void
kept_event_given_again_is_sent_again(void **state)
{
    struct desk *desk = *state;

    append_many(desk, 1, 3);
    for (uint64_t seq = 1; seq <= 3; seq++)
        settle_at(desk, seq, CODE_NONE, 0, 5);
    assert_int_equal(append(desk, 2, "twenty bytes of body"), 2);
    assert_int_equal(append(desk, 2, "twenty bytes of body"), 2);
    assert_int_equal(head(desk).kept, 2);
    assert_int_equal(head(desk).retry, 1);
    assert_int_equal(due(desk, NOW), 1);
    settle_at(desk, 2, CODE_ALREADY_STORED, 0, 7);
    assert_int_equal(head(desk).kept, 3);
    assert_int_equal(due(desk, INT64_MAX), 0);
    assert_int_equal(release(desk, 7), 3);
}

static void
person_puts_events_back_in_line(void **state)
{
    struct desk *desk = *state;
    uint64_t count;

    append_many(desk, 1, 5);
    settle(desk, 1, CODE_OFF_SCALE, 0);
    settle(desk, 2, CODE_UNKNOWN_DEALER, 3600000);
    settle_at(desk, 3, CODE_NONE, 0, 7);
    assert_int_equal(spool_retry(desk->spool, 1, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(head(desk).rejected, 0);
    assert_int_equal(spool_retry(desk->spool, 3, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(head(desk).kept, 0);
    assert_int_equal(spool_retry(desk->spool, 99, &count), STATUS_NOT_FOUND);
    assert_int_equal(waiting(desk, 0), 4);
    settle(desk, 4, CODE_TOO_OLD, 0);
    assert_int_equal(spool_retry(desk->spool, 0, &count), STATUS_OK);
    assert_int_equal(count, 2); // 2 and 4
    assert_int_equal(waiting(desk, 0), 5);
    assert_int_equal(head(desk).waiting, 5);
}

static void
what_goes_with_an_event_stays_with_it(void **state)
{
    struct desk *desk = *state;
    struct spool_entry one = entry(1, "body");
    uint64_t seq;

    one.salt = span_text("sixteen of salt!");
    one.comment = span_text("words");
    one.signature = span_text("a signature");
    assert_int_equal(spool_append(desk->spool, &one, 1, NOW, &seq), STATUS_OK);
    assert_int_equal(all(desk, true), 1);
    assert_false(desk->seen[0].damaged);
    assert_int_equal(desk->seen[0].salt.length, 16);
    assert_int_equal(desk->seen[0].comment.length, 5);
    assert_int_equal(desk->seen[0].signature.length, 11);
    assert_int_equal(head(desk).bytes, SPOOL_EVENT_OVERHEAD + 4 + 16 + 5 + 11);
    settle(desk, 1, CODE_NONE, 0);
    assert_int_equal(head(desk).kept_bytes, head(desk).bytes);
    release(desk, 1);
    assert_int_equal(head(desk).bytes, 0);
}

// --- Any order ---------------------------------------------------------------

struct model {
    enum { NONE, WAITING, RETRY, REJECTED, KEPT, GONE } is[201];
    uint64_t position[201];
};

static uint64_t
draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (*seed >> 33) % below;
}

static void
play_settle(struct desk *desk, struct model *model, uint64_t *seed)
{
    static const enum code codes[] = {CODE_NONE, CODE_NONE, CODE_ALREADY_STORED,
                                      CODE_OFF_SCALE, CODE_UNKNOWN_DEALER};
    uint64_t last = head(desk).last_seq;
    uint64_t seq = 1 + draw(seed, last);
    uint64_t count = 1 + draw(seed, 20);
    uint64_t position = 1 + draw(seed, 50);
    struct settlement list[20];
    size_t used = 0;

    for (; count > 0 && seq <= last; count--, seq++) {
        struct outcome outcome = outcome_of(codes[draw(seed, 5)], NULL);
        list[used++] = (struct settlement){.seq = seq,
                                           .kind = outcome.kind,
                                           .code = outcome.code,
                                           .position = position};
        if (model->is[seq] == KEPT || model->is[seq] == GONE)
            continue;
        model->position[seq] = position;
        model->is[seq] = outcome.kind == OUTCOME_RETRY      ? RETRY
                         : outcome.kind == OUTCOME_REJECTED ? REJECTED
                                                            : KEPT;
    }
    assert_int_equal(spool_settle(desk->spool, list, used, NOW), STATUS_OK);
}

// play_release follows what really left: neighbours leave together.
static void
play_release(struct desk *desk, struct model *model, uint64_t *seed)
{
    uint64_t position = draw(seed, 40);

    release(desk, position);
    all(desk, true);
    size_t at = 0;
    for (uint64_t seq = 1; seq <= 200; seq++) {
        bool there = at < desk->seen_count && desk->seen[at].seq == seq;
        at += there;
        if (!there && model->is[seq] == KEPT) {
            assert_true(model->position[seq] <= position);
            model->is[seq] = GONE;
        }
    }
}

static void
play_resend(struct desk *desk, struct model *model, uint64_t *seed)
{
    uint64_t from = 1 + draw(seed, 200), count, expected = 0;

    for (uint64_t seq = from; seq <= 200; seq++)
        expected += model->is[seq] == KEPT || model->is[seq] == REJECTED;
    for (uint64_t seq = from; seq <= 200 && expected > 0; seq++)
        if (model->is[seq] == KEPT || model->is[seq] == REJECTED ||
            model->is[seq] == RETRY)
            model->is[seq] = WAITING; // with nothing else, RETRY waits on
    assert_int_equal(spool_resend(desk->spool, from, &count), STATUS_OK);
    assert_int_equal(count, expected);
}

static void
compare(struct desk *desk, const struct model *model)
{
    struct spool_head told = head(desk);
    uint64_t counts[6] = {0};
    size_t at = 0;

    all(desk, true);
    for (uint64_t seq = 1; seq <= told.last_seq; seq++) {
        counts[model->is[seq]] += 1;
        if (model->is[seq] == GONE)
            continue;
        assert_true(at < desk->seen_count);
        assert_int_equal(desk->seen[at].seq, seq);
        assert_int_equal(desk->seen[at].state, (int)model->is[seq] - WAITING);
        assert_false(desk->seen[at].damaged);
        at += 1;
    }
    assert_int_equal(at, desk->seen_count);
    assert_int_equal(told.waiting, counts[WAITING]);
    assert_int_equal(told.retry, counts[RETRY]);
    assert_int_equal(told.rejected, counts[REJECTED]);
    assert_int_equal(told.kept, counts[KEPT]);
    assert_int_equal(told.kept_bytes,
                     counts[KEPT] * (SPOOL_EVENT_OVERHEAD + 20));
    assert_int_equal(waiting(desk, 0), counts[WAITING]);
    assert_int_equal(due(desk, INT64_MAX), counts[RETRY]);
}

static void
any_order_of_outcomes_and_backups_adds_up(void **state)
{
    struct desk *desk = *state;
    struct model model = {0};
    uint64_t seed = 20261122;

    print_message("seed %llu\n", (unsigned long long)seed);
    for (int step = 0; step < 600; step++) {
        uint64_t last = head(desk).last_seq;
        switch (draw(&seed, 4)) {
        case 0:
            for (uint64_t i = draw(&seed, 5); i > 0 && last < 200; i--) {
                append(desk, (uint8_t)last, "twenty bytes of body");
                model.is[++last] = WAITING;
            }
            break;
        case 1:
            if (last > 0)
                play_settle(desk, &model, &seed);
            break;
        case 2:
            play_release(desk, &model, &seed);
            break;
        default:
            if (draw(&seed, 8) == 0)
                play_resend(desk, &model, &seed);
        }
        compare(desk, &model);
    }
}

// --- However large -----------------------------------------------------------

// Statements that look at everything: on a person's word, or a repair's.
static bool
may_scan(size_t which)
{
    return which == STATEMENT_RETRY_ALL || which == STATEMENT_LOST ||
           which == STATEMENT_HEAD_GET || which == STATEMENT_HEAD_PUT ||
           which == STATEMENT_PEER_GET || which == STATEMENT_PEER_PUT;
}

static void
no_statement_looks_at_every_event(void **state)
{
    struct desk *desk = *state;
    struct spool *spool = desk->spool;
    char text[4096];

    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_stmt *plan = NULL;
        if (i <= STATEMENT_ROLLBACK || may_scan(i))
            continue;
        snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s",
                 sqlite3_sql(spool->statements[i]));
        assert_int_equal(
            sqlite3_prepare_v2(spool->database, text, -1, &plan, NULL),
            SQLITE_OK);
        while (sqlite3_step(plan) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(plan, 3);
            // An index may be walked in its order; a table may not, and
            // nothing is sorted.
            bool walks = strstr(step, "SCAN") && !strstr(step, "INDEX");
            if (walks || strstr(step, "TEMP B-TREE"))
                fail_msg("%s: %s", step, sqlite3_sql(spool->statements[i]));
        }
        sqlite3_finalize(plan);
    }
}

// --- Formats -----------------------------------------------------------------

// A file as version 1 wrote it: bodies with a checksum of their own, and
// accepted events were gone.
static void
write_format_1(const char *path)
{
    static const char text[] =
        "PRAGMA journal_mode = WAL;"
        "CREATE TABLE spool (one INTEGER PRIMARY KEY CHECK (one = 1),"
        " epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
        " last_id BLOB NOT NULL, waiting INTEGER NOT NULL,"
        " retry INTEGER NOT NULL, rejected INTEGER NOT NULL,"
        " bytes INTEGER NOT NULL);"
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, id BLOB NOT NULL,"
        " state INTEGER NOT NULL, recorded_at INTEGER NOT NULL,"
        " not_before INTEGER NOT NULL DEFAULT 0,"
        " tries INTEGER NOT NULL DEFAULT 0, code INTEGER NOT NULL DEFAULT 0,"
        " field TEXT, text TEXT, body BLOB NOT NULL,"
        " checksum INTEGER NOT NULL);"
        "CREATE INDEX event_id ON event (id);"
        "CREATE INDEX event_due ON event (not_before, seq) WHERE state = 1;"
        "PRAGMA application_id = 1146114896; PRAGMA user_version = 1;"
        "INSERT INTO spool VALUES (1, 77, 9, zeroblob(16), 1, 1, 1, 393);"
        // crc32c("123456789") = 0xe3069283
        "INSERT INTO event VALUES (3, zeroblob(16), 0, 5, 0, 0, 0, NULL, NULL,"
        " CAST('123456789' AS BLOB), 3808858755);"
        "INSERT INTO event VALUES (4, zeroblob(16), 1, 5, 6, 1, 65, 'dealer',"
        " 'unknown', CAST('123456789' AS BLOB), 3808858755);"
        "INSERT INTO event VALUES (8, zeroblob(16), 2, 5, 0, 0, 11, '', '',"
        " CAST('12345678X' AS BLOB), 3808858755);"; // damaged
    sqlite3 *database;

    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void
spool_of_the_version_before_is_brought_up_to_date(void **state)
{
    struct desk *desk = *state;

    snprintf(desk->path, sizeof desk->path, "%s/old.db", desk->folder);
    write_format_1(desk->path);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(all(desk, true), 3);
    assert_false(desk->seen[0].damaged);
    assert_false(desk->seen[1].damaged);
    assert_true(desk->seen[2].damaged);
    assert_int_equal(head(desk).epoch, 77);
    assert_int_equal(waiting(desk, 0), 1);
    assert_int_equal(due(desk, NOW), 1);
    settle(desk, 3, CODE_NONE, 0);
    settle(desk, 4, CODE_NONE, 0);
    assert_int_equal(head(desk).kept, 2);
    assert_int_equal(release(desk, 1), 2);
    assert_int_equal(append(desk, 1, "new"), 10);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(all(desk, true), 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(accepted_events_stay_until_they_are_in_a_backup),
        WITH_DESK(position_nobody_told_is_never_backed_up),
        WITH_DESK(kept_events_give_way_the_oldest_first_and_no_other_ever),
        WITH_DESK(store_restored_from_a_backup_gets_kept_events_again),
        WITH_DESK(kept_event_given_again_is_sent_again),
        WITH_DESK(person_puts_events_back_in_line),
        WITH_DESK(what_goes_with_an_event_stays_with_it),
        WITH_DESK(any_order_of_outcomes_and_backups_adds_up),
        WITH_DESK(no_statement_looks_at_every_event),
        WITH_DESK(spool_of_the_version_before_is_brought_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
