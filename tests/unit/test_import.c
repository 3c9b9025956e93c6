// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "common/wire/event_code.h"
#include "terminal/event_json.h"
#include "terminal/mapper.h"
#include "terminal/pending.h"
#include "terminal/rows.h"
#include "tests/support/temp_dir.h"

// A file, a map, and what comes of them.
struct table {
    char folder[TEMP_DIR_MAX];
    char path[TEMP_DIR_MAX + 32];
    struct problems problems;
    struct import_map *map;
    struct rows *rows;
    struct mapper *mapper;
    struct row row;
    struct fault fault;
    const struct mapped_event *events;
    size_t count;
};

static const char survey_map[] =
    "map: shop\n"
    "key: {column: id}\n"
    "events:\n"
    "  - type: SURVEY_RESPONSE\n"
    "    dealer: {column: shop}\n"
    "    occurred_at: {date: {column: day}, format: YYYY-MM-DD}\n"
    "    visit: {column: visit}\n"
    "    questionnaire: q\n"
    "    questionnaire_version: 1\n"
    "    answers:\n"
    "      - {item: 1, column: a}\n"
    "      - {item: 2, column: b}\n";

static int
open_table(void **state)
{
    struct table *table = calloc(1, sizeof *table);
    if (!table || crypto_start() != STATUS_OK ||
        temp_dir_make(table->folder) != 0)
        return -1;
    *state = table;
    return 0;
}

static void
close_parts(struct table *table)
{
    mapper_close(table->mapper);
    rows_close(table->rows);
    map_free(table->map);
    table->mapper = NULL;
    table->rows = NULL;
    table->map = NULL;
}

static int
close_table(void **state)
{
    struct table *table = *state;

    close_parts(table);
    int removed = temp_dir_remove(table->folder);
    free(table);
    return removed;
}

static enum status
try_load(struct table *table, const char *map, const char *name,
         const char *bytes, size_t length)
{
    snprintf(table->path, sizeof table->path, "%s/%s", table->folder, name);
    FILE *file = fopen(table->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
    close_parts(table);
    enum status status =
        map_read(span_text(map), "map.yaml", &table->map, &table->problems);
    if (status != STATUS_OK)
        problems_print(&table->problems);
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(mapper_open(&table->mapper, table->map), STATUS_OK);
    return rows_open(&table->rows, table->path, table->map, &table->fault);
}

static void
load_as(struct table *table, const char *map, const char *name,
        const char *text)
{
    assert_int_equal(try_load(table, map, name, text, strlen(text)), STATUS_OK);
}

static void
load(struct table *table, const char *text)
{
    load_as(table, survey_map, "file.csv", text);
}

static enum status
next(struct table *table)
{
    return rows_next(table->rows, &table->row, &table->fault);
}

// expect_row: the next row is fine and gives `count` events.
static void
expect_row(struct table *table, size_t count)
{
    assert_int_equal(next(table), STATUS_OK);
    if (!mapper_row(table->mapper, &table->row, &table->events, &table->count,
                    &table->fault))
        fail_msg("%s: %s", table->fault.column, table->fault.text);
    assert_int_equal(table->count, count);
}

static void
expect_fault(struct table *table, enum code code, const char *column)
{
    assert_int_equal(next(table), STATUS_OK);
    assert_false(mapper_row(table->mapper, &table->row, &table->events,
                            &table->count, &table->fault));
    assert_int_equal(table->fault.code, code);
    assert_string_equal(table->fault.column, column);
    assert_true(table->fault.text[0] != '\0');
}

static void
expect_broken(struct table *table, unsigned line, const char *column)
{
    assert_int_equal(next(table), STATUS_MALFORMED);
    assert_int_equal(table->row.line, line);
    assert_int_equal(table->fault.code, CODE_MALFORMED);
    assert_string_equal(table->fault.column, column);
}

static struct event
event_at(const struct table *table, size_t index)
{
    struct event event;
    struct outcome outcome = event_read(table->events[index].body, &event);

    assert_int_equal(outcome.code, CODE_NONE);
    return event;
}

// --- CSV ---------------------------------------------------------------------

static void
row_becomes_the_event_its_map_describes(void **state)
{
    struct table *table = *state;

    load(table, "id,shop,day,visit,a,b\n7,D1,2026-01-31,v-7,9,10\n");
    expect_row(table, 1);
    struct event event = event_at(table, 0);
    assert_int_equal(event.type, EVENT_SURVEY_RESPONSE);
    assert_true(span_equal(event.dealer_id, span_text("D1")));
    assert_true(span_equal(event.visit, span_text("v-7")));
    assert_int_equal(event.occurred_at, 1769817600000);
    assert_int_equal(event.survey.answer_count, 2);
    assert_int_equal(event.survey.answers[1].item, 2);
    assert_int_equal(event.survey.answers[1].value, 10);
    assert_int_equal(event.id.bytes[6] >> 4, 8);
    assert_int_equal(next(table), STATUS_AGAIN);
}

static void
excel_s_bom_crlf_quotes_and_line_breaks_are_read(void **state)
{
    struct table *table = *state;

    load(table, "\xef\xbb\xbfid,shop,day,visit,a,b\r\n"
                "\"7\",\"D1\",2026-01-31,\"v \"\"7\"\",\r\nnext\",9,10\r\n"
                "\r\n"
                "8,D2,2026-02-01,,1,2");
    expect_row(table, 1);
    assert_int_equal(table->row.line, 2);
    assert_true(
        span_equal(event_at(table, 0).visit, span_text("v \"7\",\r\nnext")));
    expect_row(table, 1);
    assert_int_equal(table->row.line, 5);
    assert_int_equal(table->row.number, 1);
    assert_int_equal(event_at(table, 0).visit.length, 0);
    assert_int_equal(next(table), STATUS_AGAIN);
}

static void
columns_may_stand_in_any_order_with_others_between(void **state)
{
    struct table *table = *state;

    load(table, "b,note,a,visit,day,shop,id\n2,hm,1,v,2026-01-31,D1,7\n");
    expect_row(table, 1);
    assert_int_equal(event_at(table, 0).survey.answers[0].value, 1);
}

static void
missing_column_is_the_whole_file_s_fault(void **state)
{
    struct table *table = *state;
    static const char text[] = "id,shop,day,visit,a\n";

    assert_int_equal(
        try_load(table, survey_map, "file.csv", text, strlen(text)),
        STATUS_MALFORMED);
    assert_string_equal(table->fault.column, "b");
}

static void
empty_file_and_unknown_ending_are_refused(void **state)
{
    struct table *table = *state;

    assert_int_equal(try_load(table, survey_map, "file.csv", "", 0),
                     STATUS_MALFORMED);
    assert_int_equal(try_load(table, survey_map, "file.xls", "x", 1),
                     STATUS_MALFORMED);
}

static void
broken_rows_are_told_and_stop_nothing(void **state)
{
    struct table *table = *state;

    load(table, "id,shop,day,visit,a,b\n"
                "1,D1,2026-01-31,v,9\n"                // too few
                "2,D1,2026-01-31,v,9,10,11\n"          // too many
                "3,D1,2026-01-31,\"v\"x,9,10\n"        // text behind a quote
                "4,D1,2026-01-31,v\"x,9,10\n"          // a quote inside
                "5,D1,2026-01-31,\"never closed,9,1\n" // eats the rest?
                "6,D1,2026-01-31,v,9,10\n");
    expect_broken(table, 2, "b");
    expect_broken(table, 3, "");
    expect_broken(table, 4, "visit");
    expect_broken(table, 5, "visit");
    expect_broken(table, 6, "visit");
    expect_row(table, 1); // no
    assert_int_equal(table->row.line, 7);
    assert_int_equal(table->row.number, 5);
    assert_int_equal(next(table), STATUS_AGAIN);
}

static void
bad_cells_name_their_column(void **state)
{
    struct table *table = *state;

    load(table, "id,shop,day,visit,a,b\n"
                ",D1,2026-01-31,v,9,10\n"
                "2,,2026-01-31,v,9,10\n"
                "3,D1,2026-02-30,v,9,10\n"
                "4,D1,,v,9,10\n"
                "5,D1,2026-01-31,v,9.5,10\n"
                "6,D1,2026-01-31,v,9,101\n"
                "7,D1,2026-01-31,\xff,9,10\n"
                "8,a dealer of far more than 32 bytes,2026-01-31,v,9,10\n");
    expect_fault(table, CODE_MISSING_FIELD, "id");
    expect_fault(table, CODE_MISSING_FIELD, "shop");
    expect_fault(table, CODE_BAD_FIELD, "day");
    expect_fault(table, CODE_MISSING_FIELD, "day");
    expect_fault(table, CODE_OFF_SCALE, "a");
    expect_fault(table, CODE_OFF_SCALE, "b");
    expect_fault(table, CODE_BAD_TEXT, "visit");
    expect_fault(table, CODE_TOO_LARGE, "shop");
}

static void
cell_with_a_nul_is_bad_text(void **state)
{
    struct table *table = *state;
    static const char text[] =
        "id,shop,day,visit,a,b\n1,D\0001,2026-01-31,v,9,10\n";

    assert_int_equal(
        try_load(table, survey_map, "file.csv", text, sizeof text - 1),
        STATUS_OK);
    expect_fault(table, CODE_BAD_TEXT, "shop");
}

static void
question_left_empty_was_not_asked(void **state)
{
    struct table *table = *state;

    load(table, "id,shop,day,visit,a,b\n1,D1,2026-01-31,v,,10\n");
    expect_row(table, 1);
    assert_int_equal(event_at(table, 0).survey.answer_count, 1);
    assert_int_equal(event_at(table, 0).survey.answers[0].item, 2);
}

// --- JSONL -------------------------------------------------------------------

static void
json_lines_give_the_same_events_as_csv(void **state)
{
    struct table *table = *state;

    load(table, "id,shop,day,visit,a,b\n7,D1,2026-01-31,,9,10\n");
    expect_row(table, 1);
    uint8_t body[512];
    uint32_t length = table->events[0].body.length;
    memcpy(body, table->events[0].body.data, length);

    load_as(table, survey_map, "file.jsonl",
            "{\"id\":7,\"shop\":\"D1\",\"day\":\"2026-01-31\",\"visit\":null,"
            "\"a\":9,\"b\":\"10\",\"extra\":[1]}\r\n");
    expect_row(table, 1);
    assert_true(span_equal(table->events[0].body, span_of(body, length)));
}

static void
broken_json_lines_are_told_and_stop_nothing(void **state)
{
    struct table *table = *state;

    load_as(table, survey_map, "file.jsonl",
            "{\"id\":1,\n"
            "[1,2]\n"
            "{\"id\":1,\"id\":2}\n"
            "\n"
            "{\"id\":[1],\"shop\":\"D1\"}\n"
            "{\"id\":7,\"shop\":\"D1\",\"day\":\"2026-01-31\",\"a\":9}");
    expect_broken(table, 1, "");
    expect_broken(table, 2, "");
    expect_broken(table, 3, "");
    expect_broken(table, 5, "id");
    expect_row(table, 1);
    assert_int_equal(table->row.line, 6);
    assert_int_equal(next(table), STATUS_AGAIN);
}

// --- Maps --------------------------------------------------------------------

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

// --- One event as JSON -------------------------------------------------------

static bool
read_json(const char *text, struct draft *draft, struct fault *fault)
{
    static const struct event_id id = {{1, 2, 3}};
    json_t *object = json_loads(text, 0, NULL);

    assert_non_null(object);
    bool fine = event_json_read(object, draft, fault) &&
                draft_encode(draft, &id, fault);
    json_decref(object);
    return fine;
}

static void
json_object_becomes_an_event(void **state)
{
    struct draft *draft = calloc(1, sizeof *draft);
    struct event event;
    struct fault fault;
    (void)state;

    assert_true(read_json(
        "{\"type\":\"SURVEY_RESPONSE\",\"dealer\":\"D1\",\"mode\":\"SMS\","
        "\"occurred_at\":\"2026-01-31T08:00:00+08:00\",\"visit\":\"v\","
        "\"customer\":\"00112233445566ff\",\"questionnaire\":\"q\","
        "\"questionnaire_version\":2,"
        "\"answers\":{\"10\":3,\"2\":null,\"1\":9}}",
        draft, &fault));
    struct outcome outcome =
        event_read(span_of(draft->body, draft->length), &event);
    assert_int_equal(outcome.code, CODE_NONE);
    assert_int_equal(event.occurred_at, 1769817600000);
    assert_int_equal(event.mode, 3);
    assert_int_equal(event.customer.length, 8);
    assert_int_equal(event.customer.data[7], 0xff);
    assert_int_equal(event.survey.answer_count, 3);
    assert_int_equal(event.survey.answers[1].value, ANSWER_NOT_APPLICABLE);
    assert_int_equal(event.survey.answers[2].item, 10);
    free(draft);
}

static void
json_control_names_its_target(void **state)
{
    struct draft *draft = calloc(1, sizeof *draft);
    struct event event;
    struct fault fault;
    (void)state;

    assert_true(read_json(
        "{\"type\":\"VOID\",\"dealer\":\"D1\",\"occurred_at\":1769817600000,"
        "\"visit\":\"v\",\"target_type\":\"SURVEY_RESPONSE\","
        "\"target\":\"01020300-0000-7000-8000-000000000000\","
        "\"target_occurred_at\":1769817500000}",
        draft, &fault));
    struct outcome outcome =
        event_read(span_of(draft->body, draft->length), &event);
    assert_int_equal(outcome.code, CODE_NONE);
    assert_int_equal(event.control.target.bytes[2], 3);
    assert_int_equal(event.control.target_occurred_at, 1769817500000);
    free(draft);
}

static void
json_with_anything_unknown_is_refused(void **state)
{
    static const struct {
        const char *text, *column;
    } wrong[] = {
        {"{\"dealer\":\"D1\"}", "type"},
        {"{\"type\":\"SURVEY\"}", "type"},
        {"{\"type\":\"VISIT_OPENED\",\"colour\":\"red\"}", "colour"},
        {"{\"type\":\"VISIT_OPENED\",\"class\":\"HARD\"}", "class"},
        {"{\"type\":\"VISIT_OPENED\",\"mode\":\"PIGEON\"}", "mode"},
        {"{\"type\":\"VISIT_OPENED\",\"dealer\":7}", "dealer"},
        {"{\"type\":\"VISIT_OPENED\",\"occurred_at\":\"today\"}",
         "occurred_at"},
        {"{\"type\":\"VISIT_OPENED\",\"customer\":\"xyz\"}", "customer"},
        {"{\"type\":\"VISIT_OPENED\",\"answers\":{\"1\":2}}", "answers"},
        {"{\"type\":\"SURVEY_RESPONSE\",\"answers\":{\"1\":101}}", "answers"},
        {"{\"type\":\"SURVEY_RESPONSE\",\"answers\":{\"one\":1}}", "answers"},
        {"{\"type\":\"VOID\",\"dealer\":\"D1\"}", "target"},
        {"{\"type\":\"VISIT_OPENED\",\"dealer\":\"D1\","
         "\"occurred_at\":1}",
         "visit"},
    };
    struct draft *draft = calloc(1, sizeof *draft);
    struct fault fault;
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(read_json(wrong[i].text, draft, &fault));
        assert_string_equal(fault.column, wrong[i].column);
    }
    free(draft);
}

#define WITH_TABLE(f)                                                          \
    cmocka_unit_test_setup_teardown(f, open_table, close_table)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TABLE(row_becomes_the_event_its_map_describes),
        WITH_TABLE(excel_s_bom_crlf_quotes_and_line_breaks_are_read),
        WITH_TABLE(columns_may_stand_in_any_order_with_others_between),
        WITH_TABLE(missing_column_is_the_whole_file_s_fault),
        WITH_TABLE(empty_file_and_unknown_ending_are_refused),
        WITH_TABLE(broken_rows_are_told_and_stop_nothing),
        WITH_TABLE(bad_cells_name_their_column),
        WITH_TABLE(cell_with_a_nul_is_bad_text),
        WITH_TABLE(question_left_empty_was_not_asked),
        WITH_TABLE(json_lines_give_the_same_events_as_csv),
        WITH_TABLE(broken_json_lines_are_told_and_stop_nothing),
        WITH_TABLE(equal_rows_have_equal_ids_and_others_do_not),
        WITH_TABLE(key_of_all_columns_does_not_mind_their_order),
        WITH_TABLE(text_no_table_lists_rejects_the_row),
        WITH_TABLE(field_of_an_outcome_is_told_as_its_column),
        cmocka_unit_test(rows_that_share_an_event_are_found_in_order),
        cmocka_unit_test(json_object_becomes_an_event),
        cmocka_unit_test(json_control_names_its_target),
        cmocka_unit_test(json_with_anything_unknown_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
