// SPDX-License-Identifier: Apache-2.0
//
// check: is a spool what it should be?
#pragma once

#include "client/spool.h"

// spool_check reads all of it, while others go on: SQLite's own check of the
// file, every event's checksum and bytes, every number given, every count.  It
// calls `found` with a sentence for each fault; damage SQLite meets is one.
MUST_USE enum status spool_check(struct spool *spool,
                                 void (*found)(void *context,
                                               const char *sentence),
                                 void *context, uint64_t *faults);
