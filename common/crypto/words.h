// SPDX-License-Identifier: Apache-2.0
//
// words: a customer's comment, bound to its event and sealed.
//
// The event's body holds BLAKE2b-256(salt, comment), so what is signed, chained
// and counted needs no key; the words themselves are kept sealed, under a key
// of their own (XChaCha20-Poly1305, random nonce, bound to `about`).  Whoever
// destroys the key destroys the words and nothing else.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/domain/outcome.h"
#include "common/span.h"

enum {
    WORDS_SALT_SIZE = 16,
    WORDS_HASH_SIZE = 32,
    WORDS_KEY_SIZE = 32,
    WORDS_COMMENT_MAX = 2048,
    WORDS_OVERHEAD = 24 + 16 + WORDS_SALT_SIZE, // nonce, tag, salt
    WORDS_SEALED_MAX = WORDS_OVERHEAD + WORDS_COMMENT_MAX,
};

// words_judge: salt, comment and hash are all there and belong together, or
// none of them is.  It does not look whether the comment is UTF-8.
struct outcome words_judge(struct span salt, struct span comment,
                           struct span hash);

// words_hash writes the hash a body holds.
void words_hash(struct span salt, struct span comment,
                uint8_t hash[WORDS_HASH_SIZE]);

// words_salt_imported makes the salt of an imported event of its id, so that
// importing a row twice gives the same event.
void words_salt_imported(struct span id, uint8_t salt[WORDS_SALT_SIZE]);

// words_seal seals a salt of WORDS_SALT_SIZE and a comment of at most
// WORDS_COMMENT_MAX bytes into out (WORDS_SEALED_MAX) and returns the length.
uint32_t words_seal(const uint8_t key[WORDS_KEY_SIZE], struct span about,
                    struct span salt, struct span comment, uint8_t *out);

// words_open undoes it: salt, then comment into room (at least sealed.length
// bytes); false when the key, `about` or a byte is not the one sealed with.
bool words_open(const uint8_t key[WORDS_KEY_SIZE], struct span about,
                struct span sealed, uint8_t *room, struct span *salt,
                struct span *comment);
