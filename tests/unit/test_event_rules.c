// SPDX-License-Identifier: Apache-2.0
//
// What event_read refuses in any event, with which code and which field.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/event_draft.h"

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
    put_bytes_always(draft_names(&draft), 72, (struct span){NULL, 0});
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
        cmocka_unit_test(the_same_mistakes_get_the_same_answer_in_any_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
