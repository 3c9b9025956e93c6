// SPDX-License-Identifier: Apache-2.0
//
// mark: how far a store is backed up, a small text file in its directory.
//
// `dealerpulse backup` writes it once a copy was proven good, `restore` for
// the store it makes; the aggregator only reads it.  So a backup can speak to a
// running aggregator, and a crash of either loses nothing.
#pragma once

#include <stdint.h>

#include "common/status.h"

struct backup_mark {
    uint64_t position; // the journal up to here is in a backup; 0: nothing is
    int64_t made_at_ms;
};

// backup_mark_read: without the file all is zero.  STATUS_MALFORMED: it is
// there and is not one.
MUST_USE enum status backup_mark_read(const char *dir,
                                      struct backup_mark *mark);
MUST_USE enum status backup_mark_write(const char *dir,
                                       const struct backup_mark *mark);
