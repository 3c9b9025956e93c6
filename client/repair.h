// SPDX-License-Identifier: Apache-2.0
//
// repair: a new spool from what can be read of a damaged one.
//
// The damaged file is kept beside the new one, with its log.  The new one has
// every event that is found with its checksum intact; what a look at the rest
// cannot settle is sent again and answered DUPLICATE.  It stays in the same
// epoch, and knows the numbers that were lost, when the highest number ever
// given is certain; else it begins a new epoch that names the one before.
#pragma once

#include <limits.h>

#include "client/spool.h"

enum { SPOOL_ENDING_MAX = 64 }; // of the files beside a spool

struct spool_repair {
    uint64_t events;    // in the new spool
    uint64_t lost;      // numbers without an event that was not accepted
    bool lost_is_upper; // some of them may have been accepted and dropped
    bool is_new_epoch;
    uint64_t previous_epoch, previous_last_seq; // of a new epoch; 0: unknown
    char damaged[PATH_MAX];                     // where the old file is now
    char report[PATH_MAX];                      // what was lost, in words
    char error[SPOOL_ERROR_MAX];
};

// spool_repair replaces the file at path.  The caller holds the sender's lock;
// other programs may have the spool open, they follow.  STATUS_MALFORMED:
// nothing of a spool is in it, so nothing was done; STATUS_FULL: no room for
// the new file.
MUST_USE enum status spool_repair(const char *path,
                                  struct spool_repair *repair);

// repair_finish ends a repair that a crash cut short, if there is one.
MUST_USE enum status repair_finish(const char *path);

// repair_swap puts "<path>.repaired" in the place of the damaged file and keeps
// that one as `damaged`.
MUST_USE enum status repair_swap(const char *path, const char *damaged);
