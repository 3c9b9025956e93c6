// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/sign.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(crypto_sign_BYTES == SIGNATURE_BYTES, "as RFC 8032 has it");

void
sign_make(const struct key_pair *pair, struct span bytes,
          uint8_t signature[SIGNATURE_BYTES])
{
    // libsodium's secret key is the seed and the public key, side by side.
    unsigned char secret[crypto_sign_SECRETKEYBYTES];

    memcpy(secret, pair->secret_key, Z85_KEY_BYTES);
    memcpy(secret + Z85_KEY_BYTES, pair->public_key, Z85_KEY_BYTES);
    (void)crypto_sign_detached(signature, NULL, bytes.data, bytes.length,
                               secret);
    sodium_memzero(secret, sizeof secret);
}

bool
sign_verify(const uint8_t public_key[Z85_KEY_BYTES], struct span bytes,
            struct span signature)
{
    return signature.length == SIGNATURE_BYTES &&
           crypto_sign_verify_detached(signature.data, bytes.data, bytes.length,
                                       public_key) == 0;
}
