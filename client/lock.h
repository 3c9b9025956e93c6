// SPDX-License-Identifier: Apache-2.0
//
// lock: one process sends from a spool, and nobody writes into a spool that is
// being replaced.
#pragma once

#include "common/status.h"

// sender_lock takes the lock beside the spool ("<path>.sender") until
// sender_unlock or the end of the process.  STATUS_BUSY: somebody has it.
MUST_USE enum status sender_lock(const char *spool_path, int *fd);
void sender_unlock(int fd); // -1 is fine

// The gate is another file beside the spool ("<path>.gate").  Writers pass it
// for the time of a transaction; a repair shuts it for everybody else.
MUST_USE enum status gate_open(const char *spool_path, int *fd);
void gate_close(int fd); // -1 is fine

// gate_pass waits for a repair to end.
MUST_USE enum status gate_pass(int fd);

// gate_shut waits for all who passed.
MUST_USE enum status gate_shut(int fd);
void gate_leave(int fd);
