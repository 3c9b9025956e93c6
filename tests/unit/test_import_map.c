// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/import_table.h"

#include "terminal/pending.h"

static const char case_map[] =
    "map: cases\n"
    "key: {all_columns_but: [row]}\n"
    "every:\n"
    "  dealer: {column: company, as: slug}\n"
    "  complaint: {text: \"c-{key}\"}\n"
    "events:\n"
    "  - type: COMPLAINT_OPENED\n"
    "    class: COMPLEX\n"
    "    occurred_at: {date: {column: day}, format: YYYY-MM-DD}\n"
    "  - type: COMPLAINT_ACTION\n"
    "    kind: RESPONSE\n"
    "    occurred_at:\n"
    "      date: {column: day}\n"
    "      format: YYYY-MM-DD\n"
    "      plus_days: 15\n"
    "      plus_ms: {column: timely, table: {\"1\": 0, \"0\": 1}}\n";

static void
equal_rows_have_equal_ids_and_others_do_not(void **state)
{
    struct table *table = *state;
    struct event_id ids[4];

    load_as(table, case_map, "file.csv",
            "row,day,company,timely\n"
            "1,2026-01-31,Ace & Sons,1\n"
            "2,2026-01-31,Ace & Sons,1\n"
            "3,2026-01-31,Ace & Sons,0\n");
    expect_row(table, 2);
    ids[0] = table->events[0].id;
    ids[1] = table->events[1].id;
    struct event event = event_at(table, 0);
    assert_true(span_equal(event.dealer_id, span_text("Ace-Sons")));
    assert_int_equal(event.complaint_id.length, 34);
    assert_int_equal(event_at(table, 1).occurred_at,
                     event.occurred_at + 15 * (int64_t)DAY_MS);
    expect_row(table, 2);
    assert_memory_equal(&table->events[0].id, &ids[0], sizeof ids[0]);
    assert_memory_equal(&table->events[1].id, &ids[1], sizeof ids[1]);
    expect_row(table, 2);
    assert_memory_not_equal(&table->events[0].id, &ids[0], sizeof ids[0]);
    assert_int_equal(event_at(table, 1).occurred_at,
                     event.occurred_at + 15 * (int64_t)DAY_MS + 1);
}

static void
key_of_all_columns_does_not_mind_their_order(void **state)
{
    struct table *table = *state;
    struct event_id first;

    load_as(table, case_map, "file.csv",
            "row,day,company,timely\n1,2026-01-31,Ace,1\n");
    expect_row(table, 2);
    first = table->events[0].id;
    load_as(table, case_map, "file.csv",
            "timely,company,day,row\n1,Ace,2026-01-31,99\n");
    expect_row(table, 2);
    assert_memory_equal(&table->events[0].id, &first, sizeof first);
    load_as(table, case_map, "file.jsonl",
            "{\"company\":\"Ace\",\"day\":\"2026-01-31\",\"timely\":1,"
            "\"row\":5}\n");
    expect_row(table, 2);
    assert_memory_equal(&table->events[0].id, &first, sizeof first);
}

static const char words_map[] =
    "map: words\n"
    "key: {column: id}\n"
    "every:\n"
    "  dealer: D1\n"
    "  occurred_at: {date: {column: day}, format: YYYY-MM-DD}\n"
    "  visit: {column: id}\n"
    "  complaint: {column: id}\n"
    "  staff: {column: who}\n"
    "  customer: {column: digest, as: hex}\n"
    "  comment: {column: step}\n"
    "events:\n"
    "  - type: SURVEY_INVITED\n"
    "    contact: {column: phone, as: hash}\n"
    "  - type: SURVEY_RESPONSE\n"
    "    questionnaire: q\n"
    "    questionnaire_version: 1\n"
    "    answers: [{item: 1, column: mark}]\n"
    "    started_at: {date: {column: day}, format: YYYY-MM-DD, plus_ms: 5}\n"
    "    duration_ms: {column: ms}\n"
    "    device: {column: phone, as: hash}\n"
    "    network: {column: digest, as: hex}\n"
    "    attribution: MAKER\n"
    "    coached: {column: coached}\n"
    "    incentive_offered: {column: coached}\n"
    "  - type: VISIT_CLOSED\n"
    "    work_type: {column: work}\n"
    "    repeat_of: {column: before}\n"
    "  - type: COMPLAINT_OPENED\n"
    "    class: HARD\n"
    "    category: {column: work}\n"
    "  - type: COMPLAINT_ACTION\n"
    "    kind: CLOSED\n"
    "    root_cause: {column: work}\n"
    "    next_step: {column: step}\n"
    "  - type: COMPLAINT_VERDICT\n"
    "    verdict: UNFOUNDED\n"
    "    decided_by: {column: who}\n";

static const char words_head[] =
    "id,day,who,digest,phone,mark,ms,coached,work,before,step\n";

#define DIGEST                                                                 \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// expect_comment: the event goes with these words, bound to it.
static void
expect_comment(struct table *table, size_t index, const char *words)
{
    const struct mapped_event *made = &table->events[index];
    struct event event = event_at(table, index);

    assert_true(span_equal(made->comment, span_text(words)));
    assert_int_equal(
        words_judge(made->salt, made->comment, event.comment_hash).code,
        CODE_NONE);
}

static void
every_field_of_an_event_can_come_from_a_column(void **state)
{
    struct table *table = *state;
    char text[512];

    snprintf(text, sizeof text, "%s%s", words_head,
             "k1,2026-01-31,s-17," DIGEST
             ",138,5,65000,yes,保养,k0,call back\n");
    load_as(table, words_map, "file.csv", text);
    expect_row(table, 6);
    struct event event = event_at(table, 0);
    assert_int_equal(event.contact.length, 16);
    assert_true(span_equal(event.staff, span_text("s-17")));
    assert_int_equal(event.customer.length, 32);
    expect_comment(table, 0, "call back");
    expect_comment(table, 5, "call back");
    event = event_at(table, 1);
    const struct survey_context *context = &event.survey.context;
    assert_int_equal(context->started_at, event.occurred_at + 5);
    assert_int_equal(context->duration_ms, 65000);
    assert_int_equal(context->device.length, 16);
    assert_int_equal(context->network.data[1], 0x11);
    assert_int_equal(context->attribution, 2);
    assert_true(context->coached && context->incentive_offered);
    event = event_at(table, 2);
    assert_true(span_equal(event.work_type, span_text("保养")));
    assert_true(span_equal(event.repeat_of, span_text("k0")));
    event = event_at(table, 3);
    assert_true(span_equal(event.category, span_text("保养")));
    event = event_at(table, 4);
    assert_true(span_equal(event.action.root_cause, span_text("保养")));
    assert_true(span_equal(event.action.next_step, span_text("call back")));
    event = event_at(table, 5);
    assert_true(span_equal(event.decided_by, span_text("s-17")));
}

static void
what_a_field_does_not_hold_names_its_column(void **state)
{
    static const struct {
        const char *row, *column;
        enum code code;
    } rows[] = {
        {"k,2026-01-31,s,0011,138,5,1,no,w,,x\n", "digest", CODE_BAD_FIELD},
        {"k,2026-01-31,s,,138,5,1.5,no,w,,x\n", "ms", CODE_BAD_FIELD},
        {"k,2026-01-31,s,,138,5,1,maybe,w,,x\n", "coached", CODE_BAD_FIELD},
        {"k,2026-01-31,s,,138,5,1,no,123456789012345678901234567890123,,x\n",
         "work", CODE_TOO_LARGE},
    };
    struct table *table = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", words_head, rows[i].row);
        load_as(table, words_map, "file.csv", text);
        expect_fault(table, rows[i].code, rows[i].column);
    }
}

static void
text_no_table_lists_rejects_the_row(void **state)
{
    struct table *table = *state;

    load_as(table, case_map, "file.csv",
            "row,day,company,timely\n1,2026-01-31,Ace,maybe\n");
    expect_fault(table, CODE_BAD_FIELD, "timely");
}

static void
field_of_an_outcome_is_told_as_its_column(void **state)
{
    struct table *table = *state;

    load_as(table, case_map, "file.csv", "row,day,company,timely\n");
    const struct map_event *event = &table->map->events[0];
    assert_string_equal(mapper_column(table->mapper, event, "dealer"),
                        "company");
    assert_string_equal(mapper_column(table->mapper, event, "occurred_at_ms"),
                        "day");
    assert_string_equal(mapper_column(table->mapper, event, "values"), "");
}

// --- What waits for its outcome ----------------------------------------------

static void
add_pending(struct pending *pending, uint64_t seq, unsigned line)
{
    struct pending_event event = {.seq = seq, .line = line};
    assert_int_equal(pending_add(pending, &event), STATUS_OK);
}

static void
rows_that_share_an_event_are_found_in_order(void **state)
{
    struct pending pending;
    (void)state;

    assert_int_equal(pending_init(&pending), STATUS_OK);
    for (unsigned line = 1; line <= 10000; line++)
        add_pending(&pending, line, line);
    add_pending(&pending, 65536 + 5, 1);
    add_pending(&pending, 5, 70000);
    struct pending_event *event = pending_first(&pending, 5);
    assert_int_equal(event->line, 5);
    event = pending_next(&pending, event);
    assert_int_equal(event->line, 70000);
    assert_null(pending_next(&pending, event));
    pending_remove(&pending, 5);
    assert_null(pending_first(&pending, 5));
    assert_int_equal(pending_first(&pending, 65536 + 5)->line, 1);
    assert_int_equal(pending.count, 10000);
    pending_fini(&pending);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(equal_rows_have_equal_ids_and_others_do_not),
        WITH_TABLE(key_of_all_columns_does_not_mind_their_order),
        WITH_TABLE(every_field_of_an_event_can_come_from_a_column),
        WITH_TABLE(what_a_field_does_not_hold_names_its_column),
        WITH_TABLE(text_no_table_lists_rejects_the_row),
        WITH_TABLE(field_of_an_outcome_is_told_as_its_column),
        cmocka_unit_test(rows_that_share_an_event_are_found_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
