// SPDX-License-Identifier: Apache-2.0
#include "common/domain/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const int64_t NOW = INT64_C(1790000000000); // September 2026
static const int64_t DAY = DAY_MS;

static const struct item items[] = {
    {.number = 1, .lo = 1, .hi = 10},
    {.number = 2, .lo = 0, .hi = 10},
    {.number = 3, .lo = 1, .hi = 5},
};
static const uint16_t two[] = {1, 2}, three[] = {1, 2, 3};
static const struct questionnaire old_forms[] = {
    {"svc", 1, 2, two, 2, two},
};
static const struct questionnaire new_forms[] = {
    {"svc", 1, 2, two, 2, two},
    {"svc", 2, 3, three, 3, three},
};
static const struct rulebook before = {
    .valid_from = INT64_C(1700000000000),
    .lookback_ms = 100 * INT64_C(86400000),
    .future_ms = 300000,
    .item_count = 3,
    .items = items,
    .questionnaire_count = 1,
    .questionnaires = old_forms,
};
static const struct rulebook today = {
    .valid_from = INT64_C(1790000000000) - 10 * INT64_C(86400000),
    .lookback_ms = 30 * INT64_C(86400000),
    .future_ms = 300000,
    .item_count = 3,
    .items = items,
    .questionnaire_count = 2,
    .questionnaires = new_forms,
};
static const struct rulebook *const versions[] = {&before, &today};
static const struct rulebook_history history = {2, versions};

static const struct dealer_row row = {.from = INT64_MIN};
static const struct dealer dealers[] = {{"D1", 1, &row}, {"D2", 1, &row}};
static const uint32_t by_id[] = {0, 1};
static uint32_t places[4];
static struct directory directory = {
    .dealer_count = 2, .dealers = dealers, .by_id = by_id};

static int
index_dealers(void **state)
{
    (void)state;
    directory_index(&directory, places);
    return 0;
}

// An event of D1, an hour ago, with all the names.
static struct event
event_of(enum event_type type)
{
    return (struct event){
        .id = {{1}},
        .dealer_id = span_text("D1"),
        .occurred_at = NOW - 3600000,
        .type = type,
        .visit = span_text("V1"),
        .complaint_id = span_text("C1"),
    };
}

static struct survey
answered(void)
{
    return (struct survey){
        .questionnaire = span_text("svc"),
        .version = 2,
        .answer_count = 2,
        .answers = {{1, 10}, {3, 5}},
    };
}

static struct event
survey_event(void)
{
    struct event event = event_of(EVENT_SURVEY_RESPONSE);

    event.survey = answered();
    return event;
}

static struct event
complaint_event(void)
{
    struct event event = event_of(EVENT_COMPLAINT_OPENED);

    event.complaint = (struct complaint){
        .class = CLASS_COMPLEX,
        .received_at = event.occurred_at,
    };
    return event;
}

static struct event
action_event(enum action_kind kind)
{
    struct event event = event_of(EVENT_COMPLAINT_ACTION);

    event.action.kind = kind;
    return event;
}

static struct event
control_event(enum event_type type, enum event_type target)
{
    struct event event = event_of(type);

    event.control = (struct control){
        .target = {{2}},
        .target_type = target,
        .target_occurred_at = NOW - 5 * DAY,
        .control = {{3}},
    };
    return event;
}

static void
assert_outcome_at(struct event event, int64_t now, enum code code,
                  const char *field)
{
    struct outcome outcome = check_event(&event, &history, &directory, now);

    assert_string_equal(code_name(outcome.code), code_name(code));
    if (field)
        assert_string_equal(outcome.field, field);
    else
        assert_null(outcome.field);
}

static void
assert_outcome(struct event event, enum code code, const char *field)
{
    assert_outcome_at(event, NOW, code, field);
}

static void
assert_fine(struct event event)
{
    assert_outcome(event, CODE_NONE, NULL);
}

static void
only_headquarters_controls_and_judges(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 100; number++) {
        enum event_type type = (enum event_type)number;
        bool folded = event_type_folded(number);
        bool audit = type == EVENT_AUDIT_VISIT;
        bool reserved = event_type_is_control(type) ||
                        type == EVENT_COMPLAINT_VERDICT ||
                        type == EVENT_INVOICE || audit;

        assert_int_equal(role_may_send(ROLE_HQ, type), folded);
        assert_int_equal(role_may_send(ROLE_DEALER, type), folded && !reserved);
        assert_false(role_may_send(ROLE_NONE, type));
        assert_int_equal(role_may_send(ROLE_AUDITOR, type), audit);
        assert_false(role_may_send(ROLE_REPORTER, type));
        assert_false(role_may_send(ROLE_COLLECTOR, type));
        assert_false(role_may_send((enum role)99, type));
    }
}

static void
sound_events_of_every_type_pass(void **state)
{
    (void)state;
    static const enum event_type controls[] = {EVENT_VOID, EVENT_UNVOID,
                                               EVENT_HOLD, EVENT_RELEASE};
    struct event verdict = event_of(EVENT_COMPLAINT_VERDICT);

    verdict.verdict = VERDICT_UNFOUNDED;
    assert_fine(event_of(EVENT_SURVEY_INVITED));
    assert_fine(event_of(EVENT_SURVEY_BOUNCED));
    assert_fine(event_of(EVENT_SURVEY_REFUSED));
    assert_fine(survey_event());
    assert_fine(event_of(EVENT_VISIT_OPENED));
    assert_fine(event_of(EVENT_VISIT_CLOSED));
    assert_fine(complaint_event());
    assert_fine(action_event(ACTION_RESPONSE));
    assert_fine(verdict);
    for (size_t i = 0; i < 4; i++)
        assert_fine(control_event(controls[i], EVENT_SURVEY_RESPONSE));
}

static void
an_event_needs_id_dealer_and_a_folded_type(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_OPENED);

    event.id = (struct event_id){0};
    assert_outcome(event, CODE_BAD_ID, "id");
    event = event_of(EVENT_VISIT_OPENED);
    event.dealer_id = (struct span){0};
    assert_outcome(event, CODE_MISSING_FIELD, "dealer");
    assert_outcome(event_of((enum event_type)72), CODE_NOT_YET_SUPPORTED,
                   "payload");
    assert_outcome(event_of((enum event_type)61), CODE_UNKNOWN_TYPE, "payload");
}

static void
events_beyond_the_look_back_are_too_old(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_OPENED);

    event.occurred_at = NOW - today.lookback_ms;
    assert_fine(event);
    event.occurred_at--;
    assert_outcome(event, CODE_TOO_OLD, "occurred_at_ms");
    event.occurred_at = INT64_MIN;
    assert_outcome(event, CODE_TOO_OLD, "occurred_at_ms");
    event.occurred_at = 0;
    assert_outcome(event, CODE_TOO_OLD, "occurred_at_ms");

    event = complaint_event();
    event.complaint.received_at = NOW - today.lookback_ms - 1;
    assert_outcome(event, CODE_TOO_OLD, "received_at_ms");
    event.complaint.received_at = 0; // not said
    assert_fine(event);
}

static void
the_look_back_is_that_of_the_day_of_receipt(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_OPENED);

    event.occurred_at = NOW - 60 * DAY;
    assert_outcome_at(event, NOW - 11 * DAY, CODE_NONE, NULL);
    assert_outcome_at(event, NOW, CODE_TOO_OLD, "occurred_at_ms");
}

static void
events_of_the_future_wait(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_OPENED);

    event.occurred_at = NOW + today.future_ms;
    assert_fine(event);
    event.occurred_at++;
    assert_outcome(event, CODE_FUTURE_TIME, "occurred_at_ms");
    event.occurred_at = INT64_MAX;
    assert_outcome(event, CODE_FUTURE_TIME, "occurred_at_ms");
    assert_outcome_at(event, INT64_MAX - 1, CODE_NONE, NULL);

    event = complaint_event();
    event.complaint.received_at = NOW + DAY;
    assert_outcome(event, CODE_FUTURE_TIME, "received_at_ms");
    event = control_event(EVENT_VOID, EVENT_SURVEY_RESPONSE);
    event.control.target_occurred_at = NOW + DAY;
    assert_outcome(event, CODE_FUTURE_TIME, "target_occurred_at_ms");
}

static void
an_unlisted_dealer_may_be_listed_later(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_OPENED);

    event.dealer_id = span_text("D3");
    assert_outcome(event, CODE_UNKNOWN_DEALER, "dealer");
    assert_int_equal(check_event(&event, &history, &directory, NOW).kind,
                     OUTCOME_RETRY);
    event.dealer_id = span_text("HQ");
    assert_fine(event);

    event = action_event(ACTION_REASSIGN);
    assert_outcome(event, CODE_MISSING_FIELD, "complaint_action.dealer");
    event.action.dealer_id = span_text("D9");
    assert_outcome(event, CODE_UNKNOWN_DEALER, "complaint_action.dealer");
    event.action.dealer_id = span_text("D2");
    assert_fine(event);
    event.action.dealer_id = span_text("HQ");
    assert_fine(event);
}

static void
a_questionnaire_must_be_in_the_rulebook_of_its_day(void **state)
{
    (void)state;
    struct event event = survey_event();

    event.survey.version = 3;
    assert_outcome(event, CODE_UNKNOWN_QUESTIONNAIRE, "questionnaire");
    event.survey = answered();
    event.survey.questionnaire = span_text("sale");
    assert_outcome(event, CODE_UNKNOWN_QUESTIONNAIRE, "questionnaire");
    event.survey = answered();
    event.occurred_at = today.valid_from - 1; // version 2 came that day
    assert_outcome(event, CODE_UNKNOWN_QUESTIONNAIRE, "questionnaire");
    event.occurred_at = today.valid_from;
    assert_fine(event);

    event.survey.version = 0;
    assert_outcome(event, CODE_MISSING_FIELD, "version");
    event.survey.questionnaire = (struct span){0};
    assert_outcome(event, CODE_MISSING_FIELD, "questionnaire");
}

static void
without_a_rulebook_everything_waits(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_OPENED);
    struct outcome outcome =
        check_event(&event, &(struct rulebook_history){0}, &directory, NOW);

    assert_int_equal(outcome.kind, OUTCOME_RETRY);
    assert_int_equal(outcome.code, CODE_UNKNOWN_QUESTIONNAIRE);
}

static void
answers_must_be_of_the_questionnaire_and_on_the_scale(void **state)
{
    (void)state;
    struct event event = survey_event();

    event.survey.answers[1].item = 4;
    assert_outcome(event, CODE_UNKNOWN_ITEM, "items");
    event = survey_event();
    event.survey.version = 1; // which does not ask item 3
    assert_outcome(event, CODE_UNKNOWN_ITEM, "items");
    event = survey_event();
    event.survey.answers[0].value = 0;
    assert_outcome(event, CODE_OFF_SCALE, "values");
    event.survey.answers[0].value = 11;
    assert_outcome(event, CODE_OFF_SCALE, "values");
    event.survey.answers[0].value = 254;
    assert_outcome(event, CODE_OFF_SCALE, "values");
    event.survey.answers[0].value = ANSWER_NOT_APPLICABLE;
    assert_fine(event);
    event.survey.answer_count = 0; // an empty form is a form
    assert_fine(event);
}

static void
completeness_is_filled_in(void **state)
{
    (void)state;
    struct event event = survey_event();

    (void)check_event(&event, &history, &directory, NOW);
    assert_true(event.survey.complete); // two of three
    event.survey.answer_count = 1;
    (void)check_event(&event, &history, &directory, NOW);
    assert_false(event.survey.complete);

    event = control_event(EVENT_CORRECT, EVENT_SURVEY_RESPONSE);
    event.survey = answered();
    (void)check_event(&event, &history, &directory, NOW);
    assert_true(event.survey.complete);
}

static void
a_resurvey_names_the_first_response(void **state)
{
    (void)state;
    struct event event = survey_event();

    event.survey.resurvey = true;
    assert_outcome(event, CODE_MISSING_FIELD, "parent");
    event.survey.parent = (struct event_id){{9}};
    assert_fine(event);
}

static void
visits_and_complaints_need_their_ids(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_CLOSED);

    event.visit = (struct span){0};
    assert_outcome(event, CODE_MISSING_FIELD, "visit");
    event = complaint_event();
    event.complaint_id = (struct span){0};
    assert_outcome(event, CODE_MISSING_FIELD, "complaint");
    event = action_event(ACTION_RESPONSE);
    event.complaint_id = (struct span){0};
    assert_outcome(event, CODE_MISSING_FIELD, "complaint");
    // A control finds the target's entity by the same names.
    event = control_event(EVENT_VOID, EVENT_COMPLAINT_ACTION);
    event.complaint_id = (struct span){0};
    assert_outcome(event, CODE_MISSING_FIELD, "complaint");
    event = survey_event(); // its own id serves
    event.visit = (struct span){0};
    assert_fine(event);
}

static void
a_visit_does_not_contradict_itself(void **state)
{
    (void)state;
    struct event event = event_of(EVENT_VISIT_CLOSED);

    event.visit_facts.has_estimate = true;
    event.visit_facts.has_settled = true;
    event.visit_facts.margin_fen = -1; // a loss is possible
    assert_fine(event);
    event.visit_facts.estimate_fen = -1;
    assert_outcome(event, CODE_BAD_FIELD, "estimate_fen");
    event.visit_facts.estimate_fen = 0;
    event.visit_facts.settled_fen = -1;
    assert_outcome(event, CODE_BAD_FIELD, "settled_fen");

    event = event_of(EVENT_VISIT_CLOSED);
    event.visit_facts.arrived_at = event.occurred_at + 1;
    assert_outcome(event, CODE_BAD_FIELD, "arrived_at_ms");
    event.visit_facts.arrived_at = event.occurred_at - 1000;
    event.visit_facts.served_at = event.occurred_at - 1001;
    assert_outcome(event, CODE_BAD_FIELD, "served_at_ms");
    event.visit_facts.served_at = event.occurred_at - 1000;
    assert_fine(event);
    event.visit_facts.ready_at = -1;
    assert_outcome(event, CODE_BAD_FIELD, "ready_at_ms");
    event = event_of(EVENT_VISIT_OPENED); // may be announced ahead
    event.visit_facts.arrived_at = event.occurred_at + 1;
    assert_fine(event);
}

static void
complaints_and_actions_say_what_they_are(void **state)
{
    (void)state;
    struct event event = complaint_event();

    event.complaint.class = CLASS_NONE;
    assert_outcome(event, CODE_MISSING_FIELD, "class");
    event.complaint.class = CLASS_COUNT;
    assert_outcome(event, CODE_BAD_FIELD, "class");
    event = complaint_event();
    event.complaint.severity = 5;
    assert_outcome(event, CODE_BAD_FIELD, "severity");
    assert_outcome(action_event(ACTION_NONE), CODE_MISSING_FIELD, "kind");
    assert_outcome(action_event(ACTION_COUNT), CODE_BAD_FIELD, "kind");
    event = action_event(ACTION_RECLASSIFY);
    assert_outcome(event, CODE_MISSING_FIELD, "class");
    event.action.class = CLASS_HARD;
    assert_fine(event);
    event = action_event(ACTION_COMPENSATION);
    event.action.amount_fen = -1;
    assert_outcome(event, CODE_BAD_FIELD, "amount_fen");
    event = event_of(EVENT_COMPLAINT_VERDICT);
    assert_outcome(event, CODE_MISSING_FIELD, "verdict");
    event.verdict = VERDICT_COUNT;
    assert_outcome(event, CODE_BAD_FIELD, "verdict");
}

static void
a_control_names_its_target_in_full(void **state)
{
    (void)state;
    struct event event = control_event(EVENT_VOID, EVENT_SURVEY_RESPONSE);

    event.control.target = (struct event_id){0};
    assert_outcome(event, CODE_MISSING_FIELD, "target");
    event = control_event(EVENT_VOID, EVENT_NONE);
    assert_outcome(event, CODE_MISSING_FIELD, "target_type");
    event = control_event(EVENT_HOLD, EVENT_SURVEY_RESPONSE);
    event.control.target_occurred_at = 0;
    assert_outcome(event, CODE_MISSING_FIELD, "target_occurred_at_ms");
    event = control_event(EVENT_UNVOID, EVENT_SURVEY_RESPONSE);
    event.control.control = (struct event_id){0};
    assert_outcome(event, CODE_MISSING_FIELD, "control");
    event.type = EVENT_RELEASE;
    assert_outcome(event, CODE_MISSING_FIELD, "control");
    event.type = EVENT_VOID; // takes nothing back
    assert_fine(event);
}

static void
controls_do_not_act_on_controls(void **state)
{
    (void)state;
    assert_outcome(control_event(EVENT_VOID, EVENT_VOID), CODE_BAD_FIELD,
                   "target_type");
    assert_outcome(control_event(EVENT_UNVOID, EVENT_UNVOID), CODE_BAD_FIELD,
                   "target_type");
    assert_outcome(control_event(EVENT_HOLD, (enum event_type)72),
                   CODE_BAD_FIELD, "target_type");
}

static void
an_old_event_can_still_be_voided(void **state)
{
    (void)state;
    struct event event = control_event(EVENT_VOID, EVENT_SURVEY_RESPONSE);

    event.control.target_occurred_at = NOW - 500 * DAY;
    assert_fine(event);
}

static void
a_replacement_is_checked_like_the_original(void **state)
{
    (void)state;
    struct event event = control_event(EVENT_CORRECT, EVENT_SURVEY_RESPONSE);

    event.survey = answered();
    assert_fine(event);
    event.survey.answers[0].value = 11;
    assert_outcome(event, CODE_OFF_SCALE, "values");
    // By the rules of the day of its target, not of the correction.
    event.survey = answered();
    event.control.target_occurred_at = today.valid_from - 1;
    assert_outcome(event, CODE_UNKNOWN_QUESTIONNAIRE, "questionnaire");

    event = control_event(EVENT_CORRECT, EVENT_VISIT_CLOSED);
    event.visit_facts.has_settled = true;
    event.visit_facts.settled_fen = -5;
    assert_outcome(event, CODE_BAD_FIELD, "settled_fen");
    event = control_event(EVENT_CORRECT, EVENT_COMPLAINT_ACTION);
    assert_outcome(event, CODE_MISSING_FIELD, "kind");
    event = control_event(EVENT_CORRECT, EVENT_SURVEY_INVITED);
    assert_outcome(event, CODE_BAD_FIELD, "target_type"); // says nothing
}

static void
what_is_wrong_for_good_is_told_before_what_may_change(void **state)
{
    (void)state;
    struct event event = survey_event();

    event.dealer_id = span_text("D3");
    event.survey.answers[0].value = 11;
    assert_outcome(event, CODE_OFF_SCALE, "values");
    event.survey.answers[0].value = 10;
    event.occurred_at = NOW + DAY;
    assert_outcome(event, CODE_FUTURE_TIME, "occurred_at_ms");
}

static uint32_t
draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static int64_t
draw_instant(uint64_t *seed)
{
    static const int64_t instants[] = {
        INT64_MIN, -1, 0, 1, INT64_C(1789990000000), INT64_MAX};

    return instants[draw(seed, 6)];
}

static struct span
draw_id(uint64_t *seed)
{
    static const char *const ids[] = {"", "D1", "D9", "HQ", "svc"};

    return span_text(ids[draw(seed, 5)]);
}

static void
draw_payload(struct event *event, enum event_type type, uint64_t *seed)
{
    if (type == EVENT_SURVEY_RESPONSE) {
        event->survey.questionnaire = draw_id(seed);
        event->survey.version = draw(seed, 4);
        event->survey.answer_count = (uint16_t)draw(seed, 4);
        for (uint16_t i = 0; i < event->survey.answer_count; i++)
            event->survey.answers[i] = (struct answer){
                (uint16_t)(i + draw(seed, 2)), (uint8_t)draw(seed, 256)};
    } else if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED) {
        event->visit_facts.arrived_at = draw_instant(seed);
        event->visit_facts.ready_at = draw_instant(seed);
    } else if (type == EVENT_COMPLAINT_OPENED) {
        event->complaint.class = (enum complaint_class)draw(seed, 9);
        event->complaint.received_at = draw_instant(seed);
    } else if (type == EVENT_COMPLAINT_ACTION) {
        event->action.kind = (enum action_kind)draw(seed, 20);
        event->action.class = (enum complaint_class)draw(seed, 9);
        event->action.dealer_id = draw_id(seed);
    } else if (type == EVENT_COMPLAINT_VERDICT) {
        event->verdict = (enum verdict)draw(seed, 9);
    }
}

static struct event
draw_event(uint64_t *seed)
{
    struct event event = event_of((enum event_type)(30 + draw(seed, 60)));
    enum event_type target = (enum event_type)(30 + draw(seed, 15));

    event.dealer_id = draw_id(seed);
    event.visit = draw_id(seed);
    event.complaint_id = draw_id(seed);
    event.occurred_at = draw_instant(seed);
    event.control.target.bytes[0] = (uint8_t)draw(seed, 2);
    event.control.control.bytes[0] = (uint8_t)draw(seed, 2);
    event.control.target_type = target;
    event.control.target_occurred_at = draw_instant(seed);
    draw_payload(&event, event.type == EVENT_CORRECT ? target : event.type,
                 seed);
    return event;
}

static void
every_event_gets_an_answer(void **state)
{
    (void)state;
    uint64_t seed = 11;
    size_t passed = 0;

    for (int round = 0; round < 200000; round++) {
        struct event event = draw_event(&seed);
        int64_t now = round % 2 ? NOW : draw_instant(&seed);
        struct outcome outcome = check_event(&event, &history, &directory, now);

        assert_true(code_known((uint32_t)outcome.code));
        assert_int_equal(outcome.field == NULL, outcome.code == CODE_NONE);
        passed += outcome.code == CODE_NONE;
    }
    assert_true(passed > 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_headquarters_controls_and_judges),
        cmocka_unit_test(sound_events_of_every_type_pass),
        cmocka_unit_test(an_event_needs_id_dealer_and_a_folded_type),
        cmocka_unit_test(events_beyond_the_look_back_are_too_old),
        cmocka_unit_test(the_look_back_is_that_of_the_day_of_receipt),
        cmocka_unit_test(events_of_the_future_wait),
        cmocka_unit_test(an_unlisted_dealer_may_be_listed_later),
        cmocka_unit_test(a_questionnaire_must_be_in_the_rulebook_of_its_day),
        cmocka_unit_test(without_a_rulebook_everything_waits),
        cmocka_unit_test(answers_must_be_of_the_questionnaire_and_on_the_scale),
        cmocka_unit_test(completeness_is_filled_in),
        cmocka_unit_test(a_resurvey_names_the_first_response),
        cmocka_unit_test(visits_and_complaints_need_their_ids),
        cmocka_unit_test(a_visit_does_not_contradict_itself),
        cmocka_unit_test(complaints_and_actions_say_what_they_are),
        cmocka_unit_test(a_control_names_its_target_in_full),
        cmocka_unit_test(controls_do_not_act_on_controls),
        cmocka_unit_test(an_old_event_can_still_be_voided),
        cmocka_unit_test(a_replacement_is_checked_like_the_original),
        cmocka_unit_test(what_is_wrong_for_good_is_told_before_what_may_change),
        cmocka_unit_test(every_event_gets_an_answer),
    };
    return cmocka_run_group_tests_name("event_check", tests, index_dealers,
                                       NULL);
}
