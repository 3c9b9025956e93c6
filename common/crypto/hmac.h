// SPDX-License-Identifier: Apache-2.0
//
// hmac: HMAC-SHA256 (RFC 2104), what receivers of webhooks know how to check.
#pragma once

#include "common/span.h"

enum { HMAC_BYTES = 32 };

void hmac_sha256(struct span key, struct span message, uint8_t out[HMAC_BYTES]);
