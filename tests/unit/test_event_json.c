// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
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

// Every key there is, type by type, and what it must have become.
static const char hash[] =
    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"";

static struct event
event_of(const char *members, struct draft *draft)
{
    char text[2048];
    struct event event;
    struct fault fault;

    snprintf(text, sizeof text,
             "{\"dealer\":\"D1\",\"occurred_at\":1769817600000,"
             "\"staff\":\"s-17\",\"customer\":%s,\"comment\":\"cold coffee\","
             "\"visit\":\"v\","
             "\"complaint\":\"c\",%s}",
             hash, members);
    if (!read_json(text, draft, &fault))
        fail_msg("%s: %s", fault.column, fault.text);
    struct outcome outcome =
        event_read(span_of(draft->body, draft->length), &event);
    assert_int_equal(outcome.code, CODE_NONE);
    assert_true(span_equal(event.staff, span_text("s-17")));
    assert_int_equal(event.customer.length, 32);
    assert_int_equal(event.customer.data[31], 0xff);
    uint8_t bound[WORDS_HASH_SIZE];
    words_hash(span_of(draft->salt, sizeof draft->salt),
               span_text("cold coffee"), bound);
    assert_true(span_equal(event.comment_hash, span_of(bound, sizeof bound)));
    return event;
}

#define SAYS(span, text) assert_true(span_equal(span, span_text(text)))

static void
json_says_how_a_survey_was_answered(void **state)
{
    struct draft *draft = calloc(1, sizeof *draft);
    (void)state;

    struct event event = event_of(
        "\"type\":\"SURVEY_RESPONSE\",\"questionnaire\":\"q\","
        "\"questionnaire_version\":1,\"answers\":{\"1\":5},"
        "\"started_at\":\"2026-01-30T23:59:00Z\",\"duration_ms\":65000,"
        "\"device\":\"0011223344556677\",\"network\":\"8899aabbccddeeff\","
        "\"attribution\":\"PARTS\",\"coached\":true,"
        "\"incentive_offered\":\"yes\","
        "\"parent\":\"01020300-0000-7000-8000-000000000000\"",
        draft);
    const struct survey_context *context = &event.survey.context;
    assert_int_equal(context->started_at, 1769817540000);
    assert_int_equal(context->duration_ms, 65000);
    assert_int_equal(context->device.data[7], 0x77);
    assert_int_equal(context->network.data[0], 0x88);
    assert_int_equal(context->attribution, 3);
    assert_true(context->coached);
    assert_true(context->incentive_offered);
    assert_true(event.survey.resurvey);
    assert_int_equal(event.survey.parent.bytes[2], 3);
    event = event_of("\"type\":\"SURVEY_BOUNCED\","
                     "\"contact\":\"0011223344556677\"",
                     draft);
    assert_int_equal(event.contact.data[1], 0x11);
    free(draft);
}

static void
json_words_of_visits_and_complaints_arrive(void **state)
{
    struct draft *draft = calloc(1, sizeof *draft);
    (void)state;

    struct event event =
        event_of("\"type\":\"VISIT_CLOSED\",\"work_type\":\"保养\","
                 "\"repeat_of\":\"v-0\"",
                 draft);
    SAYS(event.work_type, "保养");
    SAYS(event.repeat_of, "v-0");
    event = event_of("\"type\":\"COMPLAINT_OPENED\",\"class\":\"HARD\","
                     "\"category\":\"noise\"",
                     draft);
    SAYS(event.category, "noise");
    event = event_of("\"type\":\"COMPLAINT_ACTION\",\"kind\":\"CLOSED\","
                     "\"root_cause\":\"loose hose\","
                     "\"next_step\":\"check it in a week\"",
                     draft);
    SAYS(event.action.root_cause, "loose hose");
    SAYS(event.action.next_step, "check it in a week");
    event = event_of("\"type\":\"COMPLAINT_VERDICT\","
                     "\"verdict\":\"UNFOUNDED\",\"decided_by\":\"desk 4\"",
                     draft);
    SAYS(event.decided_by, "desk 4");
    free(draft);
}

static void
json_control_says_why_and_what_instead(void **state)
{
    struct draft *draft = calloc(1, sizeof *draft);
    char members[1024];
    (void)state;

    snprintf(members, sizeof members,
             "\"type\":\"CORRECT\",\"target_type\":\"COMPLAINT_VERDICT\","
             "\"target\":\"01020300-0000-7000-8000-000000000000\","
             "\"target_occurred_at\":1769817500000,\"verdict\":\"FRAUD\","
             "\"decided_by\":\"desk 5\",\"reason\":\"wrong car\","
             "\"evidence\":%s",
             hash);
    struct event event = event_of(members, draft);
    SAYS(event.reason, "wrong car");
    SAYS(event.decided_by, "desk 5");
    assert_int_equal(event.verdict, VERDICT_FRAUD);
    assert_int_equal(event.evidence.length, 32);
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
        {"{\"type\":\"VISIT_OPENED\",\"reason\":\"x\"}", "reason"},
        {"{\"type\":\"VISIT_OPENED\",\"category\":\"x\"}", "category"},
        {"{\"type\":\"VISIT_OPENED\",\"contact\":\"00\"}", "contact"},
        {"{\"type\":\"VISIT_OPENED\",\"parent\":\"00\"}", "parent"},
        {"{\"type\":\"VISIT_OPENED\",\"staff\":17}", "staff"},
        {"{\"type\":\"SURVEY_RESPONSE\",\"duration_ms\":-1}", "duration_ms"},
        {"{\"type\":\"SURVEY_RESPONSE\",\"attribution\":\"US\"}",
         "attribution"},
        {"{\"type\":\"SURVEY_INVITED\",\"dealer\":\"D1\","
         "\"occurred_at\":1,\"contact\":\"0011\"}",
         "contact"},
        {"{\"type\":\"SURVEY_INVITED\",\"dealer\":\"D1\","
         "\"occurred_at\":1,\"comment\":17}",
         "comment"},
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
        cmocka_unit_test(json_says_how_a_survey_was_answered),
        cmocka_unit_test(json_words_of_visits_and_complaints_arrive),
        cmocka_unit_test(json_control_says_why_and_what_instead),
        cmocka_unit_test(json_with_anything_unknown_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
