// SPDX-License-Identifier: Apache-2.0
//
// opening: the steps of a start, each logged, each with its exit code
// (sysexits).
#pragma once

#include "aggregator/data.h"
#include "common/access/access.h"
#include "common/config/config.h"
#include "common/transport/inbox.h"

// opening_data reads the configured files and opens the data directory.
MUST_USE enum status opening_data(struct data *data,
                                  const struct config *config, int *exit_code);

// opening_port binds a port.
MUST_USE enum status opening_port(struct inbox **out, struct access *access,
                                  enum access_door door, const char *endpoint,
                                  int64_t max_bytes, int *exit_code);
