// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/digest.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

enum status
crypto_start(void)
{
    return sodium_init() < 0 ? STATUS_SYSTEM : STATUS_OK;
}

static void
check_size(size_t size)
{
    assert(size >= crypto_generichash_BYTES_MIN &&
           size <= crypto_generichash_BYTES_MAX);
}

void
digest(struct span bytes, uint8_t *out, size_t size)
{
    check_size(size);
    if (crypto_generichash(out, size, bytes.data, bytes.length, NULL, 0) != 0)
        abort(); // only for a size check_size refuses
}

void
digest_two(struct span a, struct span b, uint8_t *out, size_t size)
{
    check_size(size);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, size);
    crypto_generichash_update(&state, a.data, a.length);
    crypto_generichash_update(&state, b.data, b.length);
    crypto_generichash_final(&state, out, size);
}

void
random_fill(void *memory, size_t size)
{
    randombytes_buf(memory, size);
}
