// SPDX-License-Identifier: Apache-2.0
//
// event_draft: event bodies written field by field, right or wrong, and what
// event_read says of them.  Include after cmocka.h.
#pragma once

#include "common/wire/event_code.h"
#include "common/wire/put.h"

enum { BODY_ROOM = 2 * EVENT_BODY_MAX };

// A body written field by field, right or wrong.
struct draft {
    uint8_t room[BODY_ROOM];
    struct writer out;
};

static const uint8_t some_id[EVENT_ID_SIZE] = {1, 2, 3, 4};

static inline struct writer *
draft_begin(struct draft *draft)
{
    draft->out = writer_on(draft->room, sizeof draft->room);
    return &draft->out;
}

// draft_names writes id, dealer and occurred_at as they should be.
static inline struct writer *
draft_names(struct draft *draft)
{
    struct writer *out = draft_begin(draft);

    put_bytes(out, 1, span_of(some_id, sizeof some_id));
    put_bytes(out, 2, span_text("D1"));
    put_signed(out, 3, 1790000000000);
    return out;
}

// draft_survey opens a survey response with questionnaire and version.
static inline struct writer *
draft_survey(struct draft *draft)
{
    struct writer *out = draft_names(draft);

    put_open(out, EVENT_SURVEY_RESPONSE);
    put_bytes(out, 1, span_text("service"));
    put_unsigned(out, 2, 3);
    return out;
}

static inline struct writer *
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

static inline void
packed(struct writer *out, uint32_t field, const uint8_t *numbers, size_t count)
{
    put_bytes_always(out, field, span_of(numbers, count));
}

static inline struct outcome
draft_read(struct draft *draft, struct event *event)
{
    size_t length = put_closed(&draft->out);

    return event_read(span_of(draft->room, length), event);
}

static inline void
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

static inline void
taken(struct draft *draft)
{
    struct event event;
    struct outcome outcome = draft_read(draft, &event);

    assert_string_equal(code_name(outcome.code), "NONE");
    assert_int_equal(outcome.kind, OUTCOME_ACCEPTED);
}
