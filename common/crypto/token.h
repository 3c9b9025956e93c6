// SPDX-License-Identifier: Apache-2.0
//
// token: a secret that somebody shows to be let in, and what is kept of it.
//
// A token has 256 random bits, so one round of BLAKE2b is enough to keep it
// by: there is nothing to guess that a slow hash would protect.
#pragma once

#include "common/span.h"

enum {
    TOKEN_TEXT = 68, // "dpt_" and 64 hex digits
    TOKEN_HASH_BYTES = 32,
    TOKEN_HASH_TEXT = 64,
};

// token_make writes a new token.
void token_make(char text[TOKEN_TEXT + 1]);

// token_hash is what is kept of a text that may be a token.
void token_hash(struct span text, uint8_t hash[TOKEN_HASH_BYTES]);

// hex_write writes two lower-case digits for each byte, and a NUL.
void hex_write(struct span bytes, char *text);

// bytes_same compares in a time that does not depend on where they differ.
bool bytes_same(const uint8_t *a, const uint8_t *b, size_t size);

// bytes_wipe forgets a secret, however the compiler sees it.
void bytes_wipe(void *memory, size_t size);
