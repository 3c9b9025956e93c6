// SPDX-License-Identifier: Apache-2.0
//
// The short way to read an event says what the rules say.  The same fields the
// other way round can only be read by the rules; both must agree.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/wire/event_code.h"
#include "common/wire/event_fast.h"
#include "common/wire/put.h"
#include "tests/fuzz/mirror.h"

enum { ROUNDS = 100000 };

// An ordinary survey; its texts are pointed to.
static struct event
survey_event(struct dice *dice)
{
    struct event event = {
        .dealer_id = span_text("D00123"),
        .occurred_at = INT64_C(1760000000000) + dice_below(dice, 1000000),
        .type = EVENT_SURVEY_RESPONSE,
        .mode = 2,
        .phase = 3,
        .visit = span_text("V-2026-0012345"),
        .survey = {.questionnaire = span_text("service"), .version = 1},
    };
    uint16_t item = 0;

    event.id.bytes[dice_below(dice, EVENT_ID_SIZE)] = 1;
    event.survey.answer_count = (uint16_t)(1 + dice_below(dice, 20));
    for (uint32_t i = 0; i < event.survey.answer_count; i++) {
        item = (uint16_t)(item + 1 + dice_below(dice, 6));
        event.survey.answers[i] =
            (struct answer){item, (uint8_t)dice_below(dice, 64)};
    }
    return event;
}

// reversed writes the fields of a message in the opposite order; 0 when they
// cannot be told apart.
static size_t
reversed(struct span bytes, uint8_t *out)
{
    struct cursor cursor = cursor_on(bytes);
    struct span fields[64];
    struct field field;
    size_t count = 0, used = 0;

    while (cursor_more(&cursor)) {
        const uint8_t *start = cursor.at;
        if (count == 64 || !cursor_field(&cursor, &field))
            return 0;
        fields[count++] = span_of(start, (size_t)(cursor.at - start));
    }
    while (count > 0) {
        struct span last = fields[--count];
        memcpy(out + used, last.data, last.length);
        used += last.length;
    }
    return used;
}

// around writes a body that differs in its payload.
static size_t
around(struct span body, struct span payload, struct span other, uint8_t *out)
{
    size_t before = (size_t)(payload.data - body.data);

    assert_int_equal(payload.length, other.length);
    memcpy(out, body.data, before);
    memcpy(out + before, other.data, other.length);
    return before + other.length;
}

// assert_agree reads a body by the rules alone and compares.
static void
assert_agree(struct span body, const struct event *event,
             struct outcome outcome)
{
    uint8_t turned[EVENT_BODY_MAX];
    struct span payload;
    struct event other;
    uint32_t type;

    size_t length = reversed(body, turned);
    assert_int_not_equal(length, 0);
    assert_false(head_fast(span_of(turned, length), &other, &type, &payload));
    struct outcome again = event_read(span_of(turned, length), &other);
    assert_int_equal(again.code, outcome.code);
    assert_ptr_equal(again.field, outcome.field);
    if (outcome.code == CODE_NONE)
        assert_null(events_differ(event, &other));
}

// read_both_ways tells whether a body went the short way, head and survey.
static bool
read_both_ways(struct span body)
{
    uint8_t turned[EVENT_BODY_MAX], inside[EVENT_BODY_MAX];
    uint8_t *block = malloc(body.length); // of its size: reading on shows
    struct event event, other;
    struct span payload;
    uint32_t type;

    assert_non_null(block);
    memcpy(block, body.data, body.length);
    body.data = block;
    struct outcome outcome = event_read(body, &event);
    bool head = head_fast(body, &other, &type, &payload);
    bool all = head && type == EVENT_SURVEY_RESPONSE &&
               survey_fast(payload, &other.survey);
    if (head)
        assert_agree(body, &event, outcome);
    if (all) {
        struct span survey = span_of(inside, reversed(payload, inside));
        size_t length = around(body, payload, survey, turned);
        assert_false(survey_fast(survey, &other.survey));
        assert_int_equal(outcome.code, CODE_NONE);
        assert_int_equal(event_read(span_of(turned, length), &other).code,
                         CODE_NONE);
        assert_null(events_differ(&event, &other));
    }
    free(block);
    return all;
}

static void
an_ordinary_survey_takes_the_short_way(void **state)
{
    (void)state;
    struct dice dice = {7};
    uint8_t body[EVENT_BODY_MAX];

    for (int i = 0; i < ROUNDS / 10; i++) {
        struct event event = survey_event(&dice);
        size_t length = event_write(&event, body, sizeof body);
        assert_true(read_both_ways(span_of(body, length)));
    }
}

static void
every_head_we_write_takes_the_short_way(void **state)
{
    (void)state;
    struct dice dice = {8};
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX];
    struct event event, other;
    struct span payload;
    uint32_t type;

    for (int i = 0; i < ROUNDS / 10; i++) {
        event_random(&event, &dice, texts);
        struct span bytes =
            span_of(body, event_write(&event, body, sizeof body));
        // Times of nine bytes, and those too near the end, are left alone.
        bool near = event.occurred_at < INT64_C(1) << 55 &&
                    event.occurred_at > -(INT64_C(1) << 55);
        if (near && bytes.length >= 64)
            assert_true(head_fast(bytes, &other, &type, &payload));
        (void)read_both_ways(bytes);
    }
}

// damage changes some bytes, or cuts the end off.
static size_t
damage(uint8_t *body, size_t length, struct dice *dice)
{
    for (uint32_t left = 1 + dice_below(dice, 3); left > 0; left--) {
        uint32_t at = dice_below(dice, (uint32_t)length);
        if (dice_coin(dice))
            body[at] ^= (uint8_t)(1u << dice_below(dice, 8));
        else
            body[at] = (uint8_t)dice_below(dice, 256);
    }
    return dice_below(dice, 8) == 0 ? 1 + dice_below(dice, (uint32_t)length)
                                    : length;
}

static void
damaged_bytes_read_the_same_both_ways(void **state)
{
    (void)state;
    struct dice dice = {9};
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX];
    unsigned taken = 0, left = 0;

    for (int i = 0; i < ROUNDS; i++) {
        struct event event = survey_event(&dice);
        if (i % 4 == 0)
            event_random(&event, &dice, texts);
        size_t length = event_write(&event, body, sizeof body);
        length = damage(body, length, &dice);
        if (read_both_ways(span_of(body, length)))
            taken++;
        else
            left++;
    }
    assert_true(taken > ROUNDS / 20 && left > ROUNDS / 20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_survey_takes_the_short_way),
        cmocka_unit_test(every_head_we_write_takes_the_short_way),
        cmocka_unit_test(damaged_bytes_read_the_same_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
