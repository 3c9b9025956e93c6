// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "common/wire/event_code.h"
#include "terminal/event_json.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_object_becomes_an_event),
        cmocka_unit_test(json_control_names_its_target),
        cmocka_unit_test(json_with_anything_unknown_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
