// SPDX-License-Identifier: Apache-2.0
//
// rejects: FILE.rejects.jsonl, what of a file was not taken and why.
//
// One JSON object a line: line, column, code, text, and source ("row": the row
// could not be read; "collector": the event was refused there).  The file is
// made with the first reject; one from an earlier import is removed.
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "common/status.h"
#include "terminal/fault.h"

struct rejects {
    char path[4096];
    FILE *file; // NULL before the first one
    uint64_t count;
    bool quiet;  // to the screen only (dry run)
    bool failed; // to write
};

MUST_USE enum status rejects_init(struct rejects *rejects, const char *imported,
                                  bool quiet);

// rejects_add also says the first few on stderr.
void rejects_add(struct rejects *rejects, const char *imported, unsigned line,
                 const struct fault *fault, const char *source);

// rejects_fini: STATUS_SYSTEM when something could not be written.
MUST_USE enum status rejects_fini(struct rejects *rejects);
