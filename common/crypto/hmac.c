// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/hmac.h"

#include <sodium.h>

void
hmac_sha256(struct span key, struct span message, uint8_t out[HMAC_BYTES])
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key.data, key.length);
    crypto_auth_hmacsha256_update(&state, message.data, message.length);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}
