// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/words.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/crypto/digest.h"

enum {
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};
static_assert(WORDS_OVERHEAD == NONCE_SIZE + TAG_SIZE + WORDS_SALT_SIZE &&
                  WORDS_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
              "sizes of XChaCha20-Poly1305");

void
words_hash(struct span salt, struct span comment, uint8_t hash[WORDS_HASH_SIZE])
{
    digest_two(salt, comment, hash, WORDS_HASH_SIZE);
}

struct outcome
words_judge(struct span salt, struct span comment, struct span hash)
{
    uint8_t right[WORDS_HASH_SIZE];

    if (salt.length == 0 && comment.length == 0 && hash.length == 0)
        return outcome_of(CODE_NONE, NULL);
    if (comment.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "comment");
    if (comment.length > WORDS_COMMENT_MAX)
        return outcome_of(CODE_TOO_LARGE, "comment");
    if (salt.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "salt");
    if (salt.length != WORDS_SALT_SIZE)
        return outcome_of(CODE_BAD_FIELD, "salt");
    if (hash.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "comment_hash");
    words_hash(salt, comment, right);
    if (!span_equal(hash, span_of(right, sizeof right)))
        return outcome_of(CODE_BAD_FIELD, "comment_hash");
    return outcome_of(CODE_NONE, NULL);
}

void
words_salt_imported(struct span id, uint8_t salt[WORDS_SALT_SIZE])
{
    digest_two(span_text("imported comment"), id, salt, WORDS_SALT_SIZE);
}

uint32_t
words_seal(const uint8_t key[WORDS_KEY_SIZE], struct span about,
           struct span salt, struct span comment, uint8_t *out)
{
    uint8_t plain[WORDS_SALT_SIZE + WORDS_COMMENT_MAX];
    unsigned long long length = 0;

    assert(salt.length == WORDS_SALT_SIZE &&
           comment.length <= WORDS_COMMENT_MAX);
    memcpy(plain, salt.data, WORDS_SALT_SIZE);
    if (comment.length > 0)
        memcpy(plain + WORDS_SALT_SIZE, comment.data, comment.length);
    random_fill(out, NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + NONCE_SIZE, &length, plain, WORDS_SALT_SIZE + comment.length,
        about.data, about.length, NULL, out, key);
    sodium_memzero(plain, sizeof plain);
    return NONCE_SIZE + (uint32_t)length;
}

bool
words_open(const uint8_t key[WORDS_KEY_SIZE], struct span about,
           struct span sealed, uint8_t *room, struct span *salt,
           struct span *comment)
{
    unsigned long long length = 0;

    if (sealed.length < WORDS_OVERHEAD ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            room, &length, NULL, sealed.data + NONCE_SIZE,
            sealed.length - NONCE_SIZE, about.data, about.length, sealed.data,
            key) != 0)
        return false;
    *salt = span_of(room, WORDS_SALT_SIZE);
    *comment =
        span_of(room + WORDS_SALT_SIZE, (size_t)length - WORDS_SALT_SIZE);
    return true;
}
