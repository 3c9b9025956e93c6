// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/wire/put.h"
#include "common/wire/query.h"
#include "report.pb-c.h"

struct rig {
    uint8_t room[4096];
    struct writer out;
    struct query query;
    struct answer_frame answer;
};

static const uint8_t hash[HASH_SIZE] = {1, 2, 3};

static struct writer *
begin(struct rig *rig)
{
    rig->out = writer_on(rig->room, sizeof rig->room);
    return &rig->out;
}

static enum code
query_back(struct rig *rig)
{
    size_t length = put_closed(&rig->out);

    return query_read(span_of(rig->room, length), &rig->query);
}

static enum code
answer_back(struct rig *rig)
{
    size_t length = answer_end(&rig->out);

    return answer_read(span_of(rig->room, length), &rig->answer);
}

static void
every_question_is_read_back(void **state)
{
    (void)state;
    struct rig rig;
    const struct query asked[] = {
        {.number = 1, .question = QUESTION_STATUS},
        {.number = 2,
         .question = QUESTION_PUBLICATION,
         .kind = PUBLICATION_DEALERS,
         .hash = span_of(hash, HASH_SIZE)},
        {.number = 3,
         .wait_position = 9,
         .wait_ms = 60000,
         .question = QUESTION_TALLIES,
         .first_month = 24312,
         .last_month = 24321},
        {.number = 4, .question = QUESTION_QUARANTINE, .limit = 100},
        {.number = 5,
         .question = QUESTION_ALERTS,
         .through_cases = true,
         .after_case = {.length = 3, .bytes = {2, 0, 7}}},
        {.number = 6,
         .question = QUESTION_ALERTS,
         .after_position = 12,
         .since_ms = -5},
    };

    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        assert_int_not_equal(query_write(begin(&rig), &asked[i]), 0);
        assert_int_equal(query_back(&rig), CODE_NONE);
        assert_int_equal(rig.query.question, asked[i].question);
        assert_true(rig.query.number == asked[i].number &&
                    rig.query.wait_position == asked[i].wait_position &&
                    rig.query.wait_ms == asked[i].wait_ms &&
                    rig.query.kind == asked[i].kind &&
                    rig.query.first_month == asked[i].first_month &&
                    rig.query.last_month == asked[i].last_month &&
                    rig.query.limit == asked[i].limit &&
                    rig.query.through_cases == asked[i].through_cases &&
                    rig.query.after_position == asked[i].after_position &&
                    rig.query.since_ms == asked[i].since_ms);
        assert_true(span_equal(
            span_of(rig.query.after_case.bytes, rig.query.after_case.length),
            span_of(asked[i].after_case.bytes, asked[i].after_case.length)));
        assert_true(span_equal(rig.query.hash, asked[i].hash));
    }
}

static void
a_query_asks_one_thing(void **state)
{
    (void)state;
    struct rig rig;

    put_unsigned(begin(&rig), 1, PROTOCOL_VERSION);
    assert_int_equal(query_back(&rig), CODE_MALFORMED);
    query_write(begin(&rig), &(struct query){.question = QUESTION_STATUS});
    put_bytes_always(&rig.out, QUESTION_TALLIES, (struct span){NULL, 0});
    assert_int_equal(query_back(&rig), CODE_MALFORMED);
    put_bytes_always(begin(&rig), QUESTION_STATUS, (struct span){NULL, 0});
    assert_int_equal(query_back(&rig), CODE_MALFORMED); // no version
    put_unsigned(begin(&rig), 1, 2);
    put_bytes_always(&rig.out, 99, (struct span){NULL, 0});
    assert_int_equal(query_back(&rig), CODE_UNKNOWN_VERSION);
    put_unsigned(begin(&rig), 1, PROTOCOL_VERSION);
    put_unsigned(&rig.out, 4, 60001);
    put_bytes_always(&rig.out, QUESTION_STATUS, (struct span){NULL, 0});
    assert_int_equal(query_back(&rig), CODE_MALFORMED);
    put_unsigned(begin(&rig), 1, PROTOCOL_VERSION);
    put_bytes_always(&rig.out, QUESTION_STATUS, span_text("\x08\x01"));
    assert_int_equal(query_back(&rig), CODE_MALFORMED); // has no fields
}

static void
a_status_is_read_back(void **state)
{
    (void)state;
    struct rig rig;
    static const uint32_t months[] = {24312, 24313, 24400};
    const struct store_status status = {
        .store = span_of(hash, 16),
        .incarnation = 3,
        .journal_position = 12,
        .head = span_of(hash, HASH_SIZE),
        .events = 20000000,
        .last_commit_at_ms = 1790000000000,
        .programme_hash = span_of(hash, HASH_SIZE),
        .dealers_hash = span_of(hash, HASH_SIZE),
        .fold_version = 1,
        .backed_up_position = 11,
        .unfolded_ms = 1234,
        .intake_held = true,
        .reader_pid = 4321,
        .reader_ms = 60001,
    };
    uint32_t month;

    answer_begin(begin(&rig), 5, 12);
    answer_status(&rig.out, &status, months, 3);
    assert_int_equal(answer_back(&rig), CODE_NONE);
    assert_true(rig.answer.number == 5 && rig.answer.position == 12);
    assert_true(rig.answer.has_status);
    struct store_status *read = &rig.answer.status;
    assert_true(read->incarnation == 3 && read->journal_position == 12 &&
                read->events == 20000000 && read->fold_version == 1 &&
                read->last_commit_at_ms == 1790000000000 &&
                read->backed_up_position == 11);
    assert_true(read->unfolded_ms == 1234 && read->intake_held &&
                read->reader_pid == 4321 && read->reader_ms == 60001);
    assert_true(span_equal(read->head, status.head));
    for (int i = 0; i < 3; i++) {
        assert_true(status_next_month(&read->months, &month));
        assert_int_equal(month, months[i]);
    }
    assert_false(status_next_month(&read->months, &month));
}

static void
tallies_are_read_back(void **state)
{
    (void)state;
    struct rig rig;
    static const uint32_t counters[] = {1, 16777217, UINT32_MAX};
    static const int64_t values[] = {INT64_MIN, 0, INT64_MAX};
    struct tally_row row;
    uint32_t counter;
    int64_t value;

    answer_begin(begin(&rig), 5, 12);
    answer_tally(&rig.out, 24312, span_text("D1"), 1, counters, values, 3);
    answer_tally(&rig.out, 0, span_text("HQ"), 0, NULL, NULL, 0);
    assert_int_equal(answer_back(&rig), CODE_NONE);
    assert_true(answer_next_tally(&rig.answer.tallies, &row));
    assert_true(row.month == 24312 && row.slice == 1);
    assert_true(span_equal(row.dealer, span_text("D1")));
    for (int i = 0; i < 3; i++) {
        assert_true(row_next(&row, &counter, &value));
        assert_true(counter == counters[i] && value == values[i]);
    }
    assert_false(row_next(&row, &counter, &value));
    assert_true(answer_next_tally(&rig.answer.tallies, &row));
    assert_true(row.month == 0 && !row_next(&row, &counter, &value));
    assert_false(answer_next_tally(&rig.answer.tallies, &row));
}

static void
publications_quarantine_and_errors_are_read_back(void **state)
{
    (void)state;
    struct rig rig;
    const struct publication given = {
        PUBLICATION_DEALERS, span_of(hash, HASH_SIZE), span_text("id,name\n")};
    const struct quarantine_row listed = {
        .position = 4, .index = 2, .reason = 7, .text = span_text("too large")};
    struct publication publication;
    struct quarantine_row row;

    answer_begin(begin(&rig), 5, 12);
    answer_publication(&rig.out, &given);
    answer_quarantine(&rig.out, &listed);
    assert_int_equal(answer_back(&rig), CODE_NONE);
    assert_false(rig.answer.has_status);
    assert_true(
        answer_next_publication(&rig.answer.publications, &publication));
    assert_true(span_equal(publication.content, given.content));
    assert_false(
        answer_next_publication(&rig.answer.publications, &publication));
    assert_true(answer_next_quarantine(&rig.answer.quarantine, &row));
    assert_true(row.position == 4 && row.index == 2 && row.reason == 7);
    assert_true(span_equal(row.text, listed.text));

    answer_begin(begin(&rig), 6, 12);
    answer_error(&rig.out, CODE_STORE_FULL, "no room");
    assert_int_equal(answer_back(&rig), CODE_NONE);
    assert_int_equal(rig.answer.code, CODE_STORE_FULL);
    assert_true(span_equal(rig.answer.text, span_text("no room")));
}

static void
alerts_are_read_back(void **state)
{
    (void)state;
    struct rig rig;
    const struct alert_row given = {.key = span_text("\x02zzzzC1"),
                                    .dealer = span_text("D1"),
                                    .alert = {.kind = ALERT_CASE,
                                              .event = {{9}},
                                              .at = -1,
                                              .class = CLASS_HARD,
                                              .answer_due = INT64_MAX,
                                              .updated_at = 5,
                                              .update_due = INT64_MIN}};
    const struct alert_row over = {.key = span_text("\x01zzzzvV")};
    struct alert_row row;

    answer_begin(begin(&rig), 5, 12);
    answer_alert(&rig.out, &given);
    answer_alert(&rig.out, &over);
    answer_alert_page(&rig.out, &(struct alert_page){.next_case = given.key});
    assert_int_equal(answer_back(&rig), CODE_NONE);
    assert_true(answer_next_alert(&rig.answer.alerts, &row));
    assert_true(span_equal(row.key, given.key) &&
                span_equal(row.dealer, given.dealer));
    assert_memory_equal(&row.alert.event, &given.alert.event, EVENT_ID_SIZE);
    assert_true(row.alert.kind == ALERT_CASE && row.alert.at == -1 &&
                row.alert.class == CLASS_HARD &&
                row.alert.answer_due == INT64_MAX &&
                row.alert.updated_at == 5 && row.alert.update_due == INT64_MIN);
    assert_true(answer_next_alert(&rig.answer.alerts, &row));
    assert_true(row.alert.kind == ALERT_NONE && row.dealer.length == 0);
    assert_false(answer_next_alert(&rig.answer.alerts, &row));
    assert_true(rig.answer.has_alert_page && !rig.answer.alert_page.is_done);
    assert_true(span_equal(rig.answer.alert_page.next_case, given.key));
}

static void
an_alert_is_somebody_s_and_began_with_something(void **state)
{
    (void)state;
    struct rig rig;

    for (int lacks = 0; lacks < 3; lacks++) {
        answer_begin(begin(&rig), 1, 1);
        put_open(&rig.out, 9);
        put_bytes(&rig.out, 1, span_text("k"));
        put_unsigned(&rig.out, 2, ALERT_DETRACTOR);
        if (lacks != 1)
            put_bytes(&rig.out, 3, span_text("D1"));
        if (lacks != 2)
            put_bytes(&rig.out, 4, span_of(hash, EVENT_ID_SIZE));
        put_close(&rig.out);
        assert_int_equal(answer_back(&rig),
                         lacks == 0 ? CODE_NONE : CODE_MALFORMED);
    }
}

// tally_with writes a row by hand and reads the answer.
static enum code
tally_with(struct rig *rig, struct span counters, struct span values)
{
    answer_begin(begin(rig), 1, 1);
    put_open(&rig->out, 7);
    put_bytes(&rig->out, 2, span_text("D1"));
    put_bytes(&rig->out, 4, counters);
    put_bytes(&rig->out, 5, values);
    put_close(&rig->out);
    return answer_back(rig);
}

static void
a_row_has_as_many_values_as_counters(void **state)
{
    (void)state;
    struct rig rig;

    assert_int_equal(tally_with(&rig, span_text("\x01"), span_text("\x02")),
                     CODE_NONE);
    assert_int_equal(tally_with(&rig, span_text("\x01"), span_text("")),
                     CODE_MALFORMED);
    assert_int_equal(tally_with(&rig, span_text("\x01"), span_text("\x02\x02")),
                     CODE_MALFORMED);
    assert_int_equal(tally_with(&rig, span_text("\x81"), span_text("\x02")),
                     CODE_MALFORMED);
    assert_int_equal(
        tally_with(&rig, span_text("\xff\xff\xff\xff\x10"), span_text("\x02")),
        CODE_MALFORMED); // a counter of 33 bits
}

static void
protobuf_c_reads_an_answer_alike(void **state)
{
    (void)state;
    struct rig rig;
    static const uint32_t counters[] = {1, 70000};
    static const int64_t values[] = {-3, 4};

    answer_begin(begin(&rig), 5, 12);
    answer_tally(&rig.out, 24312, span_text("D1"), 0, counters, values, 2);
    size_t length = answer_end(&rig.out);
    Dealerpulse__Answer *mirror =
        dealerpulse__answer__unpack(NULL, length, rig.room);
    assert_non_null(mirror);
    assert_int_equal(mirror->n_tallies, 1);
    assert_int_equal(mirror->tallies[0]->n_counters, 2);
    assert_int_equal(mirror->tallies[0]->counters[1], 70000);
    assert_true(mirror->tallies[0]->values[0] == -3);
    dealerpulse__answer__free_unpacked(mirror, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_is_read_back),
        cmocka_unit_test(a_query_asks_one_thing),
        cmocka_unit_test(a_status_is_read_back),
        cmocka_unit_test(tallies_are_read_back),
        cmocka_unit_test(publications_quarantine_and_errors_are_read_back),
        cmocka_unit_test(alerts_are_read_back),
        cmocka_unit_test(an_alert_is_somebody_s_and_began_with_something),
        cmocka_unit_test(a_row_has_as_many_values_as_counters),
        cmocka_unit_test(protobuf_c_reads_an_answer_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
