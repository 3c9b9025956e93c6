// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/map.h"
#include "tests/support/problems.h"

static enum status
read_text(const char *text, struct import_map **map, struct problems *problems)
{
    *problems = (struct problems){0};
    return map_read(span_text(text), "m.yaml", map, problems);
}

static struct import_map *
good_map(const char *text)
{
    static struct problems problems;
    struct import_map *map = NULL;
    enum status status = read_text(text, &map, &problems);

    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return map;
}

static struct import_map *
sample_map(const char *name)
{
    size_t length;
    char *text = sample_take(name, &length);
    struct import_map *map = good_map(text);

    free(text);
    return map;
}

static const char *
column_of(const struct import_map *map, const struct source *source)
{
    assert_int_equal(source->kind, SOURCE_COLUMN);
    return map->columns[source->column];
}

static const char good[] =
    "map: test\n"                                  // 1
    "zone: +08:00\n"                               // 2
    "separator: tab\n"                             // 3
    "absent: [NA, \"-\"]\n"                        // 4
    "key: {columns: [id, day]}\n"                  // 5
    "every:\n"                                     // 6
    "  dealer: {text: \"D{row0 mod 10}\"}\n"       // 7
    "  customer: {column: phone, as: hash}\n"      // 8
    "events:\n"                                    // 9
    "  - type: SURVEY_RESPONSE\n"                  // 10
    "    when: {column: done, is: [\"1\", yes]}\n" // 11
    "    occurred_at: {date: {column: day}, format: DD.MM.YYYY, plus_ms: {row: "
    "0}}\n"
    "    questionnaire: q\n"         // 13
    "    questionnaire_version: 2\n" // 14
    "    not_applicable: [n/a]\n"    // 15
    "    answers:\n"                 // 16
    "      - {item: 2, column: b, table: {good: 9, bad: 1}, otherwise: 5}\n"
    "      - {item: 1, column: a}\n"                              // 18
    "  - type: COMPLAINT_ACTION\n"                                // 19
    "    kind: {column: what, table: {r: RESPONSE, c: CLOSED}}\n" // 20
    "    complaint: {text: \"c-{key}-{column id}\"}\n"            // 21
    "    occurred_at: 2026-01-31T10:00+01:00\n"                   // 22
    "    root_cause: {column: cause, table: {none: \"\"}, otherwise: "
    "wear}\n"
    "    dealer: HQ-X\n"; // 24

static void
head_and_key_are_read(void **state)
{
    (void)state;
    struct import_map *map = good_map(good);

    assert_string_equal(map->name, "test");
    assert_int_equal(map->offset_s, 8 * 3600);
    assert_int_equal(map->separator, '\t');
    assert_true(map_is_absent(map, span_text("")));
    assert_true(map_is_absent(map, span_text("NA")));
    assert_false(map_is_absent(map, span_text("NA ")));
    assert_int_equal(map->key.single.kind, SOURCE_ABSENT);
    assert_int_equal(map->key.column_count, 2);
    assert_string_equal(map->columns[map->key.columns[1]], "day");
    map_free(map);
}

static void
columns_are_listed_once(void **state)
{
    (void)state;
    struct import_map *map = good_map(good);

    for (size_t i = 0; i < map->column_count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(map->columns[i], map->columns[j]);
    assert_int_equal(map->column_count, 8); // id day phone done b a what cause
    map_free(map);
}

static void
every_gives_what_an_event_does_not(void **state)
{
    (void)state;
    struct import_map *map = good_map(good);
    const struct source *survey = &map->events[0].fields[MAP_FIELD_DEALER];
    const struct source *action = &map->events[1].fields[MAP_FIELD_DEALER];

    assert_int_equal(survey->kind, SOURCE_TEMPLATE);
    assert_int_equal(survey->part_count, 2);
    assert_string_equal(survey->parts[0].text, "D");
    assert_int_equal(survey->parts[1].kind, SOURCE_ROW_MODULO);
    assert_int_equal(survey->parts[1].base, 0);
    assert_int_equal(survey->parts[1].modulo, 10);
    assert_int_equal(action->kind, SOURCE_CONSTANT);
    assert_string_equal(action->text, "HQ-X");
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(map->events[i].fields[MAP_FIELD_CUSTOMER].transform,
                         TRANSFORM_HASH);
    map_free(map);
}

static void
answers_ascend_and_have_tables(void **state)
{
    (void)state;
    struct import_map *map = good_map(good);
    const struct map_event *event = &map->events[0];

    assert_int_equal(event->ordinal, 0);
    assert_int_equal(event->answer_count, 2);
    assert_int_equal(event->answers[0].item, 1);
    assert_string_equal(column_of(map, &event->answers[0].value), "a");
    const struct source *value = &event->answers[1].value;
    assert_string_equal(column_of(map, value), "b");
    assert_string_equal(map_table_find(value, "good"), "9");
    assert_string_equal(map_table_find(value, "bad"), "1");
    assert_string_equal(map_table_find(value, "?"), "5");
    assert_string_equal(event->not_applicable[0], "n/a");
    map_free(map);
}

static void
what_a_table_does_not_list_rejects_the_row_or_is_otherwise(void **state)
{
    (void)state;
    struct import_map *map = good_map(good);
    const struct map_event *event = &map->events[1];
    const struct source *kind = &event->fields[MAP_FIELD_KIND];
    const struct source *cause = &event->fields[MAP_FIELD_ROOT_CAUSE];

    assert_null(map_table_find(kind, "x"));
    assert_string_equal(map_table_find(kind, "r"), "RESPONSE");
    assert_string_equal(map_table_find(cause, "none"), "");
    assert_string_equal(map_table_find(cause, "rust"), "wear");
    map_free(map);
}

static void
conditions_and_times_are_read(void **state)
{
    (void)state;
    struct import_map *map = good_map(good);
    const struct map_event *event = &map->events[0];
    const struct time_source *at = &event->times[MAP_TIME_OCCURRED_AT];

    assert_int_equal(event->condition_count, 1);
    assert_string_equal(map->columns[event->conditions[0].column], "done");
    assert_int_equal(event->conditions[0].text_count, 2);
    assert_false(event->conditions[0].negated);
    assert_string_equal(at->format, "DD.MM.YYYY");
    assert_int_equal(at->plus_ms.kind, SOURCE_ROW);
    assert_int_equal(at->plus_days.kind, SOURCE_ABSENT);
    at = &map->events[1].times[MAP_TIME_OCCURRED_AT];
    assert_int_equal(at->base.kind, SOURCE_CONSTANT);
    assert_string_equal(at->format, "iso");
    map_free(map);
}

static void
templates_may_hold_braces(void **state)
{
    (void)state;
    struct flaw change = {"c-{key}-{column id}", "{{{row1}}}", 0, "", ""};
    char *text = text_with_flaw(good, &change);
    struct import_map *map = good_map(text);
    const struct source *source = &map->events[1].fields[MAP_FIELD_COMPLAINT];

    assert_int_equal(source->part_count, 3);
    assert_string_equal(source->parts[0].text, "{");
    assert_int_equal(source->parts[1].kind, SOURCE_ROW);
    assert_int_equal(source->parts[1].base, 1);
    assert_string_equal(source->parts[2].text, "}");
    map_free(map);
    free(text);
}

static const struct flaw flaws[] = {
    {"map: test\n", "", 1, "map", "is missing"},
    {"zone: +08:00", "zone: Shanghai", 2, "zone", "must be an offset"},
    {"separator: tab", "separator: x", 3, "separator", "one of: ,, ;, |, tab"},
    {"key: {columns: [id, day]}\n", "", 1, "key", "is missing"},
    {"{columns: [id, day]}", "{text: \"{key}\"}", 5, "key",
     "must not name {key}"},
    {"{columns: [id, day]}", "{}", 5, "key", "where the value comes from"},
    {"{columns: [id, day]}", "{columns: [id, day, id]}", 5, "key.columns",
     "names the column \"id\" twice"},
    {"row0 mod 10", "row2", 7, "every.dealer.text", "{row2} is not known"},
    {"row0 mod 10", "row0 mod 0", 7, "every.dealer.text", "is not known"},
    {"row0 mod 10}", "row0", 7, "every.dealer.text", "a { without a }"},
    {"as: hash", "as: slug", 8, "every.customer", "as: hex"},
    {", as: hash", "", 8, "every.customer", "as: hex"},
    {"customer: {column: phone, as: hash}",
     "comment: {column: phone, as: hash}", 8, "every.comment",
     "are for customer"},
    {"root_cause: {", "reason: {", 23, "events[1].reason", "not known here"},
    {"root_cause: {", "category: {", 23, "events[1].category",
     "not known here"},
    {"type: SURVEY_RESPONSE", "type: SURVEY", 10, "events[0].type",
     "one of: SURVEY_INVITED"},
    {"type: SURVEY_RESPONSE", "type: VOID", 10, "events[0].type",
     "must be one of"},
    {"is: [\"1\", yes]", "equals: 1", 11, "events[0].when", "`is` or `is_not`"},
    {"DD.MM.YYYY", "DD.MM", 12, "events[0].occurred_at.format",
     "name the day in full"},
    {"{row: 0}", "{row: 2}", 12, "events[0].occurred_at.plus_ms.row",
     "from 0 to 1"},
    {"{row: 0}", "soon", 12, "events[0].occurred_at.plus_ms", "a whole number"},
    {"{row: 0}", "{row: 0, column: a}", 12, "events[0].occurred_at.plus_ms",
     "where the value comes from"},
    {"    questionnaire: q\n", "", 10, "events[0]", "needs questionnaire"},
    {"questionnaire_version: 2", "questionnaire_version: two", 14,
     "events[0].questionnaire_version", "no value of"},
    {"item: 1", "item: 2", 18, "events[0].answers[1]", "answered twice"},
    {"item: 1", "item: 5000", 18, "events[0].answers[1].item", "from 1 to"},
    {"good: 9", "good: great", 17, "events[0].answers[0]",
     "whole number from 0 to 100"},
    {"r: RESPONSE", "r: ANSWER", 20, "events[1].kind",
     "\"ANSWER\" is no value of kind"},
    {"    complaint: {text", "    complain: {text", 21, "events[1].complain",
     "not known here"},
    {"    complaint: {text", "    complain: {text", 19, "events[1]",
     "needs complaint"},
    {"2026-01-31T10", "2026-02-31T10", 22, "events[1].occurred_at",
     "is no date"},
    {"dealer: HQ-X", "dealer: H X", 24, "events[1].dealer",
     "is no dealer's id"},
    {"dealer: HQ-X", "answers: []", 24, "events[1].answers", "not known here"},
};

static void
every_flaw_is_told_with_line_and_key(void **state)
{
    (void)state;
    static struct problems problems;

    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        struct import_map *map;
        char *text = text_with_flaw(good, &flaws[i]);
        assert_int_equal(read_text(text, &map, &problems), STATUS_MALFORMED);
        expect_problem(&problems, "m.yaml", flaws[i].line, flaws[i].key,
                       flaws[i].says);
        free(text);
    }
}

static void
names_are_the_numbers_of_the_protocol(void **state)
{
    (void)state;
    static const struct {
        enum map_field field;
        const char *text;
        int64_t number;
    } values[] = {
        {MAP_FIELD_ISSUER, "HQ", ISSUER_HQ},
        {MAP_FIELD_CLASS, "EMERGENCY", CLASS_EMERGENCY},
        {MAP_FIELD_KIND, "ACK", ACTION_ACK},
        {MAP_FIELD_KIND, "DISPATCH", ACTION_DISPATCH},
        {MAP_FIELD_VERDICT, "FRAUD", VERDICT_FRAUD},
        {MAP_FIELD_CHANNEL, "FAX", 8},
        {MAP_FIELD_MODE, "PAPER", 6},
        {MAP_FIELD_PHASE, "AFTER_SALE", 3},
        {MAP_FIELD_TOUCHPOINT, "WEB", 12},
        {MAP_FIELD_SEVERITY, "4", 4},
        {MAP_FIELD_MARGIN_FEN, "-12", -12},
        {MAP_FIELD_ATTRIBUTION, "DEALER", 1},
        {MAP_FIELD_ATTRIBUTION, "UNKNOWN", 5},
        {MAP_FIELD_DURATION_MS, "4294967295", UINT32_MAX},
        {MAP_FIELD_COACHED, "true", 1},
        {MAP_FIELD_WARRANTY, "yes", 1},
        {MAP_FIELD_WARRANTY, "0", 0},
    };
    int64_t number;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_true(map_field_number(values[i].field, EVENT_NONE,
                                     values[i].text, &number));
        assert_int_equal(number, values[i].number);
    }
    assert_false(
        map_field_number(MAP_FIELD_CLASS, EVENT_NONE, "complex", &number));
    assert_false(
        map_field_number(MAP_FIELD_SEVERITY, EVENT_NONE, "5", &number));
    assert_false(map_field_number(MAP_FIELD_DEALER, EVENT_NONE, "1", &number));
    assert_false(
        map_field_number(MAP_FIELD_DURATION_MS, EVENT_NONE, "-1", &number));
    assert_false(map_field_number(MAP_FIELD_DURATION_MS, EVENT_NONE,
                                  "4294967296", &number));
    assert_false(
        map_field_number(MAP_FIELD_WARRANTY, EVENT_NONE, "2", &number));
}

static void
slugs_are_dealer_ids(void **state)
{
    (void)state;
    static const struct {
        const char *name, *slug;
    } names[] = {
        {"Wells Fargo & Company", "Wells-Fargo-Company"},
        {"  AES/PHEAA. ", "AES-PHEAA"},
        {"A", "A"},
        {"12345678901234567890123456789012",
         "12345678901234567890123456789012"},
        {"Accelerated Receivables Management, Inc.",
         "Accelerated-Receivables-dc46d0b1"},
        {"American Honda Finance Corporation",
         "American-Honda-Finance-d30e9ed2"},
        {"", "x-00000000"},
    };
    char slug[DEALER_ID_MAX + 1];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        map_slug(span_text(names[i].name), slug);
        assert_string_equal(slug, names[i].slug);
    }
    map_slug(span_text("\xe4\xb8\x8a\xe6\xb5\xb7"), slug);
    assert_int_equal(strlen(slug), 10);
    assert_memory_equal(slug, "x-", 2);
}

static void
the_shipped_survey_map_asks_all_items(void **state)
{
    (void)state;
    struct import_map *map = sample_map("deploy/maps/ecsi_mobi.yaml");

    assert_int_equal(map->event_count, 1);
    assert_int_equal(map->column_count, 24);
    const struct map_event *event = &map->events[0];
    assert_int_equal(event->answer_count, 24);
    assert_string_equal(column_of(map, &event->answers[0].value), "CUEX1");
    assert_string_equal(column_of(map, &event->answers[23].value), "PERV2");
    assert_int_equal(map->key.single.kind, SOURCE_ROW);
    map_free(map);
}

static void
the_shipped_complaint_maps_differ_in_their_key_alone(void **state)
{
    (void)state;
    struct import_map *with = sample_map("deploy/maps/cfpb.yaml");
    struct import_map *without =
        sample_map("deploy/maps/cfpb_without_row.yaml");

    assert_string_equal(column_of(with, &with->key.single), "row");
    assert_int_equal(without->key.single.kind, SOURCE_ABSENT);
    assert_int_equal(without->key.column_count, 0);
    assert_string_equal(without->key.except[0], "row");
    assert_int_equal(with->event_count, 3);
    assert_int_equal(without->event_count, 3);
    const struct time_source *answer =
        &with->events[2].times[MAP_TIME_OCCURRED_AT];
    assert_string_equal(answer->plus_days.text, "15");
    assert_string_equal(map_table_find(&answer->plus_ms, "0"), "1");
    map_free(with);
    map_free(without);
}

static void
no_mutation_of_a_map_crashes_or_fails_in_silence(void **state)
{
    (void)state;
    static struct problems problems;
    const size_t length = sizeof good - 1;
    char *room = malloc(length * 3);
    uint64_t dices = 4;

    assert_non_null(room);
    for (int round = 0; round < 3000; round++) {
        struct import_map *map;
        memcpy(room, good, length);
        size_t mutated = mutate(room, length, &dices);
        problems = (struct problems){0};
        enum status status =
            map_read(span_of(room, mutated), "m.yaml", &map, &problems);
        assert_int_equal(status == STATUS_OK, problems.count == 0);
        if (status == STATUS_OK)
            map_free(map);
    }
    free(room);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_and_key_are_read),
        cmocka_unit_test(columns_are_listed_once),
        cmocka_unit_test(every_gives_what_an_event_does_not),
        cmocka_unit_test(answers_ascend_and_have_tables),
        cmocka_unit_test(
            what_a_table_does_not_list_rejects_the_row_or_is_otherwise),
        cmocka_unit_test(conditions_and_times_are_read),
        cmocka_unit_test(templates_may_hold_braces),
        cmocka_unit_test(every_flaw_is_told_with_line_and_key),
        cmocka_unit_test(names_are_the_numbers_of_the_protocol),
        cmocka_unit_test(slugs_are_dealer_ids),
        cmocka_unit_test(the_shipped_survey_map_asks_all_items),
        cmocka_unit_test(the_shipped_complaint_maps_differ_in_their_key_alone),
        cmocka_unit_test(no_mutation_of_a_map_crashes_or_fails_in_silence),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
