// SPDX-License-Identifier: Apache-2.0
//
// http_get: one question to a reporter over HTTP, in the clear.
#pragma once

#include "client/buffer.h"
#include "common/status.h"

// http_get asks "host:port" for a path and adds the body to *body.  *code is
// what HTTP said, 0 when nobody did.  STATUS_UNAVAILABLE: no answer within the
// timeout, or none that is HTTP.
MUST_USE enum status http_get(const char *address, const char *path,
                              int64_t timeout_ms, unsigned *code,
                              struct buffer *body);
