// SPDX-License-Identifier: Apache-2.0
//
// simulate_scene: one dealer's month while it is played.
#pragma once

#include "console/simulate_dice.h"
#include "console/simulate_fleet.h"

enum { MINUTE_MS = 60000, HOUR_MS = 3600000 };

struct scene {
    const struct fleet_options *options;
    const struct rulebook *rulebook;
    struct plan *plan;
    struct truth *truth;
    struct dice dice;
    const char *dealer_id;
    size_t dealer;
    uint32_t month;
    int64_t skew_ms;    // of the dealer's clock
    uint32_t quality;   // 0..1000
    uint32_t customers; // how many the dealer has
    uint32_t next_case;
};

// scene_event starts an event of the dealer: id, time, nothing else.
struct event scene_event(struct scene *scene, enum event_type type, int64_t at);

// scene_can tells whether something can still happen at an instant.
bool scene_can(const struct scene *scene, int64_t at);

// scene_send has the dealer's terminal send an event, with the faults.
void scene_send(struct scene *scene, const struct event *event);

// scene_control makes HQ's control of a target; taken_back is the control it
// undoes (UNVOID, RELEASE) or NULL.  The payload of a CORRECT is the caller's.
struct event scene_control(struct scene *scene, enum event_type type,
                           const struct event *target,
                           const struct event_id *taken_back);

// scene_decide has HQ send a control, sometimes before its target arrives.
void scene_decide(struct scene *scene, const struct event *control);

// The parts of a month.
void scene_visit(struct scene *scene, uint32_t number);
void scene_case(struct scene *scene, int64_t about, struct span customer,
                uint32_t customer_number);
