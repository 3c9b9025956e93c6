// SPDX-License-Identifier: Apache-2.0
//
// heart_stream: random events that get into each other's way: few entities,
// many of the same instant, controls of all kinds, some of them mistaken.
#pragma once

#include "common/domain/notice.h"
#include "tests/unit/heart_support.h"

enum {
    STREAM_MAX = 512,
    STREAM_FACTS_MAX = 80,
    STREAM_CONTROLS_MAX = 50,
    STREAM_IDS = 2000
};

// A xorshift generator: the same numbers from the same seed, anywhere.
struct dice {
    uint64_t state; // never 0
};

static inline uint32_t
dice_below(struct dice *dice, uint32_t end)
{
    dice->state ^= dice->state << 13;
    dice->state ^= dice->state >> 7;
    dice->state ^= dice->state << 17;
    return (uint32_t)(dice->state >> 33) % end;
}

static inline void
dice_shuffle(struct dice *dice, size_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        const size_t j = dice_below(dice, (uint32_t)i);
        const size_t item = items[i - 1];

        items[i - 1] = items[j];
        items[j] = item;
    }
}

struct stream {
    uint32_t first_id;
    size_t count;
    struct event events[STREAM_MAX];
};

// About the turn of the month and of the rulebook, with many ties.
static inline int64_t
stream_time(struct dice *dice)
{
    return OCTOBER_15 + dice_below(dice, 5) * 8LL * DAY_MS +
           dice_below(dice, 6) * 10LL * MINUTE_MS + dice_below(dice, 2);
}

static inline struct span
stream_name(struct dice *dice, const char *a, const char *b)
{
    const uint32_t roll = dice_below(dice, 5);

    return roll == 0 ? (struct span){0} : span_text(roll < 3 ? a : b);
}

// Ids in no order; now and then two dealers use the same one.
static inline void
stream_identify(struct stream *stream, struct dice *dice, struct event *event)
{
    for (bool taken = true; taken;) {
        event->id = id_of(stream->first_id + dice_below(dice, STREAM_IDS));
        taken = false;
        for (size_t i = 0; i < stream->count; i++)
            taken |= stream->events[i].dealer == event->dealer &&
                     event_id_equal(&stream->events[i].id, &event->id);
    }
}

static inline struct visit
stream_visit(struct dice *dice)
{
    return (struct visit){
        .eligible = dice_below(dice, 3) == 0,
        .has_estimate = dice_below(dice, 2),
        .has_settled = dice_below(dice, 4) > 0,
        .estimate_fen = dice_below(dice, 4) * 100000LL,
        .settled_fen = dice_below(dice, 4) * 110000LL + dice_below(dice, 2),
        .arrived_at = dice_below(dice, 2) ? stream_time(dice) : 0,
        .served_at = dice_below(dice, 2) ? stream_time(dice) : 0,
        .promised_at = dice_below(dice, 2) ? stream_time(dice) : 0,
        .ready_at = dice_below(dice, 2) ? stream_time(dice) : 0,
        .first_visit = dice_below(dice, 2),
        .signed_at = dice_below(dice, 2) ? stream_time(dice) : 0};
}

static inline void
stream_survey(struct dice *dice, struct event *event)
{
    event->survey =
        (struct survey){.complete = dice_below(dice, 4) > 0,
                        .resurvey = dice_below(dice, 6) == 0,
                        .context = {.coached = dice_below(dice, 2),
                                    .incentive_offered = dice_below(dice, 2)}};
    for (uint16_t item = 1; item <= 6; item++)
        if (dice_below(dice, 5) > 0)
            event->survey.answers[event->survey.answer_count++] =
                (struct answer){.item = item,
                                .value = (uint8_t)(dice_below(dice, 8)
                                                       ? dice_below(dice, 11)
                                                       : 255)};
}

// Small numbers, so that conditions on them hold now and then.
static inline void
stream_notice(struct dice *dice, struct event *event, enum event_type type)
{
    const struct notice_shape *const shape = notice_shape(type);

    event->notice = (struct notice){0};
    for (uint32_t n = 1; n < shape->count; n++) {
        const struct notice_field *const field = &shape->fields[n];
        const uint32_t most = field->most < 12 ? (uint32_t)field->most : 12;

        if (dice_below(dice, 3) == 0)
            continue;
        if (notice_is_words(field))
            event->notice.values[n].bytes = span_text("some words");
        else if (field->form == NOTICE_TIME)
            event->notice.values[n].number =
                event->occurred_at + dice_below(dice, 8) * INT64_C(1000);
        else
            event->notice.values[n].number = 1 + dice_below(dice, most);
    }
}

// stream_say fills in the payload of a type.
static inline void
stream_say(struct dice *dice, struct event *event, enum event_type type)
{
    if (event_type_has_answers(type)) {
        stream_survey(dice, event);
        event->survey.resurvey &= type == EVENT_SURVEY_RESPONSE;
    } else if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED) {
        event->visit_facts = stream_visit(dice);
    } else if (type == EVENT_COMPLAINT_OPENED) {
        event->complaint = (struct complaint){
            .class = (enum complaint_class)(1 + dice_below(dice, 4)),
            .severity = (uint8_t)(1 + dice_below(dice, 4)),
            .received_at =
                stream_time(dice) - dice_below(dice, 3) * (int64_t)HOUR_MS};
    } else if (type == EVENT_COMPLAINT_ACTION) {
        event->action = (struct complaint_action){
            .kind = (enum action_kind)(1 + dice_below(dice, ACTION_COUNT - 1)),
            .class = (enum complaint_class)(1 + dice_below(dice, 4)),
            .dealer = dice_below(dice, 3),
            .root_cause = span_text(dice_below(dice, 2) ? "loose hose" : "")};
    } else if (type == EVENT_COMPLAINT_VERDICT) {
        event->verdict = (enum verdict)(1 + dice_below(dice, 4));
    } else if (event_is_notice(type)) {
        stream_notice(dice, event, type);
    }
}

static inline enum event_type
stream_type(struct dice *dice)
{
    static const enum event_type notices[] = {
#define X(name, number) EVENT_##name,
        NOTICE_TYPE_MAP(X)
#undef X
            EVENT_STAFF_SURVEY,
        EVENT_DEALER_SURVEY,
    };
    // Cases need many actions before anything happens.
    const uint32_t roll = dice_below(dice, 20);

    if (roll >= 14)
        return notices[dice_below(dice, sizeof notices / sizeof *notices)];
    return (enum event_type)(roll < 9 ? EVENT_SURVEY_INVITED + roll
                                      : EVENT_COMPLAINT_ACTION);
}

static inline void
stream_fact(struct stream *stream, struct dice *dice)
{
    struct event event = event_of(0, stream_type(dice), stream_time(dice));

    event.dealer = dice_below(dice, 3);
    event.issuer = (enum issuer)dice_below(dice, 2);
    event.visit = stream_name(dice, "v1", "v2");
    event.invitation = stream_name(dice, "n1", "n2");
    event.customer = stream_name(dice, "customer-one", "customer-two");
    event.complaint_id = span_text(dice_below(dice, 3) ? "c1" : "c2");
    if (event.type == EVENT_VISIT_OPENED || event.type == EVENT_VISIT_CLOSED)
        event.visit = span_text(dice_below(dice, 2) ? "v1" : "v2");
    stream_say(dice, &event, event.type);
    stream_identify(stream, dice, &event);
    stream->events[stream->count++] = event;
}

// stream_control adds a control of an event, named as the rules ask.
static inline struct event *
stream_control(struct stream *stream, struct dice *dice, enum event_type type,
               const struct event *target)
{
    struct event control = control_of(0, type, target, stream_time(dice));

    if (target->type == EVENT_SURVEY_RESPONSE && target->survey.resurvey)
        control.visit = control.invitation = (struct span){0};
    stream_identify(stream, dice, &control);
    if (type == EVENT_CORRECT)
        stream_say(dice, &control, target->type);
    stream->events[stream->count] = control;
    return &stream->events[stream->count++];
}

static inline struct event *
stream_undo(struct stream *stream, struct dice *dice, enum event_type type,
            const struct event *control)
{
    struct event undo = undo_of(0, type, control, stream_time(dice));

    stream_identify(stream, dice, &undo);
    stream->events[stream->count] = undo;
    return &stream->events[stream->count++];
}

// stream_mistake makes a control name something that may not be there.
static inline void
stream_mistake(struct dice *dice, struct event *control)
{
    const uint32_t roll = dice_below(dice, 12);

    if (roll == 0)
        control->control.target = id_of(1 + dice_below(dice, STREAM_IDS));
    else if (roll == 1)
        control->control.control = id_of(1 + dice_below(dice, STREAM_IDS));
    else if (roll == 2 && control->type != EVENT_CORRECT)
        control->control.target_type =
            (enum event_type)(EVENT_SURVEY_INVITED + dice_below(dice, 9));
    else if (roll == 3)
        control->control.target_occurred_at += 20LL * DAY_MS;
    else if (roll == 4)
        control->visit = span_text("v2");
    else if (roll == 5)
        control->customer = (struct span){0};
}

static inline void
stream_make(struct stream *stream, struct dice *dice)
{
    static const enum event_type types[] = {
        EVENT_VOID, EVENT_CORRECT, EVENT_HOLD, EVENT_UNVOID, EVENT_RELEASE};
    const size_t facts = 10 + dice_below(dice, STREAM_FACTS_MAX - 10);
    const size_t controls = dice_below(dice, STREAM_CONTROLS_MAX);

    stream->count = 0;
    stream->first_id = 1;
    while (stream->count < facts)
        stream_fact(stream, dice);
    while (stream->count < facts + controls) {
        // Few targets, so that several controls meet at one.
        const size_t chosen = dice_below(dice, (uint32_t)facts / 2 + 1);
        const enum event_type type = types[dice_below(dice, 5)];
        const size_t made = stream->count - facts;
        struct event *control;

        if (type == EVENT_UNVOID || type == EVENT_RELEASE) {
            if (made == 0)
                continue;
            control = stream_undo(
                stream, dice, type,
                &stream->events[facts + dice_below(dice, (uint32_t)made)]);
        } else {
            control =
                stream_control(stream, dice, type, &stream->events[chosen]);
        }
        stream_mistake(dice, control);
    }
}
