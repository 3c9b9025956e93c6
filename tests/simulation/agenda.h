// SPDX-License-Identifier: Apache-2.0
//
// agenda: what is to happen in a simulated world, by time; at one time, in the
// order it was put there.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum task_kind {
    TASK_MESSAGE,    // arrives
    TASK_TERMINAL,   // a terminal's session wants to be looked after
    TASK_COLLECTOR,  // a collector's timers
    TASK_SERVE,      // the aggregator takes what is waiting
    TASK_TEND,       // the aggregator looks after its checkpoints
    TASK_CHECKPOINT, // one is written
    TASK_TAKE_UP,    // and taken up
    TASK_WARMUP,     // the aggregator's filter learns what is stored
    TASK_SUBMIT,     // an application submits events
    TASK_TROUBLE,    // chances for what happens to nodes
    TASK_START,      // a node comes back
};

struct task {
    int64_t at;
    uint64_t order; // given by the agenda
    enum task_kind kind;
    uint32_t node;
    uint64_t tag; // whose boot it belongs to, or a number
    void *data;   // TASK_MESSAGE: owned
};

struct agenda {
    struct task *heap;
    size_t count, capacity;
    uint64_t order;
};

void agenda_add(struct agenda *agenda, struct task task);
bool agenda_take(struct agenda *agenda, struct task *task);
void agenda_fini(struct agenda *agenda); // frees the data of what is left
