// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/domain/check.h"
#include "common/wire/event_code.h"
#include "tests/simulation/rules.h"
#include "tests/simulation/scene.h"

enum { BODY_GUESS = 192, MINUTE = 60000 };

static uint8_t *
room_for_body(struct facts *facts)
{
    if (facts->bodies_capacity - facts->bodies_used < EVENT_BODY_MAX) {
        facts->bodies_capacity =
            2 * facts->bodies_capacity + 4 * EVENT_BODY_MAX;
        facts->bodies = realloc(facts->bodies, facts->bodies_capacity);
        if (!facts->bodies)
            abort();
    }
    return facts->bodies + facts->bodies_used;
}

static void
note_latest(struct facts *facts, int64_t instant)
{
    if (instant > facts->latest)
        facts->latest = instant;
}

// add keeps an event as it will be submitted.
static struct fact *
add(struct facts *facts, const struct event *event, uint32_t terminal)
{
    if (facts->count == facts->capacity) {
        facts->capacity = facts->capacity ? 2 * facts->capacity : 1024;
        facts->list =
            realloc(facts->list, facts->capacity * sizeof *facts->list);
        if (!facts->list)
            abort();
    }
    uint8_t *room = room_for_body(facts);
    size_t length = event_write(event, room, EVENT_BODY_MAX);
    if (length == 0)
        abort();
    struct fact *fact = &facts->list[facts->count++];
    *fact = (struct fact){
        .id = event->id,
        .dealer = event->dealer,
        .terminal = terminal,
        .scene = facts->scenes,
        .body_at = (uint32_t)facts->bodies_used,
        .body_length = (uint32_t)length,
        .occurred_at = event->occurred_at,
    };
    facts->bodies_used += length;
    note_latest(facts, event->occurred_at);
    if (event->type == EVENT_COMPLAINT_OPENED)
        note_latest(facts, event->complaint.received_at);
    return fact;
}

// sender chooses who submits an event: controls and verdicts are HQ's.
static uint32_t
sender(const struct facts_options *options, struct dice *dice,
       const struct event *event, uint32_t near)
{
    if (!role_may_send(ROLE_DEALER, event->type) || near == 0 ||
        dice_below(dice, 16) == 0)
        return 0;
    // Another terminal of the same dealer, when there is one.
    if (near + options->dealers < options->terminals && dice_coin(dice))
        return near + options->dealers;
    return near;
}

// spoil makes an event one that must be rejected.
static enum code
spoil(struct dice *dice, struct event *event)
{
    if (dice_below(dice, 3) == 0) {
        event->occurred_at -= 500 * (int64_t)DAY_MS;
        return CODE_TOO_OLD;
    }
    struct answer *last =
        &event->survey.answers[event->survey.answer_count - 1];
    if (dice_coin(dice)) {
        last->value = 11;
        return CODE_OFF_SCALE;
    }
    last->item = 99;
    return CODE_UNKNOWN_ITEM;
}

// make_rival adds the same id and dealer with other content.
static void
make_rival(struct facts *facts, const struct event *event, uint32_t terminal)
{
    struct event rival = *event;

    rival.occurred_at -= 1;
    facts->list[facts->count - 1].is_rival = true;
    add(facts, &rival, terminal)->is_rival = true;
}

static void
make_scene(struct facts *facts, const struct facts_options *options,
           struct dice *dice, struct scene *scene)
{
    // Most dealers' terminals are like one another; HQ alone in a small world.
    uint32_t near = options->terminals > 1
                        ? 1 + dice_below(dice, options->terminals - 1)
                        : 0;
    uint32_t dealer = near ? facts_dealer(near, options->dealers)
                           : 1 + dice_below(dice, options->dealers);

    scene_make(scene, dice, facts->scenes, dealer);
    for (size_t i = 0; i < scene->count; i++) {
        struct event *event = &scene->events[i];
        enum code expected = CODE_NONE;
        if (event->type == EVENT_SURVEY_RESPONSE &&
            event->survey.answer_count > 0 && dice_below(dice, 64) == 0)
            expected = spoil(dice, event);
        uint32_t terminal = sender(options, dice, event, near);
        add(facts, event, terminal)->expected = expected;
        if (expected == CODE_NONE && dice_below(dice, 100) == 0)
            make_rival(facts, event, sender(options, dice, event, near));
    }
    facts->scenes++;
}

void
facts_make(struct facts *facts, const struct facts_options *options)
{
    struct dice dice = {options->seed | 1};
    static struct scene scene;

    facts->count = facts->scenes = 0;
    facts->bodies_used = 0;
    while (facts->count < options->count)
        make_scene(facts, options, &dice, &scene);
}

void
facts_fini(struct facts *facts)
{
    free(facts->list);
    free(facts->bodies);
    *facts = (struct facts){0};
}
