// SPDX-License-Identifier: Apache-2.0
//
// verify: whether a data directory says what its journal says.
//
// Reads only, also beside a running aggregator: walks the chain to the
// journal's end, folds everything up to the checkpoint again into a scratch
// directory and compares every database byte by byte.
#pragma once

#include "common/config/problem.h"
#include "common/status.h"
#include "common/storage/state.h"

#include <stdint.h>

enum { VERIFY_EXAMPLES_MAX = 8, VERIFY_EXAMPLE_TEXT = 160 };

struct verify_report {
    uint64_t checkpoint, end; // positions
    uint64_t events;          // in the journal
    uint8_t head[32];         // of the chain
    uint64_t equal[STATE_DB_COUNT], different[STATE_DB_COUNT];
    size_t example_count;
    char examples[VERIFY_EXAMPLES_MAX][VERIFY_EXAMPLE_TEXT];
    const char *step;  // what was being done when it failed
    uint64_t position; // and where in the journal
};

struct verify_options {
    const char *dir;
    const char *scratch; // an existing empty directory
    size_t map_bytes;    // of journal and state, at least what they have
    // Called now and then while folding; may be NULL.
    void (*progress)(void *context, uint64_t position, uint64_t of);
    void *context;
};

// verify_run fills the report.  STATUS_OK: all is equal.  STATUS_CORRUPT: it
// is not (examples, or step and position say where).  Others: it could not be
// checked.
MUST_USE enum status verify_run(const struct verify_options *options,
                                struct verify_report *report,
                                struct problems *problems);

// verify_chain only follows the chain through the journal, from its base on
// when records were purged, whose digest it checks; scratch is
// not used.  The report has end, events, head, step and position.
MUST_USE enum status verify_chain(const struct verify_options *options,
                                  struct verify_report *report);
