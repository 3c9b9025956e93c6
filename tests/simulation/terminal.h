// SPDX-License-Identifier: Apache-2.0
//
// terminal: a dealership's machine: an application that submits, the client's
// session core, a spool that survives it.  What client/pump.c does with
// sockets and SQLite is done here with ours.
#pragma once

#include "client/session.h"
#include "tests/simulation/spool_disk.h"

enum { SETTLEMENTS_MAX = 4096, SUBMIT_MAX = 24 };

struct terminal {
    uint32_t number;
    char name[16];
    const char *dealers[1];
    struct spool_disk spool;
    uint32_t *queue; // facts its application submits, in this order
    size_t queue_count, queued;
    int64_t pause_ms; // between two submissions
    // Of one life:
    struct session *session; // NULL: dead
    uint64_t link;           // 0: none
    uint64_t given;          // events up to here went to the session
    int64_t wakes_at;        // the next TASK_TERMINAL
    size_t settlement_count;
    struct settlement settlements[SETTLEMENTS_MAX];
};

struct terminal *terminal_open(struct world *world, uint32_t number);
void terminal_close(struct terminal *terminal);

void terminal_start(struct world *world, struct terminal *terminal);
void terminal_crash(struct world *world, struct terminal *terminal);

// application_open decides what it submits in which order (application.c).
void application_open(struct world *world, struct terminal *terminal);

// terminal_wake looks after the session; terminal_receive takes a frame;
// terminal_submit lets the application submit.
void terminal_wake(struct world *world, struct terminal *terminal);
void terminal_receive(struct world *world, struct terminal *terminal,
                      struct span frame);
void terminal_submit(struct world *world, struct terminal *terminal);

// terminal_holds tells whether the session has events without an outcome.
bool terminal_holds(const struct terminal *terminal);

// terminal_restore: the spool comes back as it was before any outcome.
void terminal_restore(struct world *world, struct terminal *terminal);
