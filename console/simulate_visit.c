// SPDX-License-Identifier: Apache-2.0
//
// A visit, the responses it brings, and what HQ later decides about them.
#include <stdio.h>

#include "common/domain/period.h"
#include "console/simulate_scene.h"

enum { RESPONSES_MAX = 3, KEY_MAX = 24 };

// What becomes of a response in the end.
enum fate {
    FATE_COUNTS,
    FATE_VOIDED,
    FATE_UNVOIDED,     // voided, and that taken back
    FATE_VOIDED_TWICE, // only one of two taken back
    FATE_CORRECTED,
    FATE_CORRECTED_TWICE, // the earlier correction holds
    FATE_UNCORRECTED,     // corrected, and that taken back
    FATE_HELD,
    FATE_RELEASED,
};

static enum fate
fate_of(struct scene *scene)
{
    if ((scene->options->faults & FAULT_VOIDS) == 0)
        return FATE_COUNTS;
    uint32_t roll = dice_below(&scene->dice, 1000);
    return roll < 30   ? FATE_VOIDED
           : roll < 40 ? FATE_UNVOIDED
           : roll < 45 ? FATE_VOIDED_TWICE
           : roll < 65 ? FATE_CORRECTED
           : roll < 70 ? FATE_CORRECTED_TWICE
           : roll < 75 ? FATE_UNCORRECTED
           : roll < 85 ? FATE_HELD
           : roll < 90 ? FATE_RELEASED
                       : FATE_COUNTS;
}

// answer_all fills in the questionnaire: the dealer's quality, the customer's
// mood, and chance.  Of a partial response only a quarter is answered.
static void
answer_all(struct scene *scene, struct survey *survey, bool partial)
{
    const struct questionnaire *asked = &scene->rulebook->questionnaires[0];
    struct dice *dice = &scene->dice;
    int32_t mood = dice_bell(dice, 500);
    survey->questionnaire = span_text(asked->id);
    survey->version = asked->version;
    survey->answer_count = 0;
    for (size_t i = 0; i < asked->item_count; i++) {
        const struct item *item =
            rulebook_item(scene->rulebook, asked->items[i]);
        struct answer *answer = &survey->answers[survey->answer_count];
        if (survey->answer_count == SURVEY_ANSWERS_MAX ||
            (partial && i % 4 != 0))
            continue;
        int32_t steps = item->hi - item->lo;
        int32_t liking = (int32_t)scene->quality + mood + dice_bell(dice, 400);
        int32_t step = (liking * (steps + 1)) / 1000;
        step = step < 0 ? 0 : step > steps ? steps : step;
        *answer = (struct answer){asked->items[i], (uint8_t)(item->lo + step)};
        if (dice_chance(dice, 15))
            answer->value = ANSWER_NOT_APPLICABLE;
        survey->answer_count++;
    }
}

static void
tell(struct told_response *told, const struct survey *survey)
{
    told->answer_count = survey->answer_count;
    for (size_t i = 0; i < survey->answer_count; i++)
        told->answers[i] = survey->answers[i];
}

// undo has HQ take a control back.
static void
undo(struct scene *scene, enum event_type type, const struct event *target,
     const struct event *control)
{
    struct event event = scene_control(scene, type, target, &control->id);
    scene_decide(scene, &event);
}

static struct event
decide(struct scene *scene, enum event_type type, const struct event *target)
{
    struct event event = scene_control(scene, type, target, NULL);
    if (type == EVENT_CORRECT)
        answer_all(scene, &event.survey, false);
    scene_decide(scene, &event);
    return event;
}

// decide_fate sends what HQ decides and tells what holds in the end.
static void
decide_fate(struct scene *scene, const struct event *response,
            struct told_response *told)
{
    struct event first, second;
    told->counts = true;
    switch (fate_of(scene)) {
    case FATE_COUNTS:
        break;
    case FATE_VOIDED:
        decide(scene, EVENT_VOID, response);
        told->counts = false;
        break;
    case FATE_UNVOIDED:
        first = decide(scene, EVENT_VOID, response);
        undo(scene, EVENT_UNVOID, response, &first);
        break;
    case FATE_VOIDED_TWICE:
        first = decide(scene, EVENT_VOID, response);
        decide(scene, EVENT_VOID, response);
        undo(scene, EVENT_UNVOID, response, &first);
        told->counts = false;
        break;
    case FATE_CORRECTED:
        first = decide(scene, EVENT_CORRECT, response);
        tell(told, &first.survey);
        break;
    case FATE_CORRECTED_TWICE:
        first = decide(scene, EVENT_CORRECT, response);
        second = decide(scene, EVENT_CORRECT, response);
        tell(told, event_before(first.occurred_at, &first.id,
                                second.occurred_at, &second.id)
                       ? &first.survey
                       : &second.survey);
        break;
    case FATE_UNCORRECTED:
        first = decide(scene, EVENT_CORRECT, response);
        undo(scene, EVENT_UNVOID, response, &first);
        break;
    case FATE_HELD:
        decide(scene, EVENT_HOLD, response);
        told->counts = false;
        break;
    case FATE_RELEASED:
        first = decide(scene, EVENT_HOLD, response);
        undo(scene, EVENT_RELEASE, response, &first);
        break;
    }
}

// play_survey lets the customer answer, sometimes more than once.
static void
play_survey(struct scene *scene, const struct event *visit, int64_t closed_at,
            uint32_t customer)
{
    struct told_response told[RESPONSES_MAX];
    size_t count = 0;
    int64_t at = closed_at;
    uint32_t eagerness = 700;
    while (count < RESPONSES_MAX && dice_chance(&scene->dice, eagerness)) {
        eagerness = 40;
        at += dice_between(&scene->dice, HOUR_MS, 7 * (int64_t)DAY_MS);
        if (!scene_can(scene, at))
            break;
        struct event event = scene_event(scene, EVENT_SURVEY_RESPONSE, at);
        event.visit = visit->visit;
        event.customer = visit->customer;
        event.vehicle = visit->vehicle;
        event.mode = (uint8_t)dice_between(&scene->dice, 1, 6);
        answer_all(scene, &event.survey, dice_chance(&scene->dice, 40));
        told[count] = (struct told_response){.at = at, .id = event.id};
        tell(&told[count], &event.survey);
        scene_send(scene, &event);
        decide_fate(scene, &event, &told[count]);
        count++;
    }
    truth_survey(scene->truth, scene->dealer, customer, told, count);
}

// customer_key makes the hash a customer of this dealer is known by.
static void
customer_key(const struct scene *scene, uint32_t customer, uint8_t key[16])
{
    struct dice dice =
        dice_of(scene->options->seed, ~(uint64_t)scene->dealer, customer);
    for (size_t i = 0; i < 16; i++)
        key[i] = (uint8_t)dice_below(&dice, 256);
}

// send_visit returns when the event happened, or 0 when HQ voids it.
static int64_t
send_visit(struct scene *scene, const struct event *event)
{
    scene_send(scene, event);
    if ((scene->options->faults & FAULT_VOIDS) == 0 ||
        !dice_chance(&scene->dice, 10))
        return event->occurred_at;
    decide(scene, EVENT_VOID, event);
    return 0;
}

void
scene_visit(struct scene *scene, uint32_t number)
{
    struct dice *dice = &scene->dice;
    int64_t begin = month_start(&scene->rulebook->zone, scene->month);
    int64_t end = month_start(&scene->rulebook->zone, scene->month + 1);
    int64_t opened_at = dice_between(dice, begin, end - 1) + scene->skew_ms;
    int64_t closed_at =
        opened_at + dice_between(dice, HOUR_MS, 10 * (int64_t)HOUR_MS);
    struct told_visit told = {.customer = dice_below(dice, scene->customers)};
    uint8_t customer[16];
    char visit[KEY_MAX];
    customer_key(scene, told.customer, customer);
    snprintf(visit, sizeof visit, "V%u-%u", scene->month, number);
    if (!scene_can(scene, opened_at))
        return;

    struct event opened = scene_event(scene, EVENT_VISIT_OPENED, opened_at);
    opened.visit = span_text(visit);
    opened.customer = opened.vehicle = span_of(customer, sizeof customer);
    opened.visit_facts.eligible = true;
    opened.visit_facts.has_estimate = true;
    opened.visit_facts.estimate_fen = dice_between(dice, 10000, 500000);
    told.opened_at = send_visit(scene, &opened);
    if (scene_can(scene, closed_at) && dice_chance(dice, 970)) {
        struct event closed = opened;
        closed.id = dice_id(dice, closed_at);
        closed.occurred_at = closed_at;
        closed.type = EVENT_VISIT_CLOSED;
        closed.visit_facts.has_settled = true;
        closed.visit_facts.settled_fen = opened.visit_facts.estimate_fen;
        told.closed_at = send_visit(scene, &closed);
    }
    truth_visit(scene->truth, scene->dealer, &told);
    play_survey(scene, &opened, closed_at, told.customer);
    if (dice_chance(dice, 80))
        scene_case(scene, closed_at, opened.customer, told.customer);
}
