// SPDX-License-Identifier: Apache-2.0
//
// lock: one process sends from a spool.
#pragma once

#include "common/status.h"

// sender_lock takes the lock beside the spool ("<path>.sender") until
// sender_unlock or the end of the process.  STATUS_BUSY: somebody has it.
MUST_USE enum status sender_lock(const char *spool_path, int *fd);
void sender_unlock(int fd); // -1 is fine
