// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/import_table.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
