// SPDX-License-Identifier: Apache-2.0
//
// scratch: a fresh directory to fold again in, and what a long command shows
// while it works.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { SCRATCH_PATH_MAX = 4096 };

// scratch_make makes a fresh directory below `parent` (NULL: $TMPDIR or /tmp)
// and returns true, or says on stderr, in the name of `command`, that it could
// not.
bool scratch_make(char path[SCRATCH_PATH_MAX], const char *parent,
                  const char *command);
void scratch_remove(const char *path);

// The two lines that show progress on a terminal (stderr).
void progress_fold(void *context, uint64_t position, uint64_t of);
void progress_copy(void *context, const char *name, uint64_t written,
                   uint64_t at_most);

// progress_wanted tells whether anybody would see it.
bool progress_wanted(void);
