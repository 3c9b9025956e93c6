// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "common/domain/notice.h"
#include "tests/unit/heart_support.h"

static struct member space[ENTITY_MEMBERS_MAX], other_space[ENTITY_MEMBERS_MAX];
static uint8_t bytes[ENTITY_BYTES_MAX], other_bytes[ENTITY_BYTES_MAX];
static const uint8_t ten[] = {9, 8, 8, 7, 10, 6, 5, 9, 10, 10};

static struct entity
empty_set(void)
{
    return (struct entity){.members = space};
}

static struct entity_key
only_key(const struct event *event)
{
    struct entity_key keys[ENTITY_KEYS_MAX];

    assert_int_equal(entity_keys(event, &one_version, keys), 1);
    return keys[0];
}

static void
assert_same_key(const struct entity_key *a, const struct entity_key *b)
{
    assert_int_equal(a->length, b->length);
    assert_memory_equal(a->bytes, b->bytes, a->length);
}

static void
survey_is_keyed_by_visit_else_invitation_else_id(void **state)
{
    (void)state;
    struct event event = response(5, OCTOBER_15, 10, ten);
    static const uint8_t visit[] = {ENTITY_SURVEY, 0, 0, 0, 1, 'v', 'v', '1'};
    static const uint8_t invitation[] = {ENTITY_SURVEY, 0, 0, 0, 0, 'i', 'n'};
    struct entity_key key = only_key(&event);

    assert_int_equal(key.length, sizeof visit);
    assert_memory_equal(key.bytes, visit, sizeof visit);
    assert_int_equal(entity_kind_of(&key), ENTITY_SURVEY);

    event.visit.length = 0;
    event.invitation = span_text("n");
    event.issuer = ISSUER_HQ;
    key = only_key(&event);
    assert_int_equal(key.length, sizeof invitation);
    assert_memory_equal(key.bytes, invitation, sizeof invitation);

    // An event's own id is its dealer's, whoever issues visits.
    event.invitation.length = 0;
    key = only_key(&event);
    assert_int_equal(key.length, 6 + EVENT_ID_SIZE);
    assert_int_equal(key.bytes[4], 1);
    assert_int_equal(key.bytes[5], 'e');
    assert_memory_equal(key.bytes + 6, event.id.bytes, EVENT_ID_SIZE);
}

static void
resurvey_is_an_entity_of_its_own(void **state)
{
    (void)state;
    struct event resurvey = response(5, OCTOBER_15, 10, ten);
    struct event control;

    resurvey.survey.resurvey = true;
    const struct entity_key key = only_key(&resurvey);
    assert_int_equal(key.bytes[5], 'e');
    resurvey.visit.length = 0; // so the control names none
    control = control_of(6, EVENT_VOID, &resurvey, OCTOBER_15 + 1);
    const struct entity_key of_control = only_key(&control);
    assert_same_key(&of_control, &key);
}

static void
customer_is_keyed_by_the_month_of_the_programme(void **state)
{
    (void)state;
    // 2026-10-31T17:00Z is November in a zone eight hours ahead.
    struct event event = response(5, 1793466000000, 10, ten);
    struct entity_key keys[ENTITY_KEYS_MAX];

    event.customer = span_text("customer");
    event.dealer = 0x01020304;
    assert_int_equal(entity_keys(&event, &one_version, keys), 2);
    assert_int_equal(entity_kind_of(&keys[1]), ENTITY_CUSTOMER);
    assert_int_equal(keys[1].length, 9 + 8);
    assert_int_equal(keys[1].bytes[3] << 8 | keys[1].bytes[4], OCTOBER + 1);
    assert_int_equal(keys[1].bytes[5], 1);
    assert_int_equal(keys[1].bytes[8], 4);
    assert_memory_equal(keys[1].bytes + 9, "customer", 8);
}

static void
control_belongs_to_the_entities_of_its_target(void **state)
{
    (void)state;
    static const enum event_type types[] = {
        EVENT_SURVEY_INVITED,    EVENT_SURVEY_RESPONSE,
        EVENT_VISIT_OPENED,      EVENT_VISIT_CLOSED,
        EVENT_COMPLAINT_OPENED,  EVENT_COMPLAINT_ACTION,
        EVENT_COMPLAINT_VERDICT, EVENT_CALL};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct event event = event_of(5, types[i], OCTOBER_15);
        struct entity_key keys[ENTITY_KEYS_MAX], of_control[ENTITY_KEYS_MAX];

        event.visit = span_text("v1");
        event.complaint_id = span_text("c1");
        event.customer = span_text("customer");
        const size_t count = entity_keys(&event, &one_version, keys);
        // A control of next month still finds this month's customer.
        const struct event control =
            control_of(6, EVENT_HOLD, &event, OCTOBER_15 + 40LL * DAY_MS);
        assert_int_equal(entity_keys(&control, &one_version, of_control),
                         count);
        for (size_t k = 0; k < count; k++)
            assert_same_key(&of_control[k], &keys[k]);
    }
}

static void
longest_names_fit_into_a_key(void **state)
{
    (void)state;
    char name[NATURAL_KEY_MAX + 1];
    struct event event = event_of(5, EVENT_VISIT_OPENED, OCTOBER_15);
    struct entity_key keys[ENTITY_KEYS_MAX];

    memset(name, 'x', sizeof name);
    event.visit = span_of(name, NATURAL_KEY_MAX);
    event.customer = span_of(name, PERSON_KEY_MAX);
    assert_int_equal(entity_keys(&event, &one_version, keys), 2);
    assert_int_equal(keys[0].length, 5 + NATURAL_KEY_MAX);
    event.visit.length++;
    event.customer.length++;
    assert_int_equal(entity_keys(&event, &one_version, keys), 0);
}

// --- Bytes -------------------------------------------------------------------

static void
one_survey_of_ten_answers_is_small(void **state)
{
    (void)state;
    struct entity entity = empty_set();
    struct event event = response(5, OCTOBER_15, 10, ten);

    event.dealer = 4711;
    entity_add(ENTITY_SURVEY, &entity, &event);
    const size_t length = entity_encode(ENTITY_SURVEY, &entity, bytes);
    print_message("one survey of ten answers: %zu bytes\n", length);
    assert_true(length <= 55);

    entity = empty_set();
    entity_add(ENTITY_CUSTOMER, &entity, &event);
    assert_true(entity_encode(ENTITY_CUSTOMER, &entity, bytes) <= 30);
}

static void
empty_set_is_no_bytes(void **state)
{
    (void)state;
    struct entity entity = empty_set();

    assert_int_equal(entity_encode(ENTITY_CASE, &entity, bytes), 0);
    entity.count = 7;
    assert_int_equal(entity_decode(ENTITY_CASE, (struct span){0}, &entity),
                     STATUS_OK);
    assert_int_equal(entity.count, 0);
}

static void
same_events_in_any_order_are_the_same_bytes(void **state)
{
    (void)state;
    enum { EVENTS = 6 };
    struct event events[EVENTS];
    size_t length = 0;

    srandom(3);
    for (uint32_t i = 0; i < EVENTS; i++)
        events[i] = response(i + 1, OCTOBER_15 + i / 2, 3, ten);
    events[4].id = events[5].id; // told apart by their dealers alone
    events[4].occurred_at = events[5].occurred_at;
    events[4].dealer = 2;
    for (int round = 0; round < 200; round++) {
        struct entity entity = empty_set();

        for (int i = 0; i < 60; i++)
            entity_add(ENTITY_SURVEY, &entity, &events[random() % EVENTS]);
        for (int i = 0; i < EVENTS; i++)
            entity_add(ENTITY_SURVEY, &entity, &events[i]);
        assert_int_equal(entity.count, EVENTS);
        const size_t now = entity_encode(ENTITY_SURVEY, &entity, other_bytes);
        if (round > 0) {
            assert_int_equal(now, length);
            assert_memory_equal(other_bytes, bytes, length);
        }
        memcpy(bytes, other_bytes, length = now);
    }
}

// An event of any kind with extreme values.
static struct event
extreme_event(uint32_t number, enum event_type type)
{
    struct event event =
        event_of(number, type, random() % 2 ? INT64_MAX : INT64_MIN);
    const enum event_type says =
        random() % 2 ? EVENT_SURVEY_RESPONSE : EVENT_COMPLAINT_ACTION;

    event.dealer = UINT32_MAX;
    if (event_type_is_control(type)) {
        event.control = (struct control){.target = id_of(7),
                                         .target_type = says,
                                         .target_occurred_at = INT64_MIN,
                                         .control = id_of(8)};
        type = type == EVENT_CORRECT ? says : EVENT_NONE;
    }
    if (type == EVENT_SURVEY_RESPONSE) {
        event.survey.answer_count = SURVEY_ANSWERS_MAX;
        for (uint16_t i = 0; i < SURVEY_ANSWERS_MAX; i++)
            event.survey.answers[i] = (struct answer){
                .item = (uint16_t)(UINT16_MAX - 1023 * (63 - i)), .value = 255};
    } else if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED) {
        event.visit_facts = (struct visit){
            true, true, true,      true,      true,      INT64_MIN, INT64_MAX,
            -1,   1,    INT64_MAX, INT64_MIN, INT64_MAX, -1};
    } else if (type == EVENT_COMPLAINT_OPENED) {
        event.complaint = (struct complaint){CLASS_EMERGENCY, 255, INT64_MIN};
    } else if (type == EVENT_COMPLAINT_ACTION) {
        event.action.kind = ACTION_REASSIGN;
        event.action.dealer = UINT32_MAX;
        event.action.amount_fen = INT64_MIN;
    } else if (type == EVENT_COMPLAINT_VERDICT) {
        event.verdict = VERDICT_FRAUD;
    } else if (event_is_notice(type)) {
        for (uint32_t n = 1; n < notice_shape(type)->count; n++)
            if (notice_is_words(&notice_shape(type)->fields[n]))
                event.notice.values[n].bytes = span_text("x");
            else
                event.notice.values[n].number =
                    random() % 2 ? INT64_MIN : INT64_MAX;
    }
    return event;
}

static void
largest_members_fit_and_come_back(void **state)
{
    (void)state;
    static const enum event_type types[] = {
#define X(name, number) EVENT_##name,
        EVENT_TYPE_MAP(X)
#undef X
    };

    srandom(4);
    for (unsigned kind = ENTITY_SURVEY; kind <= ENTITY_MINUTE; kind++)
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            struct entity entity = empty_set(), back = {.members = other_space};

            for (uint32_t i = 0; i < 8; i++) {
                const struct event event = extreme_event(i + 1, types[t]);

                entity_add((enum entity_kind)kind, &entity, &event);
            }
            const size_t length =
                entity_encode((enum entity_kind)kind, &entity, bytes);
            assert_true(length <= 16 + 8 * MEMBER_BYTES_MAX);
            assert_int_equal(entity_decode((enum entity_kind)kind,
                                           span_of(bytes, length), &back),
                             STATUS_OK);
            assert_int_equal(back.count, 8);
            assert_int_equal(
                entity_encode((enum entity_kind)kind, &back, other_bytes),
                length);
            assert_memory_equal(other_bytes, bytes, length);
        }
}

static void
decoded_facts_are_those_added(void **state)
{
    (void)state;
    struct entity entity = empty_set(), back = {.members = other_space};
    struct event event = response(5, OCTOBER_15, 10, ten);
    struct event visit = event_of(6, EVENT_VISIT_CLOSED, OCTOBER_15);
    struct event reassign = action(7, OCTOBER_15, ACTION_REASSIGN);

    entity_add(ENTITY_SURVEY, &entity, &event);
    assert_int_equal(
        entity_decode(
            ENTITY_SURVEY,
            span_of(bytes, entity_encode(ENTITY_SURVEY, &entity, bytes)),
            &back),
        STATUS_OK);
    assert_int_equal(back.members[0].survey.answer_count, 10);
    assert_true(back.members[0].survey.complete);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(back.members[0].survey.answers[i].item, i + 1);
        assert_int_equal(back.members[0].survey.answers[i].value, ten[i]);
    }

    visit.visit_facts = (struct visit){.eligible = true,
                                       .has_settled = true,
                                       .arrived_at = OCTOBER_15 - HOUR_MS,
                                       .settled_fen = 123456,
                                       .margin_fen = -7};
    entity = empty_set();
    entity_add(ENTITY_VISIT, &entity, &visit);
    assert_int_equal(
        entity_decode(
            ENTITY_VISIT,
            span_of(bytes, entity_encode(ENTITY_VISIT, &entity, bytes)), &back),
        STATUS_OK);
    assert_true(back.members[0].visit.eligible);
    assert_false(back.members[0].visit.has_estimate);
    assert_true(back.members[0].visit.has_settled);
    assert_int_equal(back.members[0].visit.arrived_at, OCTOBER_15 - HOUR_MS);
    assert_int_equal(back.members[0].visit.ready_at, 0);
    assert_int_equal(back.members[0].visit.settled_fen, 123456);
    assert_int_equal(back.members[0].visit.margin_fen, -7);

    reassign.action.dealer = 70000;
    reassign.action.amount_fen = -5;
    entity = empty_set();
    entity_add(ENTITY_CASE, &entity, &reassign);
    assert_int_equal(
        entity_decode(
            ENTITY_CASE,
            span_of(bytes, entity_encode(ENTITY_CASE, &entity, bytes)), &back),
        STATUS_OK);
    assert_int_equal(back.members[0].action.kind, ACTION_REASSIGN);
    assert_int_equal(back.members[0].action.dealer, 70000);
    assert_int_equal(back.members[0].action.amount_fen, -5);
}

// Bytes of a set of all kinds of members, then changed at random: whatever
// decodes is canonical, and nothing is read beyond the end.
static void
damaged_bytes_are_corrupt_or_canonical(void **state)
{
    (void)state;
    int refused = 0, taken = 0;

    srandom(5);
    for (int round = 0; round < 60000; round++) {
        const enum entity_kind kind = (enum entity_kind)(1 + round % 4);
        struct entity entity = empty_set(), back = {.members = other_space};

        for (uint32_t i = 0; i < 4; i++) {
            struct event event =
                extreme_event(i, (enum event_type)(32 + random() % 9));
            struct event control =
                extreme_event(i + 10, (enum event_type)(64 + random() % 5));

            event.occurred_at = OCTOBER_15 + random() % 4;
            entity_add(kind, &entity, &event);
            entity_add(kind, &entity, &control);
        }
        size_t length = entity_encode(kind, &entity, bytes);
        for (long changes = random() % 3; changes >= 0; changes--)
            bytes[(size_t)random() % length] ^= (uint8_t)(1 << random() % 8);
        if (random() % 3 == 0)
            length = (size_t)random() % length;
        // A block of just this size, for the sanitizers.
        uint8_t *const exact = malloc(length ? length : 1);
        assert_non_null(exact);
        memcpy(exact, bytes, length);
        if (entity_decode(kind, span_of(exact, length), &back) == STATUS_OK) {
            taken++;
            assert_int_equal(entity_encode(kind, &back, other_bytes), length);
            assert_memory_equal(other_bytes, exact, length);
        } else {
            refused++;
        }
        free(exact);
    }
    assert_true(refused > 1000);
    assert_true(taken > 1000);
}

static void
another_version_is_corrupt(void **state)
{
    (void)state;
    struct entity entity = empty_set();
    static const uint8_t next[] = {3, 0}, one[] = {2}, over[] = {2, 0, 0};

    assert_int_equal(entity_decode(ENTITY_VISIT, span_of(next, 2), &entity),
                     STATUS_CORRUPT);
    assert_int_equal(entity_decode(ENTITY_VISIT, span_of(one, 1), &entity),
                     STATUS_CORRUPT);
    assert_int_equal(entity_decode(ENTITY_VISIT, span_of(over, 3), &entity),
                     STATUS_CORRUPT);
}

// --- Too large ---------------------------------------------------------------

static void
set_of_513_events_is_too_large_for_good(void **state)
{
    (void)state;
    struct entity entity = empty_set(), back = {.members = other_space};
    struct event event = response(1, OCTOBER_15, 10, ten);

    for (uint32_t i = 1; i <= ENTITY_EVENTS_MAX; i++) {
        const struct event control =
            control_of(i + 10000, EVENT_VOID, &event, OCTOBER_15);

        event.id = id_of(i);
        entity_add(ENTITY_SURVEY, &entity, &event);
        entity_add(ENTITY_SURVEY, &entity, &control);
    }
    entity_add(ENTITY_SURVEY, &entity, &event); // again: no matter
    assert_false(entity.too_large);
    assert_int_equal(entity.count, ENTITY_MEMBERS_MAX);
    assert_true(entity_encode(ENTITY_SURVEY, &entity, bytes) <=
                ENTITY_BYTES_MAX);
    event.id = id_of(ENTITY_EVENTS_MAX + 1);
    entity_add(ENTITY_SURVEY, &entity, &event);
    assert_true(entity.too_large);
    assert_int_equal(entity.count, 0);

    const size_t length = entity_encode(ENTITY_SURVEY, &entity, bytes);
    assert_int_equal(length, 2);
    assert_int_equal(
        entity_decode(ENTITY_SURVEY, span_of(bytes, length), &back), STATUS_OK);
    assert_true(back.too_large);
    entity_add(ENTITY_SURVEY, &back, &event);
    assert_true(back.too_large);
    assert_int_equal(back.count, 0);
}

static void
set_of_513_controls_is_too_large_for_good(void **state)
{
    (void)state;
    struct entity entity = empty_set();
    const struct event event = response(1, OCTOBER_15, 10, ten);

    for (uint32_t i = 1; i <= ENTITY_EVENTS_MAX + 1; i++) {
        const struct event control =
            control_of(i + 10000, EVENT_HOLD, &event, OCTOBER_15);

        assert_false(entity.too_large);
        entity_add(ENTITY_SURVEY, &entity, &control);
    }
    assert_true(entity.too_large);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survey_is_keyed_by_visit_else_invitation_else_id),
        cmocka_unit_test(resurvey_is_an_entity_of_its_own),
        cmocka_unit_test(customer_is_keyed_by_the_month_of_the_programme),
        cmocka_unit_test(control_belongs_to_the_entities_of_its_target),
        cmocka_unit_test(longest_names_fit_into_a_key),
        cmocka_unit_test(one_survey_of_ten_answers_is_small),
        cmocka_unit_test(empty_set_is_no_bytes),
        cmocka_unit_test(same_events_in_any_order_are_the_same_bytes),
        cmocka_unit_test(largest_members_fit_and_come_back),
        cmocka_unit_test(decoded_facts_are_those_added),
        cmocka_unit_test(damaged_bytes_are_corrupt_or_canonical),
        cmocka_unit_test(another_version_is_corrupt),
        cmocka_unit_test(set_of_513_events_is_too_large_for_good),
        cmocka_unit_test(set_of_513_controls_is_too_large_for_good),
    };
    return cmocka_run_group_tests_name("entity", tests, NULL, NULL);
}
