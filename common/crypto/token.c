// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/token.h"

#include <sodium.h>

#include "common/crypto/digest.h"

static const char prefix[] = "dpt_"; // found by those who look for leaks

void
hex_write(struct span bytes, char *text)
{
    sodium_bin2hex(text, (size_t)bytes.length * 2 + 1, bytes.data,
                   bytes.length);
}

void
token_make(char text[TOKEN_TEXT + 1])
{
    uint8_t secret[32];

    random_fill(secret, sizeof secret);
    memcpy(text, prefix, sizeof prefix - 1);
    hex_write(span_of(secret, sizeof secret), text + sizeof prefix - 1);
    sodium_memzero(secret, sizeof secret);
}

void
token_hash(struct span text, uint8_t hash[TOKEN_HASH_BYTES])
{
    digest(text, hash, TOKEN_HASH_BYTES);
}

bool
bytes_same(const uint8_t *a, const uint8_t *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

void
bytes_wipe(void *memory, size_t size)
{
    sodium_memzero(memory, size);
}
