// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/scene.h"

#include <stdio.h>
#include <string.h>

#include "common/domain/notice.h"
#include "tests/simulation/rules.h"

enum { MINUTE_MS = 60000 };

// Ids begin with the time, as ours do, and end with what nobody else has.
static struct event_id
new_id(const struct scene *scene, struct dice *dice, int64_t at)
{
    uint32_t last = scene->number * SCENE_EVENTS_MAX + (uint32_t)scene->count;
    struct event_id id;

    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(at >> (40 - 8 * i));
    uint64_t random = dice_roll(dice);
    memcpy(id.bytes + 6, &random, 6);
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
    for (int i = 0; i < 4; i++)
        id.bytes[12 + i] = (uint8_t)(last >> (24 - 8 * i));
    return id;
}

// near gives a time about the scene's, with ties.
static int64_t
near(const struct scene *scene, struct dice *dice)
{
    int64_t at = scene->at + dice_below(dice, 6) * 7LL * MINUTE_MS;

    if (dice_below(dice, 8) == 0)
        at -= dice_below(dice, 3) * (int64_t)DAY_MS;
    return at + dice_below(dice, 2);
}

static struct span
name(struct dice *dice, const char *text)
{
    return dice_below(dice, 3) ? span_text(text) : (struct span){0};
}

static void
answer(struct dice *dice, struct event *event)
{
    struct survey *survey = &event->survey;

    survey->questionnaire = span_text("sim");
    survey->version = 1;
    survey->answer_count = 0;
    for (uint16_t item = 1; item <= 5; item++)
        if (dice_below(dice, 6) > 0)
            survey->answers[survey->answer_count++] = (struct answer){
                .item = item,
                .value = (uint8_t)(dice_below(dice, 12) ? dice_below(dice, 11)
                                                        : 255)};
}

// notice_field says something small of one field, or nothing.
static void
notice_field(struct dice *dice, int64_t at, const struct notice_field *field,
             struct notice *notice, uint32_t n)
{
    const int64_t most = field->most < 40 ? field->most : 40;

    if (!field->needed && dice_coin(dice))
        return;
    if (notice_is_words(field))
        notice->values[n].bytes = span_text("some words");
    else if (field->form == NOTICE_TIME)
        notice->values[n].number = at + dice_below(dice, 10) * INT64_C(1000);
    else
        notice->values[n].number = 1 + dice_below(dice, (uint32_t)most);
}

// notice_say draws until the fields do not contradict each other.
static void
notice_say(struct dice *dice, struct event *event, enum event_type type)
{
    const struct notice_shape *const shape = notice_shape(type);
    const int64_t at = event_type_is_control(event->type)
                           ? event->control.target_occurred_at
                           : event->occurred_at;

    do {
        event->notice = (struct notice){0};
        for (uint32_t n = 1; n < shape->count; n++)
            notice_field(dice, at, &shape->fields[n], &event->notice, n);
    } while (notice_check(type, at, &event->notice).code);
}

// say fills in the payload of a type.
static void
say(const struct scene *scene, struct dice *dice, struct event *event,
    enum event_type type)
{
    if (type == EVENT_SURVEY_RESPONSE) {
        answer(dice, event);
    } else if (type == EVENT_COMPLAINT_OPENED) {
        event->complaint = (struct complaint){
            .class = (enum complaint_class)(1 + dice_below(dice, 4)),
            .received_at = near(scene, dice) - dice_below(dice, 3) * 3600000LL};
    } else if (type == EVENT_COMPLAINT_ACTION) {
        event->action = (struct complaint_action){
            .kind = (enum action_kind)(1 + dice_below(dice, ACTION_COUNT - 1))};
        if (event->action.kind == ACTION_RECLASSIFY)
            event->action.class =
                (enum complaint_class)(1 + dice_below(dice, 4));
        if (event->action.kind == ACTION_REASSIGN)
            event->action.dealer_id =
                span_text(rules_dealer(dice_below(dice, RULES_DEALERS + 1)));
        if (event->action.kind == ACTION_CLOSED && dice_coin(dice))
            event->action.root_cause = span_text("loose hose");
    } else if (type == EVENT_COMPLAINT_VERDICT) {
        event->verdict = (enum verdict)(1 + dice_below(dice, 4));
    } else if (event_type_has_answers(type)) {
        answer(dice, event);
    } else if (event_is_notice(type)) {
        notice_say(dice, event, type);
    }
}

static struct event *
new_event(struct scene *scene, struct dice *dice, enum event_type type)
{
    struct event *event = &scene->events[scene->count];

    *event = (struct event){
        .type = type,
        .dealer = scene->dealer,
        .dealer_id = span_text(rules_dealer(scene->dealer)),
        .occurred_at = near(scene, dice),
    };
    event->id = new_id(scene, dice, event->occurred_at);
    scene->count++;
    return event;
}

// fact_type leaves out headcounts and calls: those of one month, or minute, are
// one entity whatever scene they come from; the oracle counts scene by scene.
static enum event_type
fact_type(struct dice *dice)
{
    const uint32_t roll = dice_below(dice, 17);
    enum event_type type;

    if (roll < 9)
        return (enum event_type)(EVENT_SURVEY_INVITED + roll);
    if (roll < 14)
        return EVENT_COMPLAINT_ACTION;
    do
        type = (enum event_type)(EVENT_REVIEW + dice_below(dice, 20));
    while (type == EVENT_STAFF_HEADCOUNT || type == EVENT_CALL);
    return type;
}

static void
new_fact(struct scene *scene, struct dice *dice)
{
    const enum event_type type = fact_type(dice);
    struct event *event = new_event(scene, dice, type);

    event->issuer = (enum issuer)(dice_below(dice, 4) == 0);
    event->visit = name(dice, scene->visit);
    event->invitation = name(dice, scene->invitation);
    event->customer = name(dice, scene->customer);
    if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED)
        event->visit = span_text(scene->visit);
    if (type >= EVENT_COMPLAINT_OPENED && type <= EVENT_COMPLAINT_VERDICT)
        event->complaint_id = span_text(scene->complaint);
    say(scene, dice, event, type);
    if (type == EVENT_SURVEY_RESPONSE && dice_below(dice, 6) == 0) {
        event->survey.resurvey = true;
        event->survey.parent = scene->events[0].id;
    }
}

static bool
is_control(const struct event *event)
{
    return event->type >= EVENT_VOID;
}

// new_control acts on an event of the scene, or takes back a control of it.
static void
new_control(struct scene *scene, struct dice *dice)
{
    static const enum event_type acts[] = {EVENT_VOID, EVENT_CORRECT,
                                           EVENT_HOLD};
    const struct event other =
        scene->events[dice_below(dice, (uint32_t)scene->count)];
    enum event_type type = acts[dice_below(dice, 3)];

    if (is_control(&other))
        type = other.type == EVENT_HOLD ? EVENT_RELEASE : EVENT_UNVOID;
    else if (type == EVENT_CORRECT && other.type <= EVENT_SURVEY_REFUSED)
        type = EVENT_VOID; // an invitation has nothing to correct
    struct event *event = new_event(scene, dice, type);
    event->issuer = other.issuer;
    event->visit = other.visit;
    event->invitation = other.invitation;
    event->complaint_id = other.complaint_id;
    event->customer = other.customer;
    event->control = (struct control){
        .target = other.id,
        .target_type = other.type,
        .target_occurred_at = other.occurred_at,
    };
    if (is_control(&other)) {
        event->control = other.control;
        event->control.control = other.id;
    } else if (other.type == EVENT_SURVEY_RESPONSE && other.survey.resurvey) {
        event->visit = event->invitation = (struct span){0};
    }
    if (type == EVENT_CORRECT &&
        (other.type == EVENT_VISIT_OPENED || other.type == EVENT_VISIT_CLOSED))
        event->visit_facts = (struct visit){.warranty = dice_coin(dice)};
    else if (type == EVENT_CORRECT)
        say(scene, dice, event, other.type);
    if (dice_below(dice, 12) == 0) // a mistake
        event->control.target.bytes[12] ^= 0x80;
}

void
scene_make(struct scene *scene, struct dice *dice, uint32_t number,
           uint32_t dealer)
{
    scene->count = 0;
    scene->number = number;
    scene->dealer = dealer;
    scene->at = RULES_EPOCH_MS - (1 + dice_below(dice, 40)) * 3600000LL;
    if (dice_below(dice, 4096) == 0) // a clock ahead of its time
        scene->at = RULES_EPOCH_MS + dice_below(dice, 20) * MINUTE_MS;
    snprintf(scene->visit, sizeof scene->visit, "v%u", number);
    snprintf(scene->invitation, sizeof scene->invitation, "i%u", number);
    snprintf(scene->customer, sizeof scene->customer, "customer-%u", number);
    snprintf(scene->complaint, sizeof scene->complaint, "c%u", number);
    if (dice_below(dice, 4) > 0) { // most are one response and no more
        struct event *event = new_event(scene, dice, EVENT_SURVEY_RESPONSE);
        event->visit = span_text(scene->visit);
        event->customer = name(dice, scene->customer);
        answer(dice, event);
        return;
    }
    size_t facts = 1 + dice_below(dice, 8), controls = dice_below(dice, 4);
    for (size_t i = 0; i < facts; i++)
        new_fact(scene, dice);
    for (size_t i = 0; i < controls; i++)
        new_control(scene, dice);
}
