// SPDX-License-Identifier: Apache-2.0
//
// scene: a few events about one visit, customer or complaint of one dealer.
#pragma once

#include <stddef.h>

#include "common/domain/event.h"
#include "tests/support/dice.h"

enum { SCENE_EVENTS_MAX = 12, SCENE_NAME_MAX = 32 };

struct scene {
    size_t count;
    struct event events[SCENE_EVENTS_MAX];
    char visit[SCENE_NAME_MAX], invitation[SCENE_NAME_MAX];
    char customer[SCENE_NAME_MAX], complaint[SCENE_NAME_MAX];
    uint32_t number, dealer;
    int64_t at; // about when
};

// scene_make makes scene `number` of a dealer; its events lend its names.
void scene_make(struct scene *scene, struct dice *dice, uint32_t number,
                uint32_t dealer);
