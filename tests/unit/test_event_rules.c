// SPDX-License-Identifier: Apache-2.0
//
// What event_read refuses, with which code and which field.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/wire/event_code.h"
#include "common/wire/put.h"

enum { BODY_ROOM = 2 * EVENT_BODY_MAX };

// A body written field by field, right or wrong.
struct draft {
    uint8_t room[BODY_ROOM];
    struct writer out;
};

static const uint8_t some_id[EVENT_ID_SIZE] = {1, 2, 3, 4};

static struct writer *
draft_begin(struct draft *draft)
{
    draft->out = writer_on(draft->room, sizeof draft->room);
    return &draft->out;
}

// draft_names writes id, dealer and occurred_at as they should be.
static struct writer *
draft_names(struct draft *draft)
{
    struct writer *out = draft_begin(draft);

    put_bytes(out, 1, span_of(some_id, sizeof some_id));
    put_bytes(out, 2, span_text("D1"));
    put_signed(out, 3, 1790000000000);
    return out;
}

// draft_survey opens a survey response with questionnaire and version.
static struct writer *
draft_survey(struct draft *draft)
{
    struct writer *out = draft_names(draft);

    put_open(out, EVENT_SURVEY_RESPONSE);
    put_bytes(out, 1, span_text("service"));
    put_unsigned(out, 2, 3);
    return out;
}

static struct writer *
draft_control(struct draft *draft, enum event_type type, uint32_t target_type)
{
    struct writer *out = draft_names(draft);

    put_bytes(out, 5, span_text("V1"));
    put_bytes(out, 7, span_text("C1"));
    put_open(out, type);
    put_bytes(out, 1, span_of(some_id, sizeof some_id));
    put_unsigned(out, 2, target_type);
    put_signed_always(out, 3, 1780000000000);
    return out;
}

static void
packed(struct writer *out, uint32_t field, const uint8_t *numbers, size_t count)
{
    put_bytes_always(out, field, span_of(numbers, count));
}

static struct outcome
draft_read(struct draft *draft, struct event *event)
{
    size_t length = put_closed(&draft->out);

    return event_read(span_of(draft->room, length), event);
}

static void
refused(struct draft *draft, enum code code, const char *field)
{
    struct event event;
    struct outcome outcome = draft_read(draft, &event);

    assert_string_equal(code_name(outcome.code), code_name(code));
    if (field) {
        assert_non_null(outcome.field);
        assert_string_equal(outcome.field, field);
    }
    assert_int_equal(outcome.kind, OUTCOME_REJECTED);
}

static void
taken(struct draft *draft)
{
    struct event event;
    struct outcome outcome = draft_read(draft, &event);

    assert_string_equal(code_name(outcome.code), "NONE");
    assert_int_equal(outcome.kind, OUTCOME_ACCEPTED);
}

static void
nothing_at_all_is_an_empty_event(void **state)
{
    (void)state;
    struct event event;

    assert_int_equal(event_read((struct span){NULL, 0}, &event).code,
                     CODE_EMPTY_EVENT);
}

static void
a_body_over_the_limit_is_too_large(void **state)
{
    (void)state;
    static const uint8_t body[EVENT_BODY_MAX + 1];
    struct event event;

    assert_int_equal(event_read(span_of(body, sizeof body), &event).code,
                     CODE_TOO_LARGE);
    assert_int_equal(event_read(span_of(body, EVENT_BODY_MAX), &event).code,
                     CODE_MALFORMED);
}

static void
bytes_that_are_no_message_are_malformed(void **state)
{
    (void)state;
    static const struct {
        uint8_t length, bytes[16];
    } cases[] = {
        {1, {0x00}},                               // field number 0
        {1, {0x0a}},                               // a tag alone
        {2, {0x0a, 0x05}},                         // five bytes, none there
        {2, {0x0b, 0x0c}},                         // a group
        {2, {0x18, 0x80}},                         // a varint cut short
        {6, {0x8a, 0x80, 0x80, 0x80, 0x80, 0x00}}, // a tag of six bytes
        {6, {0x0a, 0x80, 0x80, 0x80, 0x80, 0x10}}, // a length over 32 bits
        {7, {0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}}, // of six bytes
        {11,
         {0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0x02}},                // over 64 bits
        {5, {0x1d, 0, 0, 0, 0}}, // fixed32 where a varint belongs
    };
    struct event event;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            event_read(span_of(cases[i].bytes, cases[i].length), &event).code,
            CODE_MALFORMED);
}

static void
a_field_nobody_defined_is_malformed(void **state)
{
    (void)state;
    struct draft draft;

    put_unsigned(draft_names(&draft), 16, 1);
    refused(&draft, CODE_MALFORMED, NULL);
    put_unsigned(draft_survey(&draft), 15, 1);
    refused(&draft, CODE_MALFORMED, NULL);
}

static void
a_singular_field_given_twice_is_malformed(void **state)
{
    (void)state;
    struct draft draft;

    put_bytes(draft_names(&draft), 2, span_text("D2"));
    refused(&draft, CODE_MALFORMED, "dealer");
    put_unsigned(draft_survey(&draft), 2, 4);
    refused(&draft, CODE_MALFORMED, "version");
}

static void
a_wrong_wire_type_is_malformed(void **state)
{
    (void)state;
    struct draft draft;

    put_fixed64(draft_names(&draft), 5, 1);
    refused(&draft, CODE_MALFORMED, "visit");
    put_fixed64(draft_survey(&draft), 3, 1);
    refused(&draft, CODE_MALFORMED, "items");
    put_unsigned(draft_names(&draft), EVENT_VISIT_OPENED, 1);
    refused(&draft, CODE_MALFORMED, "payload");
}

static void
two_payloads_are_malformed(void **state)
{
    (void)state;
    struct draft draft;
    struct writer *out = draft_survey(&draft);

    put_close(out);
    put_bytes_always(out, EVENT_SURVEY_INVITED, (struct span){NULL, 0});
    refused(&draft, CODE_MALFORMED, "payload");
}

static void
an_id_is_sixteen_bytes_and_not_zero(void **state)
{
    (void)state;
    static const uint8_t zero[EVENT_ID_SIZE];
    struct draft draft;

    put_bytes(draft_begin(&draft), 2, span_text("D1"));
    refused(&draft, CODE_BAD_ID, "id");
    put_bytes(draft_begin(&draft), 1, span_of(some_id, 15));
    refused(&draft, CODE_BAD_ID, "id");
    put_bytes(draft_begin(&draft), 1, span_of(zero, sizeof zero));
    refused(&draft, CODE_BAD_ID, "id");
}

static void
id_and_dealer_of_a_refused_event_are_known(void **state)
{
    (void)state;
    struct draft draft;
    struct event event;

    put_unsigned(draft_names(&draft), 16, 1); // unknown
    assert_int_equal(draft_read(&draft, &event).code, CODE_MALFORMED);
    assert_memory_equal(event.id.bytes, some_id, sizeof some_id);
    assert_true(span_equal(event.dealer_id, span_text("D1")));

    put_bytes(draft_begin(&draft), 2, span_text("no spaces"));
    assert_int_equal(draft_read(&draft, &event).code, CODE_BAD_ID);
    assert_true(event_id_is_zero(&event.id));
    assert_int_equal(event.dealer_id.length, 0);
}

static void
dealer_with(struct draft *draft, struct span dealer)
{
    struct writer *out = draft_begin(draft);

    put_bytes(out, 1, span_of(some_id, sizeof some_id));
    put_bytes_always(out, 2, dealer);
}

static void
a_dealer_is_a_short_printable_word(void **state)
{
    (void)state;
    struct draft draft;

    put_bytes(draft_begin(&draft), 1, span_of(some_id, sizeof some_id));
    refused(&draft, CODE_MISSING_FIELD, "dealer");
    dealer_with(&draft, span_text(""));
    refused(&draft, CODE_MISSING_FIELD, "dealer");
    dealer_with(&draft, span_text("D 1"));
    refused(&draft, CODE_BAD_FIELD, "dealer");
    dealer_with(&draft, span_text("D\x7f"));
    refused(&draft, CODE_BAD_FIELD, "dealer");
    dealer_with(&draft, span_text("经销商"));
    refused(&draft, CODE_BAD_FIELD, "dealer");
    dealer_with(&draft, span_text("\xff"));
    refused(&draft, CODE_BAD_TEXT, "dealer");
    dealer_with(&draft, span_of("D\0001", 3));
    refused(&draft, CODE_BAD_TEXT, "dealer");
    dealer_with(&draft, span_text("123456789012345678901234567890123"));
    refused(&draft, CODE_TOO_LARGE, "dealer");
}

static void
an_event_happened_some_time(void **state)
{
    (void)state;
    struct draft draft;
    struct writer *out = draft_begin(&draft);

    put_bytes(out, 1, span_of(some_id, sizeof some_id));
    put_bytes(out, 2, span_text("D1"));
    refused(&draft, CODE_MISSING_FIELD, "occurred_at_ms");
}

static void
a_payload_has_a_type_that_exists(void **state)
{
    (void)state;
    struct draft draft;

    draft_names(&draft);
    refused(&draft, CODE_MISSING_FIELD, "payload");
    put_bytes_always(draft_names(&draft), 61, (struct span){NULL, 0});
    refused(&draft, CODE_UNKNOWN_TYPE, "payload");
    put_bytes_always(draft_names(&draft), 100000, (struct span){NULL, 0});
    refused(&draft, CODE_UNKNOWN_TYPE, "payload");
    put_bytes_always(draft_names(&draft), 41, (struct span){NULL, 0});
    refused(&draft, CODE_NOT_YET_SUPPORTED, "payload");
}

static void
names_are_valid_text_of_bounded_length(void **state)
{
    (void)state;
    static const char long_name[] = "12345678901234567890123456789012"
                                    "123456789012345678901234567890123";
    struct draft draft;

    for (uint32_t field = 5; field <= 7; field++) {
        static const char *const names[] = {"visit", "invitation", "complaint"};
        struct writer *out = draft_survey(&draft);
        put_close(out);
        put_bytes(out, field, span_text(long_name));
        refused(&draft, CODE_TOO_LARGE, names[field - 5]);
        out = draft_survey(&draft);
        put_close(out);
        put_bytes(out, field, span_text("\xc0\x80"));
        refused(&draft, CODE_BAD_TEXT, names[field - 5]);
        out = draft_survey(&draft);
        put_close(out);
        put_bytes_always(out, field, span_text(""));
        refused(&draft, CODE_BAD_FIELD, names[field - 5]);
    }
}

static void
keys_of_persons_are_hashes(void **state)
{
    (void)state;
    static const uint8_t hash[PERSON_KEY_MAX + 1];
    struct draft draft;

    for (uint32_t field = 8; field <= 9; field++) {
        const char *name = field == 8 ? "customer" : "vehicle";
        struct writer *out = draft_survey(&draft);
        put_close(out);
        put_bytes(out, field, span_of(hash, PERSON_KEY_MIN - 1));
        refused(&draft, CODE_BAD_FIELD, name);
        out = draft_survey(&draft);
        put_close(out);
        put_bytes(out, field, span_of(hash, sizeof hash));
        refused(&draft, CODE_TOO_LARGE, name);
    }
}

static void
enumerations_stay_in_range(void **state)
{
    (void)state;
    static const struct {
        uint32_t field, first_wrong;
        const char *name;
    } cases[] = {{4, 2, "issuer"},
                 {10, 7, "mode"},
                 {11, 9, "channel"},
                 {12, 4, "phase"},
                 {13, 13, "touchpoint"}};
    struct draft draft;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct writer *out = draft_survey(&draft);
        put_close(out);
        put_unsigned(out, cases[i].field, cases[i].first_wrong);
        refused(&draft, CODE_BAD_FIELD, cases[i].name);
        out = draft_survey(&draft);
        put_close(out);
        put_unsigned(out, cases[i].field, cases[i].first_wrong - 1);
        taken(&draft);
        // 2^32 would be 0 to a reader that keeps 32 bits.
        out = draft_survey(&draft);
        put_close(out);
        put_unsigned(out, cases[i].field, UINT64_C(1) << 32);
        refused(&draft, CODE_BAD_FIELD, cases[i].name);
    }
}

static void
a_survey_names_its_questionnaire_version(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    refused(&draft, CODE_MISSING_FIELD, "questionnaire");
    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    put_bytes(&draft.out, 1, span_text("service"));
    refused(&draft, CODE_MISSING_FIELD, "version");
    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    put_bytes(&draft.out, 1, span_text("service"));
    put_unsigned_always(&draft.out, 2, 0);
    refused(&draft, CODE_MISSING_FIELD, "version");
    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    put_bytes(&draft.out, 1, span_text("service"));
    put_unsigned(&draft.out, 2, UINT64_C(1) << 32);
    refused(&draft, CODE_BAD_FIELD, "version");
}

static void
items_and_values_come_in_pairs(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2}, 2);
    packed(&draft.out, 4, (const uint8_t[]){10}, 1);
    refused(&draft, CODE_BAD_FIELD, "values");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2}, 2);
    packed(&draft.out, 4, (const uint8_t[]){10, 12}, 2);
    taken(&draft);
}

static void
an_item_is_answered_once(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2, 1}, 3);
    packed(&draft.out, 4, (const uint8_t[]){10, 12, 14}, 3);
    refused(&draft, CODE_BAD_FIELD, "items");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1}, 1);
    packed(&draft.out, 4, (const uint8_t[]){10}, 1);
    packed(&draft.out, 5, (const uint8_t[]){1}, 1);
    refused(&draft, CODE_BAD_FIELD, "not_applicable");
}

static void
items_are_numbered_from_one_to_4095(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){0}, 1);
    packed(&draft.out, 4, (const uint8_t[]){10}, 1);
    refused(&draft, CODE_UNKNOWN_ITEM, "items");
    packed(draft_survey(&draft), 3, (const uint8_t[]){0x80, 0x20}, 2);
    refused(&draft, CODE_UNKNOWN_ITEM, "items");
    packed(draft_survey(&draft), 5, (const uint8_t[]){0xff, 0x1f}, 2);
    taken(&draft);
    // Eight at a time, the last of them 0.
    packed(draft_survey(&draft), 5, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 0},
           8);
    refused(&draft, CODE_UNKNOWN_ITEM, "not_applicable");
}

static void
values_lie_between_0_and_100(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2}, 2);
    packed(&draft.out, 4, (const uint8_t[]){0, 0xc8, 0x01}, 3); // 0, 100
    taken(&draft);
    packed(draft_survey(&draft), 3, (const uint8_t[]){1}, 1);
    packed(&draft.out, 4, (const uint8_t[]){0xca, 0x01}, 2); // 101
    refused(&draft, CODE_OFF_SCALE, "values");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1}, 1);
    packed(&draft.out, 4, (const uint8_t[]){1}, 1); // -1
    refused(&draft, CODE_OFF_SCALE, "values");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8},
           8);
    packed(&draft.out, 4, (const uint8_t[]){2, 2, 2, 2, 2, 2, 2, 3}, 8);
    refused(&draft, CODE_OFF_SCALE, "values");
}

static void
more_than_64_answers_are_too_many(void **state)
{
    (void)state;
    uint8_t items[SURVEY_ANSWERS_MAX + 1], values[SURVEY_ANSWERS_MAX + 1] = {0};
    struct draft draft;

    for (uint8_t i = 0; i < sizeof items; i++)
        items[i] = i + 1;
    packed(draft_survey(&draft), 3, items, sizeof items);
    packed(&draft.out, 4, values, sizeof values);
    refused(&draft, CODE_TOO_LARGE, "items");
    packed(draft_survey(&draft), 3, items, SURVEY_ANSWERS_MAX);
    packed(&draft.out, 4, values, SURVEY_ANSWERS_MAX);
    taken(&draft);
    packed(draft_survey(&draft), 3, items, SURVEY_ANSWERS_MAX);
    packed(&draft.out, 4, values, SURVEY_ANSWERS_MAX);
    packed(&draft.out, 5, (const uint8_t[]){100}, 1);
    refused(&draft, CODE_TOO_LARGE, "items");
}

static void
a_resurvey_and_only_it_names_its_parent(void **state)
{
    (void)state;
    static const uint8_t zero[EVENT_ID_SIZE];
    struct draft draft;

    put_unsigned(draft_survey(&draft), 6, 1);
    refused(&draft, CODE_MISSING_FIELD, "parent");
    put_bytes(draft_survey(&draft), 7, span_of(some_id, sizeof some_id));
    refused(&draft, CODE_BAD_FIELD, "parent");
    put_unsigned(draft_survey(&draft), 6, 1);
    put_bytes(&draft.out, 7, span_of(zero, sizeof zero));
    refused(&draft, CODE_BAD_ID, "parent");
    put_unsigned(draft_survey(&draft), 6, 2);
    refused(&draft, CODE_BAD_FIELD, "kind");
}

static void
a_visit_names_itself_and_its_amounts_are_sane(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_VISIT_CLOSED);
    refused(&draft, CODE_MISSING_FIELD, "visit");
    put_bytes(draft_names(&draft), 5, span_text("V1"));
    put_open(&draft.out, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 11, -1);
    refused(&draft, CODE_BAD_FIELD, "settled_fen");
    put_bytes(draft_names(&draft), 5, span_text("V1"));
    put_open(&draft.out, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 9, INT64_MAX);
    refused(&draft, CODE_BAD_FIELD, "ready_at_ms");
    put_bytes(draft_names(&draft), 5, span_text("V1"));
    put_open(&draft.out, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 12, -100);
    taken(&draft);
}

// complaint_with opens a payload of a complaint.
static struct writer *
complaint_with(struct draft *draft, enum event_type type)
{
    put_bytes(draft_names(draft), 7, span_text("C1"));
    put_open(&draft->out, type);
    return &draft->out;
}

static void
a_complaint_has_a_name_and_a_class(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_COMPLAINT_OPENED);
    put_unsigned(&draft.out, 1, CLASS_GENERAL);
    refused(&draft, CODE_MISSING_FIELD, "complaint");
    complaint_with(&draft, EVENT_COMPLAINT_OPENED);
    refused(&draft, CODE_MISSING_FIELD, "class");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_OPENED), 1,
                 CLASS_COUNT);
    refused(&draft, CODE_BAD_FIELD, "class");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_OPENED), 1, CLASS_HARD);
    put_unsigned(&draft.out, 3, 5);
    refused(&draft, CODE_BAD_FIELD, "severity");
}

static void
an_action_has_a_kind_and_what_the_kind_needs(void **state)
{
    (void)state;
    struct draft draft;

    complaint_with(&draft, EVENT_COMPLAINT_ACTION);
    refused(&draft, CODE_MISSING_FIELD, "kind");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_COUNT);
    refused(&draft, CODE_BAD_FIELD, "kind");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_RECLASSIFY);
    refused(&draft, CODE_MISSING_FIELD, "class");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_REASSIGN);
    refused(&draft, CODE_MISSING_FIELD, "complaint_action.dealer");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1, ACTION_ACK);
    put_bytes(&draft.out, 3, span_text("D2"));
    refused(&draft, CODE_BAD_FIELD, "complaint_action.dealer");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_CLOSED);
    taken(&draft); // without a root cause: counted, not refused (rulings E)
}

static void
a_verdict_says_one_thing_or_another(void **state)
{
    (void)state;
    struct draft draft;

    complaint_with(&draft, EVENT_COMPLAINT_VERDICT);
    refused(&draft, CODE_MISSING_FIELD, "verdict");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_VERDICT), 1,
                 VERDICT_COUNT);
    refused(&draft, CODE_BAD_FIELD, "verdict");
}

static void
a_control_names_its_target_in_full(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_VOID);
    refused(&draft, CODE_MISSING_FIELD, "target");
    put_open(draft_names(&draft), EVENT_VOID);
    put_bytes(&draft.out, 1, span_of(some_id, sizeof some_id));
    refused(&draft, CODE_MISSING_FIELD, "target_type");
    put_open(draft_names(&draft), EVENT_VOID);
    put_bytes(&draft.out, 1, span_of(some_id, sizeof some_id));
    put_unsigned(&draft.out, 2, EVENT_SURVEY_RESPONSE);
    refused(&draft, CODE_MISSING_FIELD, "target_occurred_at_ms");
    put_open(draft_names(&draft), EVENT_VOID);
    put_bytes(&draft.out, 1, span_of(some_id, sizeof some_id));
    put_unsigned(&draft.out, 2, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 3, 1780000000000);
    refused(&draft, CODE_MISSING_FIELD, "visit");
    draft_control(&draft, EVENT_VOID, EVENT_VISIT_CLOSED);
    taken(&draft);
}

static void
a_target_is_an_event_that_can_be_controlled(void **state)
{
    (void)state;
    struct draft draft;

    draft_control(&draft, EVENT_VOID, EVENT_VOID);
    refused(&draft, CODE_BAD_FIELD, "target_type");
    draft_control(&draft, EVENT_VOID, 61);
    refused(&draft, CODE_UNKNOWN_TYPE, "target_type");
    draft_control(&draft, EVENT_VOID, 41);
    refused(&draft, CODE_NOT_YET_SUPPORTED, "target_type");
    draft_control(&draft, EVENT_CORRECT, EVENT_SURVEY_INVITED);
    refused(&draft, CODE_BAD_FIELD, "target_type");
}

static void
only_unvoid_and_release_take_a_control_back(void **state)
{
    (void)state;
    struct draft draft;

    draft_control(&draft, EVENT_UNVOID, EVENT_SURVEY_RESPONSE);
    refused(&draft, CODE_MISSING_FIELD, "control");
    put_bytes(draft_control(&draft, EVENT_RELEASE, EVENT_SURVEY_RESPONSE), 4,
              span_of(some_id, sizeof some_id));
    taken(&draft);
    put_bytes(draft_control(&draft, EVENT_HOLD, EVENT_SURVEY_RESPONSE), 4,
              span_of(some_id, sizeof some_id));
    refused(&draft, CODE_BAD_FIELD, "control");
}

static void
only_correct_replaces_and_with_the_same_type(void **state)
{
    (void)state;
    struct draft draft;

    draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT);
    refused(&draft, CODE_MISSING_FIELD, "complaint_verdict");
    put_bytes_always(
        draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT), 17,
        (struct span){NULL, 0});
    refused(&draft, CODE_BAD_FIELD, "replacement");
    put_bytes_always(draft_control(&draft, EVENT_VOID, EVENT_VISIT_OPENED), 17,
                     (struct span){NULL, 0});
    refused(&draft, CODE_BAD_FIELD, "replacement");
    put_bytes_always(
        draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT), 20,
        (struct span){NULL, 0});
    refused(&draft, CODE_MISSING_FIELD, "verdict");
    put_open(draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT), 20);
    put_unsigned(&draft.out, 1, VERDICT_FRAUD);
    taken(&draft);
}

static void
the_same_mistakes_get_the_same_answer_in_any_order(void **state)
{
    (void)state;
    struct draft draft;
    struct writer *out = draft_begin(&draft);

    // Payload, visit and dealer are wrong; the dealer is named, first by
    // number.
    put_open(out, EVENT_SURVEY_RESPONSE);
    put_close(out);
    put_bytes(out, 5, span_text("\xff"));
    put_bytes(out, 2, span_text("D 1"));
    put_signed(out, 3, 1);
    put_bytes(out, 1, span_of(some_id, sizeof some_id));
    refused(&draft, CODE_BAD_FIELD, "dealer");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_at_all_is_an_empty_event),
        cmocka_unit_test(a_body_over_the_limit_is_too_large),
        cmocka_unit_test(bytes_that_are_no_message_are_malformed),
        cmocka_unit_test(a_field_nobody_defined_is_malformed),
        cmocka_unit_test(a_singular_field_given_twice_is_malformed),
        cmocka_unit_test(a_wrong_wire_type_is_malformed),
        cmocka_unit_test(two_payloads_are_malformed),
        cmocka_unit_test(an_id_is_sixteen_bytes_and_not_zero),
        cmocka_unit_test(id_and_dealer_of_a_refused_event_are_known),
        cmocka_unit_test(a_dealer_is_a_short_printable_word),
        cmocka_unit_test(an_event_happened_some_time),
        cmocka_unit_test(a_payload_has_a_type_that_exists),
        cmocka_unit_test(names_are_valid_text_of_bounded_length),
        cmocka_unit_test(keys_of_persons_are_hashes),
        cmocka_unit_test(enumerations_stay_in_range),
        cmocka_unit_test(a_survey_names_its_questionnaire_version),
        cmocka_unit_test(items_and_values_come_in_pairs),
        cmocka_unit_test(an_item_is_answered_once),
        cmocka_unit_test(items_are_numbered_from_one_to_4095),
        cmocka_unit_test(values_lie_between_0_and_100),
        cmocka_unit_test(more_than_64_answers_are_too_many),
        cmocka_unit_test(a_resurvey_and_only_it_names_its_parent),
        cmocka_unit_test(a_visit_names_itself_and_its_amounts_are_sane),
        cmocka_unit_test(a_complaint_has_a_name_and_a_class),
        cmocka_unit_test(an_action_has_a_kind_and_what_the_kind_needs),
        cmocka_unit_test(a_verdict_says_one_thing_or_another),
        cmocka_unit_test(a_control_names_its_target_in_full),
        cmocka_unit_test(a_target_is_an_event_that_can_be_controlled),
        cmocka_unit_test(only_unvoid_and_release_take_a_control_back),
        cmocka_unit_test(only_correct_replaces_and_with_the_same_type),
        cmocka_unit_test(the_same_mistakes_get_the_same_answer_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
