// SPDX-License-Identifier: Apache-2.0
//
// heart_support: a small programme and events to fold, for the tests of the
// heart.  Names are lent literals.
#pragma once

#include <stdio.h>
#include <string.h>

#include "common/domain/contribution.h"

enum {
    MINUTE_MS = 60000,
    HOUR_MS = 3600000,
    ITEM_EXPECTATION = 5,
    NOT_SHOWN = ANSWER_NOT_APPLICABLE,
};

// 2026-10-15T00:00Z, and the months about it.
static const int64_t OCTOBER_15 = 1792022400000;
static const uint32_t OCTOBER = 2026 * 12 + 9;

static const struct item_set triple = {
    .number = 1, .item_count = 3, .items = {1, 2, 3}};
static const struct item_pair gap = {
    .number = 1, .experience = 4, .expectation = ITEM_EXPECTATION};

// Valid from ever; from November on the second one, further west and slower.
static const struct rulebook first_rules = {
    .valid_from = INT64_MIN,
    .zone = {.offset_s = 8 * 3600},
    .clock_ms = {0, 5 * MINUTE_MS, DAY_MS, 3LL * DAY_MS, 5 * MINUTE_MS},
    .emergency_update_ms = 30 * MINUTE_MS,
    .set_count = 1,
    .sets = &triple,
    .pair_count = 1,
    .pairs = &gap,
};
static const struct rulebook second_rules = {
    .valid_from = 1793491200000, // 2026-11-01T00:00Z
    .zone = {.offset_s = -5 * 3600},
    .clock_ms = {0, 10 * MINUTE_MS, 2LL * DAY_MS, 4LL * DAY_MS, 0},
    .emergency_update_ms = 15 * MINUTE_MS,
    .set_count = 1,
    .sets = &triple,
};
static const struct rulebook *const versions[] = {&first_rules, &second_rules};
static const struct rulebook_history one_version = {1, versions};
static const struct rulebook_history two_versions = {2, versions};

static inline struct event_id
id_of(uint32_t number)
{
    struct event_id id = {{0}};

    id.bytes[0] = 0x01;
    for (int i = 0; i < 4; i++)
        id.bytes[12 + i] = (uint8_t)(number >> (24 - 8 * i));
    return id;
}

static inline struct event
event_of(uint32_t number, enum event_type type, int64_t at)
{
    return (struct event){
        .id = id_of(number), .dealer = 1, .occurred_at = at, .type = type};
}

// A complete response of visit v1 to items 1, 2, ... in turn.
static inline struct event
response(uint32_t number, int64_t at, size_t count, const uint8_t *values)
{
    struct event event = event_of(number, EVENT_SURVEY_RESPONSE, at);

    event.visit = span_text("v1");
    event.survey.complete = true;
    for (size_t i = 0; i < count; i++)
        if (values[i] != NOT_SHOWN)
            event.survey.answers[event.survey.answer_count++] =
                (struct answer){.item = (uint16_t)(i + 1), .value = values[i]};
    return event;
}

static inline struct event
case_event(uint32_t number, enum event_type type, int64_t at)
{
    struct event event = event_of(number, type, at);

    event.complaint_id = span_text("c1");
    event.issuer = ISSUER_HQ;
    return event;
}

static inline struct event
opened(uint32_t number, int64_t at, enum complaint_class class)
{
    struct event event = case_event(number, EVENT_COMPLAINT_OPENED, at);

    event.complaint.class = class;
    event.complaint.received_at = at;
    return event;
}

static inline struct event
action(uint32_t number, int64_t at, enum action_kind kind)
{
    struct event event = case_event(number, EVENT_COMPLAINT_ACTION, at);

    event.action.kind = kind;
    return event;
}

// A control of an event, repeating its names.
static inline struct event
control_of(uint32_t number, enum event_type type, const struct event *target,
           int64_t at)
{
    struct event event = event_of(number, type, at);

    event.dealer = target->dealer;
    event.issuer = target->issuer;
    event.visit = target->visit;
    event.invitation = target->invitation;
    event.complaint_id = target->complaint_id;
    event.customer = target->customer;
    event.control.target = target->id;
    event.control.target_type = target->type;
    event.control.target_occurred_at = target->occurred_at;
    return event;
}

// An UNVOID or RELEASE of a control.
static inline struct event
undo_of(uint32_t number, enum event_type type, const struct event *control,
        int64_t at)
{
    struct event event = *control;

    event.id = id_of(number);
    event.type = type;
    event.occurred_at = at;
    event.control.control = control->id;
    return event;
}
