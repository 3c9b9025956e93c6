// SPDX-License-Identifier: Apache-2.0
//
// z85: bytes as printable text, as ZeroMQ writes keys (rfc.zeromq.org/spec/32).
//
// Four bytes are five characters, so a key of 32 bytes is 40.  None of them is
// a blank, a comma, a quote or a backslash.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

enum { Z85_KEY_BYTES = 32, Z85_KEY_TEXT = 40 };

// z85_key_write writes 40 characters and a NUL.
void z85_key_write(const uint8_t key[Z85_KEY_BYTES],
                   char text[Z85_KEY_TEXT + 1]);

// z85_key_read wants exactly 40 characters that stand for 32 bytes.
bool z85_key_read(struct span text, uint8_t key[Z85_KEY_BYTES]);
