// SPDX-License-Identifier: Apache-2.0
//
// A complaint case: opened, answered in time or not, sometimes raised.
#include <stdio.h>

#include "console/simulate_scene.h"

enum { KEY_MAX = 24 };

static enum complaint_class
class_of(struct dice *dice)
{
    uint32_t roll = dice_below(dice, 100);
    return roll < 50   ? CLASS_GENERAL
           : roll < 80 ? CLASS_COMPLEX
           : roll < 95 ? CLASS_HARD
                       : CLASS_EMERGENCY;
}

// answer_time says when somebody answers: mostly in time, sometimes on the last
// millisecond or the one after it, sometimes never (0).
static int64_t
answer_time(struct dice *dice, int64_t received_at, int64_t clock_ms)
{
    int64_t clock = clock_ms != 0 ? clock_ms : DAY_MS;
    uint32_t roll = dice_below(dice, 100);
    if (roll < 8)
        return 0;
    if (roll < 12)
        return received_at + clock;
    if (roll < 16)
        return received_at + clock + 1;
    if (roll < 28)
        return received_at + clock + dice_between(dice, 1, 2 * clock);
    return received_at + dice_between(dice, 0, clock);
}

static struct event
act(struct scene *scene, enum action_kind kind, int64_t at, const char *key)
{
    struct event event = scene_event(scene, EVENT_COMPLAINT_ACTION, at);
    event.complaint_id = span_text(key);
    event.action.kind = kind;
    return event;
}

// answer sends a RESPONSE and, if HQ voids it, a second one; it returns when
// the case counts as answered, 0 for never.
static int64_t
answer(struct scene *scene, int64_t at, const char *key)
{
    struct event event = act(scene, ACTION_RESPONSE, at, key);
    event.action.next_step = span_text("inspect the car again");
    scene_send(scene, &event);
    if ((scene->options->faults & FAULT_VOIDS) == 0 ||
        !dice_chance(&scene->dice, 40))
        return at;
    struct event control = scene_control(scene, EVENT_VOID, &event, NULL);
    scene_decide(scene, &control);
    at += dice_between(&scene->dice, MINUTE_MS, 2 * (int64_t)DAY_MS);
    if (!scene_can(scene, at) || dice_chance(&scene->dice, 300))
        return 0;
    event = act(scene, ACTION_RESPONSE, at, key);
    scene_send(scene, &event);
    return at;
}

// raise_class reclassifies some cases before they are answered.
static void
raise_class(struct scene *scene, struct told_case *told, int64_t answered_at,
            const char *key)
{
    struct dice *dice = &scene->dice;
    int64_t latest = answered_at != 0 ? answered_at - 1
                                      : told->received_at + 3 * (int64_t)DAY_MS;
    if (!dice_chance(dice, 150) || latest <= told->received_at)
        return;
    int64_t at = dice_between(dice, told->received_at + 1, latest);
    if (!scene_can(scene, at))
        return;
    struct event event = act(scene, ACTION_RECLASSIFY, at, key);
    told->raised_at = at;
    told->raised_to = event.action.class = class_of(dice);
    scene_send(scene, &event);
}

void
scene_case(struct scene *scene, int64_t about, struct span customer,
           uint32_t customer_number)
{
    struct dice *dice = &scene->dice;
    char key[KEY_MAX];
    snprintf(key, sizeof key, "C%u-%u", scene->month, scene->next_case++);
    struct told_case told = {.class = class_of(dice),
                             .customer = customer_number};
    told.received_at = about + dice_between(dice, HOUR_MS, 3 * (int64_t)DAY_MS);
    told.opened_at =
        told.received_at + dice_between(dice, 0, 30 * (int64_t)MINUTE_MS);
    if (!scene_can(scene, told.opened_at))
        return;

    struct event opened =
        scene_event(scene, EVENT_COMPLAINT_OPENED, told.opened_at);
    opened.complaint_id = span_text(key);
    opened.customer = customer;
    opened.complaint.class = told.class;
    opened.complaint.severity = (uint8_t)dice_between(dice, 1, 4);
    opened.complaint.received_at = told.received_at;
    scene_send(scene, &opened);

    int64_t at = answer_time(dice, told.received_at,
                             scene->rulebook->clock_ms[told.class]);
    raise_class(scene, &told, at, key);
    if (at != 0 && scene_can(scene, at))
        told.answered_at = answer(scene, at, key);
    int64_t closed_at =
        told.opened_at + dice_between(dice, DAY_MS, 9 * (int64_t)DAY_MS);
    if (scene_can(scene, closed_at)) {
        struct event closed = act(scene, ACTION_CLOSED, closed_at, key);
        if (dice_chance(dice, 900))
            closed.action.root_cause = span_text("loose hose");
        told.closed_at = closed_at;
        scene_send(scene, &closed);
    }
    truth_case(scene->truth, scene->dealer, &told);
}
