// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_scene.h"

bool
scene_can(const struct scene *scene, int64_t at)
{
    return at < scene->options->until;
}

struct event
scene_event(struct scene *scene, enum event_type type, int64_t at)
{
    struct event event = {
        .id = dice_id(&scene->dice, at),
        .dealer_id = span_text(scene->dealer_id),
        .occurred_at = at,
        .type = type,
    };
    return event;
}

static bool
has(const struct scene *scene, enum fault fault)
{
    return (scene->options->faults & (unsigned)fault) != 0;
}

// due_of says when an event of this time leaves its terminal.
static int64_t
due_of(struct scene *scene, int64_t at)
{
    struct dice *dice = &scene->dice;
    if (has(scene, FAULT_DISORDER) && dice_chance(dice, 200))
        at += dice_between(dice, -2 * (int64_t)DAY_MS, 2 * (int64_t)DAY_MS);
    if (has(scene, FAULT_LATE) && dice_chance(dice, 50))
        at += dice_between(dice, 10 * (int64_t)DAY_MS, 40 * (int64_t)DAY_MS);
    return at;
}

void
scene_send(struct scene *scene, const struct event *event)
{
    uint32_t lanes = scene->options->lanes;
    size_t act = plan_act(scene->plan, event);
    int64_t due = due_of(scene, event->occurred_at);
    plan_send(scene->plan, act, fleet_lane(scene->dealer, lanes), due);
    if (has(scene, FAULT_DUPLICATES) && dice_chance(&scene->dice, 20))
        plan_send(scene->plan, act, fleet_spare_lane(scene->dealer, lanes),
                  due + dice_between(&scene->dice, 0, 5 * (int64_t)DAY_MS));
}

struct event
scene_control(struct scene *scene, enum event_type type,
              const struct event *target, const struct event_id *taken_back)
{
    int64_t at = target->occurred_at +
                 dice_between(&scene->dice, HOUR_MS, 10 * (int64_t)DAY_MS);
    if (!scene_can(scene, at))
        at = scene->options->until - 1;
    struct event event = scene_event(scene, type, at);
    event.issuer = target->issuer;
    event.visit = target->visit;
    event.invitation = target->invitation;
    event.complaint_id = target->complaint_id;
    event.customer = target->customer;
    event.vehicle = target->vehicle;
    event.control = (struct control){
        .target = target->id,
        .target_type = target->type,
        .target_occurred_at = target->occurred_at,
    };
    if (taken_back != NULL)
        event.control.control = *taken_back;
    return event;
}

void
scene_decide(struct scene *scene, const struct event *control)
{
    int64_t due = control->occurred_at;
    if (dice_chance(&scene->dice, 300)) // arrives before what it is about
        due = control->control.target_occurred_at - 3 * (int64_t)DAY_MS;
    size_t act = plan_act(scene->plan, control);
    plan_send(scene->plan, act, scene->options->lanes, due);
    if (has(scene, FAULT_DUPLICATES) && dice_chance(&scene->dice, 20))
        plan_send(scene->plan, act, scene->options->lanes, due + DAY_MS);
}
