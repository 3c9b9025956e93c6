// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/alert.h"
#include "tests/unit/heart_support.h"

static const struct kpi_rule nps = {.id = "nps",
                                    .form = KPI_NPS,
                                    .item_count = 1,
                                    .items = {2},
                                    .cut = 9,
                                    .detractor_cut = 6};

// alert_in returns what the first event's first entity calls for once all the
// events are in it.
static struct alert
alert_in(const struct event *events, size_t count)
{
    static struct member space[ENTITY_MEMBERS_MAX];
    struct rulebook rules = first_rules;
    const struct rulebook *const only[] = {&rules};
    const struct rulebook_history history = {1, only};
    struct entity entity = {.members = space};
    struct entity_key keys[ENTITY_KEYS_MAX];
    struct alert alert;

    rules.kpi_count = 1;
    rules.kpis = &nps;
    assert_true(entity_keys(&events[0], &history, keys) > 0);
    for (size_t i = 0; i < count; i++)
        entity_add(entity_kind_of(&keys[0]), &entity, &events[i]);
    alert_of(&keys[0], &entity, &history, &alert);
    return alert;
}

static void
an_answer_up_to_the_cut_is_a_detractor_s(void **state)
{
    (void)state;

    for (uint8_t answer = 0; answer <= 10; answer++) {
        const uint8_t values[] = {0, answer};
        const struct event event = response(7, OCTOBER_15, 2, values);
        const struct alert alert = alert_in(&event, 1);

        assert_int_equal(alert.kind,
                         answer <= 6 ? ALERT_DETRACTOR : ALERT_NONE);
        if (alert.kind == ALERT_NONE)
            continue;
        assert_int_equal(alert.item, 2);
        assert_int_equal(alert.value, answer);
        assert_true(event_id_equal(&alert.event, &event.id));
        assert_true(alert.at == OCTOBER_15 && alert.dealer == 1);
    }
    const struct event unasked = response(7, OCTOBER_15, 1, (uint8_t[]){0});
    assert_int_equal(alert_in(&unasked, 1).kind, ALERT_NONE);
}

static void
only_the_response_that_counts_alerts(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = response(2, OCTOBER_15 + 1, 2, (uint8_t[]){0, 1});
    events[1] = response(1, OCTOBER_15, 2, (uint8_t[]){0, 10});
    assert_int_equal(alert_in(events, 1).kind, ALERT_DETRACTOR);
    assert_int_equal(alert_in(events, 2).kind, ALERT_NONE);
    events[2] = control_of(3, EVENT_VOID, &events[1], OCTOBER_15 + 2);
    assert_int_equal(alert_in(events, 3).kind, ALERT_DETRACTOR);
    events[1].survey.complete = false;
    assert_int_equal(alert_in(events, 2).kind, ALERT_DETRACTOR);
}

static void
a_void_and_a_correction_take_an_alert_back(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = response(1, OCTOBER_15, 2, (uint8_t[]){0, 3});
    events[1] = control_of(2, EVENT_VOID, &events[0], OCTOBER_15 + 1);
    assert_int_equal(alert_in(events, 2).kind, ALERT_NONE);
    events[2] = undo_of(3, EVENT_UNVOID, &events[1], OCTOBER_15 + 2);
    assert_int_equal(alert_in(events, 3).kind, ALERT_DETRACTOR);
    events[1] = control_of(2, EVENT_CORRECT, &events[0], OCTOBER_15 + 1);
    events[1].survey = events[0].survey;
    events[1].survey.answers[1].value = 8;
    assert_int_equal(alert_in(events, 2).kind, ALERT_NONE);
    events[1] = control_of(2, EVENT_HOLD, &events[0], OCTOBER_15 + 1);
    assert_int_equal(alert_in(events, 2).kind, ALERT_NONE);
}

static void
a_case_alerts_until_it_is_answered(void **state)
{
    (void)state;
    static const enum action_kind ends[] = {ACTION_RESPONSE, ACTION_RESOLVED,
                                            ACTION_CLOSED};
    struct event events[2] = {opened(1, OCTOBER_15, CLASS_COMPLEX)};
    struct alert alert = alert_in(events, 1);

    assert_int_equal(alert.kind, ALERT_CASE);
    assert_int_equal(alert.class, CLASS_COMPLEX);
    assert_true(alert.at == OCTOBER_15 &&
                alert.answer_due == OCTOBER_15 + DAY_MS &&
                alert.update_due == 0);
    events[1] = action(2, OCTOBER_15 + 1, ACTION_ACK);
    assert_int_equal(alert_in(events, 2).kind, ALERT_CASE);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        events[1] = action(2, OCTOBER_15 + 2LL * DAY_MS, ends[i]);
        assert_int_equal(alert_in(events, 2).kind, ALERT_NONE);
    }
}

static void
a_case_is_whose_it_was_last_assigned_to(void **state)
{
    (void)state;
    struct event events[2] = {opened(1, OCTOBER_15, CLASS_HARD),
                              action(2, OCTOBER_15 + 1, ACTION_REASSIGN)};

    assert_int_equal(alert_in(events, 1).dealer, 1);
    events[1].action.dealer = 9;
    assert_int_equal(alert_in(events, 2).dealer, 9);
}

static void
an_emergency_is_due_one_period_after_each_update(void **state)
{
    (void)state;
    const int64_t period = 30 * MINUTE_MS;
    struct event events[4] = {opened(1, OCTOBER_15, CLASS_EMERGENCY)};
    struct alert alert = alert_in(events, 1);

    assert_true(alert.answer_due == OCTOBER_15 + 5 * MINUTE_MS);
    assert_true(alert.updated_at == OCTOBER_15 &&
                alert.update_due == OCTOBER_15 + period);
    events[1] = action(2, OCTOBER_15 + MINUTE_MS, ACTION_RESPONSE);
    alert = alert_in(events, 2);
    assert_true(alert.kind == ALERT_CASE && alert.answer_due == 0 &&
                alert.update_due == OCTOBER_15 + period);
    events[2] = action(3, OCTOBER_15 + 20 * MINUTE_MS, ACTION_UPDATE);
    alert = alert_in(events, 3);
    assert_true(alert.updated_at == OCTOBER_15 + 20 * MINUTE_MS &&
                alert.update_due == alert.updated_at + period);
    events[3] = action(4, OCTOBER_15 + 25 * MINUTE_MS, ACTION_RESOLVED);
    assert_int_equal(alert_in(events, 4).kind, ALERT_NONE);
}

static void
a_complaint_that_became_an_emergency_runs_from_then(void **state)
{
    (void)state;
    struct event events[2] = {
        opened(1, OCTOBER_15, CLASS_GENERAL),
        action(2, OCTOBER_15 + HOUR_MS, ACTION_RECLASSIFY)};

    assert_true(alert_in(events, 1).update_due == 0);
    events[1].action.class = CLASS_EMERGENCY;
    assert_true(alert_in(events, 2).update_due ==
                OCTOBER_15 + HOUR_MS + 30 * MINUTE_MS);
}

static void
actions_without_an_opening_call_for_nothing(void **state)
{
    (void)state;
    const struct event alone = action(1, OCTOBER_15, ACTION_ACK);

    assert_int_equal(alert_in(&alone, 1).kind, ALERT_NONE);
}

static void
a_deadline_is_open_then_near_then_late(void **state)
{
    (void)state;

    assert_int_equal(alert_state_at(0, 400, 0), ALERT_OPEN);
    assert_int_equal(alert_state_at(0, 400, 300), ALERT_OPEN);
    assert_int_equal(alert_state_at(0, 400, 301), ALERT_NEAR);
    assert_int_equal(alert_state_at(0, 400, 400), ALERT_NEAR);
    assert_int_equal(alert_state_at(0, 400, 401), ALERT_LATE);
    assert_int_equal(alert_state_at(0, 0, 0), ALERT_OPEN); // no time at all
    assert_int_equal(alert_state_at(INT64_MIN, INT64_MAX, 0), ALERT_OPEN);
    assert_int_equal(alert_state_at(INT64_MAX, INT64_MIN, 0), ALERT_LATE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_up_to_the_cut_is_a_detractor_s),
        cmocka_unit_test(only_the_response_that_counts_alerts),
        cmocka_unit_test(a_void_and_a_correction_take_an_alert_back),
        cmocka_unit_test(a_case_alerts_until_it_is_answered),
        cmocka_unit_test(a_case_is_whose_it_was_last_assigned_to),
        cmocka_unit_test(an_emergency_is_due_one_period_after_each_update),
        cmocka_unit_test(a_complaint_that_became_an_emergency_runs_from_then),
        cmocka_unit_test(actions_without_an_opening_call_for_nothing),
        cmocka_unit_test(a_deadline_is_open_then_near_then_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
