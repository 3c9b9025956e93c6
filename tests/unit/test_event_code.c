// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing events, held against protobuf-c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/wire/event_code.h"
#include "common/wire/put.h"
#include "tests/fuzz/mirror.h"

enum { RANDOM_EVENTS = 20000, RANDOM_MUTATIONS = 200000 };

static struct event
survey_event(void)
{
    struct event event = {
        .id = {{1, 2, 3}},
        .dealer_id = span_text("D1"),
        .occurred_at = 1,
        .type = EVENT_SURVEY_RESPONSE,
        .survey = {.questionnaire = span_text("q"),
                   .version = 2,
                   .answer_count = 3,
                   .answers = {{1, 10}, {300, 0}, {301, 255}}},
    };
    return event;
}

// The bytes of survey_event, by hand, from docs/PROTOCOL.md.
static const uint8_t survey_bytes[] = {
    0x0a, 0x10, 1,    2,    3,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // id
    0x12, 0x02, 'D',  '1',        // dealer
    0x18, 0x02,                   // occurred_at_ms: 1
    0x9a, 0x02, 0x12,             // survey_response
    0x0a, 0x01, 'q',              // questionnaire
    0x10, 0x02,                   // version
    0x1a, 0x03, 0x01, 0xac, 0x02, // items
    0x22, 0x02, 0x14, 0x00,       // values
    0x2a, 0x02, 0xad, 0x02,       // not applicable
};

static void
a_survey_has_the_bytes_the_protocol_says(void **state)
{
    (void)state;
    struct event event = survey_event(), read;
    uint8_t body[EVENT_BODY_MAX];

    assert_int_equal(event_write(&event, body, sizeof body),
                     sizeof survey_bytes);
    assert_memory_equal(body, survey_bytes, sizeof survey_bytes);
    assert_int_equal(
        event_read(span_of(survey_bytes, sizeof survey_bytes), &read).code,
        CODE_NONE);
    assert_null(events_differ(&event, &read));
}

static void
writing_stops_where_the_room_ends(void **state)
{
    (void)state;
    struct event event = survey_event();
    uint8_t body[sizeof survey_bytes];

    for (size_t room = 0; room < sizeof survey_bytes; room++)
        assert_int_equal(event_write(&event, body, room), 0);
    assert_int_equal(event_write(&event, body, sizeof body), sizeof body);
}

static void
what_is_written_is_read_back_and_written_alike(void **state)
{
    (void)state;
    struct dice dice = {.state = 1};
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX], again[EVENT_BODY_MAX];
    struct event event, read;

    for (int i = 0; i < RANDOM_EVENTS; i++) {
        event_random(&event, &dice, texts);
        size_t length = event_write(&event, body, sizeof body);
        assert_int_not_equal(length, 0);
        assert_int_equal(event_read(span_of(body, length), &read).code,
                         CODE_NONE);
        assert_null(events_differ(&event, &read));
        assert_int_equal(event_write(&read, again, sizeof again), length);
        assert_memory_equal(again, body, length);
    }
}

static void
protobuf_c_reads_what_we_write(void **state)
{
    (void)state;
    struct dice dice = {.state = 2};
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX];
    struct event event;
    struct mirror mirror;

    for (int i = 0; i < RANDOM_EVENTS; i++) {
        event_random(&event, &dice, texts);
        size_t length = event_write(&event, body, sizeof body);
        assert_true(mirror_open(&mirror, span_of(body, length)));
        assert_null(events_differ(&event, &mirror.event));
        mirror_close(&mirror);
    }
}

static void
we_read_what_protobuf_c_writes(void **state)
{
    (void)state;
    struct dice dice = {.state = 3};
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX];
    struct event event, read;

    for (int i = 0; i < RANDOM_EVENTS; i++) {
        event_random(&event, &dice, texts);
        size_t length = mirror_write(&event, i % 2, body);
        assert_int_equal(event_read(span_of(body, length), &read).code,
                         CODE_NONE);
        assert_null(events_differ(&event, &read));
    }
}

static void
both_write_the_same_bytes(void **state)
{
    (void)state;
    struct dice dice = {.state = 4};
    uint8_t texts[EVENT_TEXTS_MAX], ours[EVENT_BODY_MAX],
        theirs[EVENT_BODY_MAX];
    struct event event;

    for (int i = 0; i < RANDOM_EVENTS; i++) {
        event_random(&event, &dice, texts);
        size_t length = event_write(&event, ours, sizeof ours);
        assert_int_equal(mirror_write(&event, false, theirs), length);
        assert_memory_equal(ours, theirs, length);
    }
}

// mutate changes, inserts, removes or repeats a few bytes.
static size_t
mutate(uint8_t *body, size_t length, struct dice *dice)
{
    for (uint32_t left = 1 + dice_below(dice, 3); left > 0; left--) {
        uint32_t at = dice_below(dice, (uint32_t)length);
        switch (dice_below(dice, 4)) {
        case 0:
            body[at] ^= (uint8_t)(1u << dice_below(dice, 8));
            break;
        case 1:
            body[at] = (uint8_t)dice_below(dice, 256);
            break;
        case 2:
            memmove(body + at + 1, body + at, length - at);
            length++;
            break;
        default:
            if (length > 1) {
                memmove(body + at, body + at + 1, length - at - 1);
                length--;
            }
        }
    }
    return length;
}

static void
what_we_take_of_damaged_bytes_protobuf_c_takes_alike(void **state)
{
    (void)state;
    struct dice dice = {.state = 5};
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX + 16];
    struct event event, read;
    struct mirror mirror;
    int taken = 0;

    for (int i = 0; i < RANDOM_MUTATIONS; i++) {
        event_random(&event, &dice, texts);
        size_t length = event_write(&event, body, EVENT_BODY_MAX);
        length = mutate(body, length, &dice);
        if (event_read(span_of(body, length), &read).code)
            continue;
        taken++;
        assert_true(mirror_open(&mirror, span_of(body, length)));
        assert_null(events_differ(&read, &mirror.event));
        mirror_close(&mirror);
    }
    // Enough of both, or the test says little.
    assert_in_range(taken, RANDOM_MUTATIONS / 10, RANDOM_MUTATIONS * 9 / 10);
}

static void
answers_come_out_ascending(void **state)
{
    (void)state;
    struct event event = survey_event(), read;
    uint8_t body[EVENT_BODY_MAX];
    struct writer out = writer_on(body, sizeof body);
    static const uint8_t items[] = {9, 3, 7}, values[] = {2, 4, 6},
                         na[] = {8, 1};

    put_bytes(&out, 1, span_of(event.id.bytes, EVENT_ID_SIZE));
    put_bytes(&out, 2, event.dealer_id);
    put_signed(&out, 3, event.occurred_at);
    put_open(&out, EVENT_SURVEY_RESPONSE);
    put_bytes(&out, 5, span_of(na, sizeof na));
    put_bytes(&out, 4, span_of(values, sizeof values));
    put_bytes(&out, 3, span_of(items, sizeof items));
    put_unsigned(&out, 2, 1);
    put_bytes(&out, 1, span_text("q"));
    size_t length = put_closed(&out);
    assert_int_equal(event_read(span_of(body, length), &read).code, CODE_NONE);
    static const struct answer sorted[] = {
        {1, 255}, {3, 2}, {7, 3}, {8, 255}, {9, 1}};
    assert_int_equal(read.survey.answer_count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(read.survey.answers[i].item, sorted[i].item);
        assert_int_equal(read.survey.answers[i].value, sorted[i].value);
    }
}

static void
repeated_numbers_may_come_singly_or_in_several_chunks(void **state)
{
    (void)state;
    struct event event = survey_event(), read;
    uint8_t body[EVENT_BODY_MAX];
    struct writer out = writer_on(body, sizeof body);
    struct mirror mirror;
    static const uint8_t chunk[] = {2, 3}, values[] = {2, 4, 6, 8};

    put_bytes(&out, 1, span_of(event.id.bytes, EVENT_ID_SIZE));
    put_bytes(&out, 2, event.dealer_id);
    put_signed(&out, 3, event.occurred_at);
    put_open(&out, EVENT_SURVEY_RESPONSE);
    put_bytes(&out, 1, span_text("q"));
    put_unsigned(&out, 2, 1);
    put_unsigned(&out, 3, 1);
    put_bytes(&out, 3, span_of(chunk, sizeof chunk));
    put_unsigned(&out, 3, 4);
    put_bytes(&out, 4, span_of(values, sizeof values));
    size_t length = put_closed(&out);
    assert_int_equal(event_read(span_of(body, length), &read).code, CODE_NONE);
    assert_int_equal(read.survey.answer_count, 4);
    assert_true(mirror_open(&mirror, span_of(body, length)));
    assert_null(events_differ(&read, &mirror.event));
    mirror_close(&mirror);
}

static void
utf8_is_what_unicode_says(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "a",
                                       "12345678",
                                       "é",
                                       "销售顾问",
                                       "🚗",
                                       "1234567é",
                                       "\x7f",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "a\xc2\x80"};
    static const char *const bad[] = {"\x80",
                                      "a\xff",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc3",
                                      "12345678\xc3",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xe4\xbd",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf0\x9f",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xe4\xbdx"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(utf8_valid(span_text(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(utf8_valid(span_text(bad[i])));
    // A NUL anywhere, in texts of any length.
    for (uint32_t length = 1; length < 40; length++)
        for (uint32_t at = 0; at < length; at++) {
            char text[40];
            memset(text, 'x', sizeof text);
            assert_true(utf8_valid(span_of(text, length)));
            text[at] = '\0';
            assert_false(utf8_valid(span_of(text, length)));
            text[at] = '\x80';
            assert_false(utf8_valid(span_of(text, length)));
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_survey_has_the_bytes_the_protocol_says),
        cmocka_unit_test(writing_stops_where_the_room_ends),
        cmocka_unit_test(what_is_written_is_read_back_and_written_alike),
        cmocka_unit_test(protobuf_c_reads_what_we_write),
        cmocka_unit_test(we_read_what_protobuf_c_writes),
        cmocka_unit_test(both_write_the_same_bytes),
        cmocka_unit_test(what_we_take_of_damaged_bytes_protobuf_c_takes_alike),
        cmocka_unit_test(answers_come_out_ascending),
        cmocka_unit_test(repeated_numbers_may_come_singly_or_in_several_chunks),
        cmocka_unit_test(utf8_is_what_unicode_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
