// SPDX-License-Identifier: Apache-2.0
//
// endpoint: addresses as the configuration writes them.  endpoint_is_local is
// in config.h.
#pragma once

#include <stdbool.h>

// endpoint_valid: "tcp://host:port", "ipc://path" or "inproc://name"; a port is
// 0..65535 or "*" (any free one).
bool endpoint_valid(const char *endpoint);

// endpoint_http_valid: "host:port".
bool endpoint_http_valid(const char *endpoint);
