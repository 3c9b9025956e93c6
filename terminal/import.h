// SPDX-License-Identifier: Apache-2.0
//
// import: a file's rows become events and each gets its outcome.
#pragma once

#include "client/dealerpulse.h"
#include "terminal/mapper.h"
#include "terminal/pending.h"
#include "terminal/progress.h"
#include "terminal/rejects.h"
#include "terminal/rows.h"
#include "terminal/rules.h"

struct import_counts {
    uint64_t rows, events, accepted, duplicates, retry;
};

enum {
    IMPORT_BATCH = 512,
    ENTRY_ROOM = EVENT_BODY_MAX + WORDS_SALT_SIZE + WORDS_COMMENT_MAX,
};

struct import {
    const char *path;
    int stop_fd;
    int64_t patience_ms; // without any outcome
    struct rows *rows;
    struct mapper *mapper;
    struct rulebook *rulebook; // NULL: none at hand
    struct rejects rejects;
    struct progress progress;
    struct import_counts counts;

    // Of an import that sends:
    struct dealerpulse *pulse;
    struct pending pending;
    int64_t answered_at; // steady time of the last outcome
    bool out_of_memory;
    char note[128]; // why it does not go on

    // Events made and not yet in the spool.
    size_t batch_count, batch_bytes;
    struct dealerpulse_body batch[IMPORT_BATCH];
    struct pending_event batch_events[IMPORT_BATCH];
    uint64_t batch_seqs[IMPORT_BATCH];
    uint8_t *batch_room; // IMPORT_BATCH * ENTRY_ROOM
};

// import_read maps every row, counts and lists; nothing is sent.
int import_read(struct import *import);

// import_send maps every row, stores and sends the events, and returns when all
// have their outcome, or nothing moved for so long.  An exit code.
int import_send(struct import *import);

// import_take_outcome is what dealerpulse_open is given as on_outcome.
void import_take_outcome(void *import,
                         const struct dealerpulse_outcome *outcome);

// import_exit_code: 65 with rejects, 75 with events to retry, else 0.
int import_exit_code(const struct import *import);
