// SPDX-License-Identifier: Apache-2.0
//
// progress: a bar on a terminal, nothing anywhere else.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    bool drawn;
    int64_t drawn_at;
};

void progress_init(struct progress *progress);

// progress_draw draws at most ten times a second.
void progress_draw(struct progress *progress, uint64_t done, uint64_t total,
                   uint64_t answered, const char *note);
void progress_end(struct progress *progress);
