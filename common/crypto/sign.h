// SPDX-License-Identifier: Apache-2.0
//
// sign: Ed25519 signatures (RFC 8032).  The same bytes and key give the same
// signature.
#pragma once

#include "common/crypto/key_file.h"

enum { SIGNATURE_BYTES = 64 };

// sign_make signs with a pair of kind KEY_SIGN.
void sign_make(const struct key_pair *pair, struct span bytes,
               uint8_t signature[SIGNATURE_BYTES]);

// sign_verify tells whether the signature is of these bytes and this public
// key.
bool sign_verify(const uint8_t public_key[Z85_KEY_BYTES], struct span bytes,
                 struct span signature);
