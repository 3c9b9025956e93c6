// SPDX-License-Identifier: Apache-2.0
//
// aggregator: the shell around the ledger: sockets, journal, clock.
#pragma once

#include "common/config/config.h"
#include "common/status.h"

struct aggregator;

// aggregator_open opens and recovers the data directory and binds both ports.
// It logs what went wrong; the exit code to use is in *exit_code then.
MUST_USE enum status aggregator_open(struct aggregator **out,
                                     const struct config *config, int stop_fd,
                                     int *exit_code);
// aggregator_close writes a last checkpoint if it can; NULL is fine.
void aggregator_close(struct aggregator *aggregator);

// aggregator_run serves until it is asked to stop (STATUS_OK) or must not go
// on (anything else, logged).
MUST_USE enum status aggregator_run(struct aggregator *aggregator);
