// SPDX-License-Identifier: Apache-2.0
#include "common/domain/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/config/map.h"
#include "event.pb-c.h"
#include "tests/unit/heart_support.h"

typedef ProtobufCFieldDescriptor field_type;

static const enum event_type types[] = {
#define X(name, number) EVENT_##name,
    NOTICE_TYPE_MAP(X)
#undef X
};
enum { TYPES = sizeof types / sizeof *types };

static const ProtobufCMessageDescriptor *
message_of(enum event_type type)
{
    return protobuf_c_message_descriptor_get_field(
               &dealerpulse__event__descriptor, type)
        ->descriptor;
}

// --- The table and the contract ----------------------------------------------

static bool
is_written_as(const struct notice_field *field, const field_type *contract)
{
    switch (field->form) {
    case NOTICE_TEXT:
        return contract->type == PROTOBUF_C_TYPE_STRING;
    case NOTICE_BYTES:
        return contract->type == PROTOBUF_C_TYPE_BYTES;
    case NOTICE_TIME:
    case NOTICE_FEN:
        return contract->type == PROTOBUF_C_TYPE_SINT64;
    case NOTICE_NUMBER:
        return contract->type == PROTOBUF_C_TYPE_UINT32;
    case NOTICE_BOOL:
        return contract->type == PROTOBUF_C_TYPE_BOOL;
    case NOTICE_NAME:
        return contract->type == PROTOBUF_C_TYPE_ENUM;
    case NOTICE_NO_FIELD:
        break;
    }
    return false;
}

static void
fields_are_those_of_the_contract(void **state)
{
    (void)state;
    for (size_t t = 0; t < TYPES; t++) {
        const struct notice_shape *const shape = notice_shape(types[t]);
        const ProtobufCMessageDescriptor *const message = message_of(types[t]);

        assert_non_null(shape);
        assert_true(shape->count <= NOTICE_FIELDS_MAX);
        assert_int_equal(shape->count, message->n_fields + 1);
        for (unsigned i = 0; i < message->n_fields; i++) {
            const field_type *const contract = &message->fields[i];
            const struct notice_field *const field =
                &shape->fields[contract->id];

            assert_string_equal(field->name, contract->name);
            if (!is_written_as(field, contract))
                fail_msg("%s is of another form in the contract", field->name);
        }
    }
}

// The contract says POINTS_EARN where maps say EARN.
static void
names_are_those_of_the_contract(void **state)
{
    (void)state;
    int seen = 0;

    for (size_t t = 0; t < TYPES; t++) {
        const struct notice_shape *const shape = notice_shape(types[t]);

        for (uint32_t n = 1; n < shape->count; n++) {
            const struct notice_field *const field = &shape->fields[n];

            if (field->form != NOTICE_NAME)
                continue;
            const ProtobufCEnumDescriptor *const names =
                protobuf_c_message_descriptor_get_field(message_of(types[t]), n)
                    ->descriptor;
            assert_int_equal(names->n_values, field->most + 1);
            for (int64_t i = 0; i < field->most; i++, seen++) {
                const ProtobufCEnumValue *const value =
                    protobuf_c_enum_descriptor_get_value(names, (int)i + 1);
                const char *const suffix =
                    value->name + strlen(value->name) - strlen(field->words[i]);

                assert_string_equal(suffix, field->words[i]);
                assert_int_equal(suffix[-1], '_');
            }
        }
    }
    assert_true(seen > 40);
}

// --- The table and maps ------------------------------------------------------

static bool
is_read_as(enum notice_form form, enum map_kind kind)
{
    if (form == NOTICE_TEXT || form == NOTICE_BYTES)
        return kind == (form == NOTICE_TEXT ? MAP_TEXT : MAP_BYTES);
    if (form == NOTICE_NAME || form == NOTICE_BOOL)
        return kind == (form == NOTICE_NAME ? MAP_NAME : MAP_BOOL);
    return kind == MAP_NUMBER;
}

static bool
map_has(const struct notice_field *field)
{
    char name[64];

    if (field->form != NOTICE_TIME) {
        for (int i = 0; i < MAP_FIELD_COUNT; i++)
            if (strcmp(map_field_name((enum map_field)i), field->name) == 0)
                return is_read_as(field->form,
                                  map_field_kind((enum map_field)i));
        return false;
    }
    for (int i = 0; i < MAP_TIME_COUNT; i++) {
        snprintf(name, sizeof name, "%s_ms", map_time_name((enum map_time)i));
        if (strcmp(name, field->name) == 0)
            return true;
    }
    return false;
}

static void
maps_have_every_field(void **state)
{
    (void)state;
    for (size_t t = 0; t < TYPES; t++)
        for (uint32_t n = 1; n < notice_shape(types[t])->count; n++)
            if (!map_has(&notice_shape(types[t])->fields[n]))
                fail_msg("maps lack %s",
                         notice_shape(types[t])->fields[n].name);
}

static void
numbers_and_names_are_read_within_their_bounds(void **state)
{
    (void)state;
    int64_t number = 0;

    assert_true(
        map_field_number(MAP_FIELD_KIND, EVENT_POINTS, "REDEEM", &number));
    assert_int_equal(number, 2);
    assert_true(
        map_field_number(MAP_FIELD_KIND, EVENT_CONTACT, "BIRTHDAY", &number));
    assert_int_equal(number, 3);
    assert_false(
        map_field_number(MAP_FIELD_KIND, EVENT_CONTACT, "REDEEM", &number));
    assert_true(map_field_number(MAP_FIELD_STARS, EVENT_REVIEW, "5", &number));
    assert_false(map_field_number(MAP_FIELD_STARS, EVENT_REVIEW, "6", &number));
    assert_false(map_field_number(MAP_FIELD_STARS, EVENT_REVIEW, "0", &number));
    assert_true(
        map_field_number(MAP_FIELD_AMOUNT_FEN, EVENT_INVOICE, "-7", &number));
    assert_false(
        map_field_number(MAP_FIELD_AMOUNT_FEN, EVENT_PURCHASE, "-7", &number));
}

// --- The table and the pages -------------------------------------------------

// row_of returns the line of a page that begins like this.
static const char *
row_of(const char *page, const char *begin, size_t *length)
{
    const char *row = strstr(page, begin);

    if (!row)
        fail_msg("the page lacks the row %s", begin + 1);
    *length = strcspn(row + 1, "\n");
    return row + 1;
}

static void
read_page(const char *name, char *page, size_t room)
{
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    const size_t length = fread(page, 1, room - 1, file);
    assert_true(length < room - 1);
    page[length] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void
expect_in_row(const char *row, size_t length, const char *words)
{
    const char *const found = strstr(row, words);

    if (!found || found >= row + length)
        fail_msg("%.40s... lacks %s", row, words);
}

static void
pages_have_every_field_of_every_type(void **state)
{
    (void)state;
    static char protocol[1 << 17], import[1 << 17];
    char words[128];
    size_t in_protocol, in_import;

    read_page(SOURCE_DIR "/docs/PROTOCOL.md", protocol, sizeof protocol);
    read_page(SOURCE_DIR "/docs/IMPORT.md", import, sizeof import);
    for (size_t t = 0; t < TYPES; t++) {
        const char *const name = event_type_name((uint32_t)types[t]);
        const struct notice_shape *const shape = notice_shape(types[t]);

        snprintf(words, sizeof words, "\n| %d | %s |", (int)types[t], name);
        const char *const contract = row_of(protocol, words, &in_protocol);
        snprintf(words, sizeof words, "\n| `%s` |", name);
        const char *const map = row_of(import, words, &in_import);
        for (uint32_t n = 1; n < shape->count; n++) {
            const struct notice_field *const field = &shape->fields[n];
            const int length =
                (int)strlen(field->name) - (field->form == NOTICE_TIME ? 3 : 0);
            const char *const star = field->needed ? "\\*" : "";

            snprintf(words, sizeof words, "%u `%s`%s", n, field->name, star);
            expect_in_row(contract, in_protocol, words);
            snprintf(words, sizeof words, "`%.*s`%s", length, field->name,
                     star);
            expect_in_row(map, in_import, words);
        }
    }
}

// --- What fields say of one another ------------------------------------------

struct said {
    enum event_type type;
    int64_t numbers[NOTICE_FIELDS_MAX];
    enum code code;
    const char *field;
};

static void
fields_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    enum { AT = 1000000 };
    static const struct said said[] = {
        {EVENT_CALL, {[3] = AT + 5}, CODE_NONE, NULL},
        {EVENT_CALL, {[4] = AT}, CODE_NONE, NULL},
        {EVENT_CALL, {[2] = AT - 9, [3] = AT - 5}, CODE_NONE, NULL},
        {EVENT_CALL, {0}, CODE_MISSING_FIELD, "answered_at_ms"},
        {EVENT_CALL, {[3] = AT, [4] = AT}, CODE_BAD_FIELD, "answered_at_ms"},
        {EVENT_CALL, {[3] = AT - 1}, CODE_BAD_FIELD, "answered_at_ms"},
        {EVENT_CALL,
         {[2] = AT, [4] = AT - 1},
         CODE_BAD_FIELD,
         "abandoned_at_ms"},
        {EVENT_CALL, {[3] = AT, [6] = 1}, CODE_BAD_FIELD, "qa_passed"},
        {EVENT_CALL, {[3] = AT, [5] = 1, [6] = 1}, CODE_NONE, NULL},
        {EVENT_CHAT, {[2] = AT - 1}, CODE_BAD_FIELD, "answered_at_ms"},
        {EVENT_REVIEW, {0}, CODE_MISSING_FIELD, "polarity"},
        {EVENT_REVIEW, {[3] = 4}, CODE_NONE, NULL},
        {EVENT_AUDIT_VISIT, {[2] = 3, [3] = 2}, CODE_BAD_FIELD, "passed"},
        {EVENT_AUDIT_VISIT, {[3] = 2, [4] = 3}, CODE_BAD_FIELD, "veto_failed"},
        {EVENT_AUDIT_VISIT, {[5] = 2, [6] = 3}, CODE_BAD_FIELD, "correct"},
        {EVENT_AUDIT_VISIT,
         {[7] = 1, [8] = 9, [9] = 8},
         CODE_BAD_FIELD,
         "capability"},
        {EVENT_AUDIT_VISIT, {[10] = 1}, CODE_BAD_FIELD, "delivered"},
        {EVENT_AUDIT_VISIT,
         {[7] = 1, [8] = 9, [9] = 8, [10] = 7},
         CODE_NONE,
         NULL},
        {EVENT_STAFF_HEADCOUNT, {[1] = 3, [2] = 4}, CODE_BAD_FIELD, "trained"},
    };

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct notice notice = {0};

        for (uint32_t n = 0; n < NOTICE_FIELDS_MAX; n++)
            notice.values[n].number = said[i].numbers[n];
        const struct outcome outcome = notice_check(said[i].type, AT, &notice);
        assert_string_equal(code_name(outcome.code), code_name(said[i].code));
        if (said[i].field)
            assert_string_equal(outcome.field, said[i].field);
    }
}

// --- What counts -------------------------------------------------------------

static struct member space[ENTITY_MEMBERS_MAX];
static struct contribution out;

// count_of gives one count of a set, of any kind.
static int64_t
count_of(const struct entity_key *key, const struct event *events, size_t count,
         enum count wanted)
{
    struct entity entity = {.members = space};

    for (size_t i = 0; i < count; i++)
        entity_add(entity_kind_of(key), &entity, &events[i]);
    contribution_of(key, &entity, &one_version, &out);
    for (size_t i = 0; i < out.count; i++)
        if (out.deltas[i].counter == counter(COUNTER_COUNT, wanted, 0) &&
            out.deltas[i].key.slice == SLICE_ALL)
            return out.deltas[i].value;
    return 0;
}

// count_in gives one count of what the events make of the first one's entity.
static int64_t
count_in(const struct event *events, size_t count, enum count wanted)
{
    struct entity_key keys[ENTITY_KEYS_MAX];

    (void)entity_keys(&events[0], &one_version, keys);
    return count_of(&keys[0], events, count, wanted);
}

static struct event
notice_event(uint32_t number, enum event_type type, uint32_t field,
             int64_t value)
{
    struct event event = event_of(number, type, OCTOBER_15);

    event.notice.values[field].number = value;
    return event;
}

static void
connect_rate_leaves_out_who_gave_up_at_once(void **state)
{
    (void)state;
    struct event call = notice_event(1, EVENT_CALL, 4, OCTOBER_15 + 4999);

    assert_int_equal(count_in(&call, 1, COUNT_CALLS), 1);
    assert_int_equal(count_in(&call, 1, COUNT_CALLS_SHORT), 1);
    call.notice.values[4].number = OCTOBER_15 + 5000;
    assert_int_equal(count_in(&call, 1, COUNT_CALLS_SHORT), 0);
    call.notice.values[2].number = OCTOBER_15 + 1; // offered later
    assert_int_equal(count_in(&call, 1, COUNT_CALLS_SHORT), 1);
    assert_int_equal(count_in(&call, 1, COUNT_CALLS_ANSWERED), 0);
}

static void
review_counts_by_its_word_else_by_its_stars(void **state)
{
    (void)state;
    struct event review = notice_event(1, EVENT_REVIEW, 3, 1);

    assert_int_equal(count_in(&review, 1, COUNT_REVIEWS_1_STAR), 1);
    review.notice.values[2].number = 1;
    assert_int_equal(count_in(&review, 1, COUNT_REVIEWS_1_STAR), 0);
    assert_int_equal(count_in(&review, 1, COUNT_REVIEWS_GOOD), 1);
    assert_int_equal(count_in(&review, 1, COUNT_REVIEWS), 1);
}

static void
credit_note_lowers_the_base(void **state)
{
    (void)state;
    struct event invoice = notice_event(1, EVENT_INVOICE, 3, -50000);

    invoice.notice.values[2].number = 1;
    assert_int_equal(count_in(&invoice, 1, COUNT_INVOICED_FEN), -50000);
    assert_int_equal(count_in(&invoice, 1, COUNT_INVOICED_VEHICLE_FEN), -50000);
    assert_int_equal(count_in(&invoice, 1, COUNT_INVOICED_PARTS_FEN), 0);
}

static void
controls_act_on_a_notice_as_on_any_event(void **state)
{
    (void)state;
    struct event set[3] = {notice_event(1, EVENT_INVOICE, 3, 70000)};

    set[1] = control_of(2, EVENT_CORRECT, &set[0], OCTOBER_15 + 9);
    set[1].notice.values[3].number = 60000;
    assert_int_equal(count_in(set, 2, COUNT_INVOICED_FEN), 60000);
    assert_int_equal(count_in(set, 2, COUNT_CORRECTED), 1);
    set[2] = undo_of(3, EVENT_UNVOID, &set[1], OCTOBER_15 + 10);
    assert_int_equal(count_in(set, 3, COUNT_INVOICED_FEN), 70000);
    set[1] = control_of(2, EVENT_HOLD, &set[0], OCTOBER_15 + 9);
    assert_int_equal(count_in(set, 2, COUNT_INVOICED_FEN), 0);
    assert_int_equal(count_in(set, 2, COUNT_HELD), 1);
    set[1] = control_of(2, EVENT_VOID, &set[0], OCTOBER_15 + 9);
    assert_int_equal(count_in(set, 2, COUNT_INVOICES), 0);
    assert_int_equal(count_in(set, 2, COUNT_VOIDED), 1);
}

static void
last_headcount_of_a_month_counts(void **state)
{
    (void)state;
    struct event set[3] = {notice_event(7, EVENT_STAFF_HEADCOUNT, 1, 40),
                           notice_event(5, EVENT_STAFF_HEADCOUNT, 1, 42)};

    set[1].occurred_at += DAY_MS;
    assert_int_equal(count_in(set, 2, COUNT_STAFF), 42);
    set[2] = control_of(9, EVENT_VOID, &set[1], OCTOBER_15 + 2 * DAY_MS);
    assert_int_equal(count_in(set, 3, COUNT_STAFF), 40);
    assert_int_equal(count_in(set, 3, COUNT_VOIDED), 1);
}

static void
contact_of_a_visit_is_a_member_of_both(void **state)
{
    (void)state;
    struct event set[2] = {notice_event(1, EVENT_CONTACT, 1, 1)};
    struct entity_key keys[ENTITY_KEYS_MAX];

    assert_int_equal(entity_keys(&set[0], &one_version, keys), 1);
    set[0].visit = span_text("v1");
    assert_int_equal(entity_keys(&set[0], &one_version, keys), 2);
    assert_int_equal(entity_kind_of(&keys[1]), ENTITY_VISIT);
    set[1] = control_of(2, EVENT_VOID, &set[0], OCTOBER_15 + 9);
    assert_int_equal(entity_keys(&set[1], &one_version, keys), 2);

    // What the control did is counted once, not in the visit again.
    struct entity visit = {.members = space};
    entity_add(ENTITY_VISIT, &visit, &set[0]);
    entity_add(ENTITY_VISIT, &visit, &set[1]);
    contribution_of(&keys[1], &visit, &one_version, &out);
    assert_int_equal(out.count, 0);
}

static void
call_back_counts_within_three_days_of_the_closing(void **state)
{
    (void)state;
    struct event set[2] = {event_of(1, EVENT_VISIT_CLOSED, OCTOBER_15),
                           notice_event(2, EVENT_CONTACT, 1, 1)};
    struct entity_key keys[ENTITY_KEYS_MAX];

    set[0].visit = set[1].visit = span_text("v1");
    (void)entity_keys(&set[0], &one_version, keys);
    assert_int_equal(count_of(keys, set, 1, COUNT_FOLLOW_UP_DUE), 1);
    assert_int_equal(count_of(keys, set, 1, COUNT_FOLLOWED_UP), 0);
    set[1].occurred_at = OCTOBER_15 + 3LL * DAY_MS;
    assert_int_equal(count_of(keys, set, 2, COUNT_FOLLOWED_UP), 1);
    set[1].occurred_at++;
    assert_int_equal(count_of(keys, set, 2, COUNT_FOLLOWED_UP), 0);
    set[1].occurred_at = OCTOBER_15 - 1;
    assert_int_equal(count_of(keys, set, 2, COUNT_FOLLOWED_UP), 0);
    set[1].occurred_at = OCTOBER_15;
    set[1].notice.values[2].number = 2; // did not reach the customer
    assert_int_equal(count_of(keys, set, 2, COUNT_FOLLOWED_UP), 0);
    set[1].notice.values[2].number = 1;
    assert_int_equal(count_of(keys, set, 2, COUNT_FOLLOWED_UP), 1);
    set[1].notice.values[1].number = 3; // a birthday
    assert_int_equal(count_of(keys, set, 2, COUNT_FOLLOWED_UP), 0);
}

static void
defect_is_disclosed_before_the_customer_signs(void **state)
{
    (void)state;
    struct event set[3] = {event_of(1, EVENT_VISIT_OPENED, OCTOBER_15),
                           event_of(2, EVENT_DISCLOSURE, OCTOBER_15 + 60),
                           event_of(3, EVENT_GUIDANCE, OCTOBER_15 + 70)};
    struct entity_key keys[ENTITY_KEYS_MAX];

    set[0].visit = set[1].visit = set[2].visit = span_text("v1");
    set[0].visit_facts.signed_at = OCTOBER_15 + 60;
    (void)entity_keys(&set[0], &one_version, keys);
    assert_int_equal(count_of(keys, set, 3, COUNT_SIGNED), 1);
    assert_int_equal(count_of(keys, set, 3, COUNT_DISCLOSED), 1);
    assert_int_equal(count_of(keys, set, 3, COUNT_FIRST_VISITS), 0);
    set[0].visit_facts.signed_at--;
    set[0].visit_facts.first_visit = true;
    assert_int_equal(count_of(keys, set, 3, COUNT_DISCLOSED), 0);
    assert_int_equal(count_of(keys, set, 3, COUNT_FIRST_GUIDED), 1);
    assert_int_equal(count_of(keys, set, 2, COUNT_FIRST_GUIDED), 0);
}

static void
minute_is_missed_when_no_call_of_it_is_answered(void **state)
{
    (void)state;
    struct event set[2] = {notice_event(1, EVENT_CALL, 4, OCTOBER_15 + 9000),
                           notice_event(2, EVENT_CALL, 3, OCTOBER_15 + 59999)};
    struct entity_key keys[ENTITY_KEYS_MAX], other[ENTITY_KEYS_MAX];

    assert_int_equal(entity_keys(&set[0], &one_version, keys), 2);
    assert_int_equal(entity_kind_of(&keys[1]), ENTITY_MINUTE);
    assert_int_equal(count_of(&keys[1], set, 1, COUNT_HOTLINE_MISSED), 1);
    assert_int_equal(count_of(&keys[1], set, 2, COUNT_HOTLINE_MISSED), 0);
    assert_int_equal(count_of(&keys[1], set, 2, COUNT_HOTLINE_MINUTES), 1);
    set[1].occurred_at = OCTOBER_15 + MINUTE_MS - 1;
    (void)entity_keys(&set[1], &one_version, other);
    assert_memory_equal(&other[1], &keys[1], keys[1].length + 1u);
    set[1].occurred_at++;
    (void)entity_keys(&set[1], &one_version, other);
    assert_memory_not_equal(&other[1], &keys[1], keys[1].length + 1u);
}

static void
staff_and_dealers_answers_stay_apart_from_customers(void **state)
{
    (void)state;
    static const uint8_t answers[] = {9, 8, ANSWER_NOT_APPLICABLE};
    struct event event = response(1, OCTOBER_15, 3, answers);

    event.type = EVENT_STAFF_SURVEY;
    assert_int_equal(count_in(&event, 1, COUNT_STAFF_RESPONSES), 1);
    assert_int_equal(out.count, 3); // and neither RESPONSES nor ANSWER
    assert_int_equal(count_in(&event, 1, COUNT_STAFF_ANSWERS), 2);
    assert_int_equal(count_in(&event, 1, COUNT_STAFF_ANSWER_SUM), 17);
    event.type = EVENT_DEALER_SURVEY;
    assert_int_equal(count_in(&event, 1, COUNT_DEALER_ANSWER_SUM), 17);
    event.survey.complete = false;
    (void)count_in(&event, 1, COUNT_DEALER_RESPONSES);
    assert_int_equal(out.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_those_of_the_contract),
        cmocka_unit_test(names_are_those_of_the_contract),
        cmocka_unit_test(maps_have_every_field),
        cmocka_unit_test(numbers_and_names_are_read_within_their_bounds),
        cmocka_unit_test(pages_have_every_field_of_every_type),
        cmocka_unit_test(fields_that_contradict_each_other_are_refused),
        cmocka_unit_test(connect_rate_leaves_out_who_gave_up_at_once),
        cmocka_unit_test(review_counts_by_its_word_else_by_its_stars),
        cmocka_unit_test(credit_note_lowers_the_base),
        cmocka_unit_test(controls_act_on_a_notice_as_on_any_event),
        cmocka_unit_test(last_headcount_of_a_month_counts),
        cmocka_unit_test(contact_of_a_visit_is_a_member_of_both),
        cmocka_unit_test(call_back_counts_within_three_days_of_the_closing),
        cmocka_unit_test(defect_is_disclosed_before_the_customer_signs),
        cmocka_unit_test(minute_is_missed_when_no_call_of_it_is_answered),
        cmocka_unit_test(staff_and_dealers_answers_stay_apart_from_customers),
    };
    return cmocka_run_group_tests_name("notice", tests, NULL, NULL);
}
