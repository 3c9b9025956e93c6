// SPDX-License-Identifier: Apache-2.0
//
// held_back: the events an operator put into quarantine.
//
// A list HQ publishes into the journal like any other file, one line each:
//
//   POSITION INDEX REASON
//
// ascending, index counting the events of the commit from 0, the reason 1..120
// bytes of text.  The newest list holds.  What is on it contributes nothing and
// is listed in quarantine; everything is folded again when the list changes.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

enum { HELD_BACK_REASON_MAX = 120, HELD_BACK_MAX = 4096 };

struct held_back_entry {
    uint64_t position;
    uint32_t index;
    char reason[HELD_BACK_REASON_MAX + 1];
};

struct held_back {
    size_t count;
    struct held_back_entry *list; // malloc'ed
};

// held_back_read takes a published list apart.  STATUS_MALFORMED: it is none.
MUST_USE enum status held_back_read(struct span content,
                                    struct held_back *held);
void held_back_free(struct held_back *held);

// held_back_write makes the text of a list, which the caller frees.
MUST_USE enum status held_back_write(const struct held_back *held, char **text,
                                     size_t *length);

// held_back_find returns the reason an event is held back for, or NULL;
// held_back_touches tells whether anything of a commit is.
const char *held_back_find(const struct held_back *held, uint64_t position,
                           uint32_t index);
bool held_back_touches(const struct held_back *held, uint64_t position);

// held_back_reason_fits: 1 to HELD_BACK_REASON_MAX bytes, in one line.
bool held_back_reason_fits(const char *reason);

// held_back_add and held_back_remove change a list.  STATUS_NOT_FOUND: it was
// not on it; STATUS_FULL: no more fit; STATUS_MALFORMED: no such reason.
MUST_USE enum status held_back_add(struct held_back *held, uint64_t position,
                                   uint32_t index, const char *reason);
MUST_USE enum status held_back_remove(struct held_back *held, uint64_t position,
                                      uint32_t index);
