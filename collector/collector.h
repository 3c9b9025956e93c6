// SPDX-License-Identifier: Apache-2.0
//
// collector: the shell around the core: sockets, clock, log.
#pragma once

#include "common/config/config.h"
#include "common/status.h"

struct collector;

// collector_open takes memory, reads keys, binds for terminals and starts
// towards the aggregator.  Otherwise it logged why, and *exit_code says how to
// end.  stop_fd is from stop_open and stays the caller's; config outlives the
// collector.
MUST_USE enum status collector_open(struct collector **out,
                                    const struct config *config, int stop_fd,
                                    int *exit_code);

// collector_run serves until asked to stop, then answers what is on the way
// for at most five seconds.  STATUS_OK after that.
MUST_USE enum status collector_run(struct collector *collector);
void collector_close(struct collector *collector);
