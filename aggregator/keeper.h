// SPDX-License-Identifier: Apache-2.0
//
// keeper: keeps the checkpoint in state/ close behind the journal.
//
// By count under load, within a second of the last commit when idle.  Time
// alone would spiral: slower writing means fewer keys per page, more bytes,
// slower still.
#pragma once

#include "aggregator/checkpoint.h"
#include "aggregator/ledger.h"

struct keeper;

struct keeper_options {
    size_t dirty_events; // begin a checkpoint after so many
    int64_t idle_ms;     // or so long after the first unwritten commit
};

MUST_USE enum status keeper_open(struct keeper **out, struct ledger *ledger,
                                 struct state *state,
                                 const struct keeper_options *options);
// keeper_close does not write what is dirty (the journal has it).
void keeper_close(struct keeper *keeper); // NULL is fine

// keeper_fd becomes readable when keeper_tend has something to take up.
int keeper_fd(const struct keeper *keeper);

// keeper_tend takes up a finished checkpoint and begins the next one when it
// is due.  Anything but STATUS_OK: end the process.
MUST_USE enum status keeper_tend(struct keeper *keeper, int64_t steady_ms);

// keeper_is_stuck tells whether the generation being written found no room in
// state/ or on its disk.  It stays frozen and is tried again every second;
// until it is written nothing should be taken in.
bool keeper_is_stuck(const struct keeper *keeper);

// keeper_due_ms is how long keeper_tend may be left alone; -1: for ever.
int64_t keeper_due_ms(const struct keeper *keeper, int64_t steady_ms);

// keeper_make_room waits until a whole group fits the active generation.
// STATUS_FULL: it will not, before there is room for the frozen one.
MUST_USE enum status keeper_make_room(struct keeper *keeper);

// keeper_settle writes everything, into its place, and returns when it is on
// disk.
MUST_USE enum status keeper_settle(struct keeper *keeper);
