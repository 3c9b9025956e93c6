// SPDX-License-Identifier: Apache-2.0
//
// programme: programme.yaml as a rulebook.
#pragma once

#include "common/config/problem.h"
#include "common/domain/rulebook.h"
#include "common/status.h"

// programme_read validates the text completely and makes a rulebook; file
// names it in problems.  The caller frees it.
MUST_USE enum status programme_read(struct span text, const char *file,
                                    struct rulebook **out,
                                    struct problems *problems);
MUST_USE enum status programme_load(const char *path, struct rulebook **out,
                                    struct problems *problems);
void programme_free(struct rulebook *rulebook);

// file_take reads a whole file of at most max_bytes; the caller frees *data.
MUST_USE enum status file_take(const char *path, size_t max_bytes, char **data,
                               size_t *length, struct problems *problems);
