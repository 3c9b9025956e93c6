// SPDX-License-Identifier: Apache-2.0
//
// copy: a consistent copy of an environment, also while others write to it.
//
// While it runs it holds a snapshot: pages the owner sets free meanwhile are
// not used again, so the owner's file may grow.
#pragma once

#include <stdint.h>

#include "common/status.h"

// Called every second and at the end; at_most is what the copy may come to.
struct copy_watch {
    void (*tell)(void *context, const char *name, uint64_t written,
                 uint64_t at_most); // NULL: nobody looks
    void *context;
};

// copy_environment copies from/name (an environment's directory) to to/name,
// which must not exist, without its free pages, and returns when it is on
// disk.  STATUS_UNAVAILABLE: there is no from/name; STATUS_CORRUPT: it is cut
// short or damaged; STATUS_FULL: no room.  What was begun stays behind.
MUST_USE enum status copy_environment(const char *from, const char *to,
                                      const char *name,
                                      const struct copy_watch *watch);
