// SPDX-License-Identifier: Apache-2.0
//
// A comment belongs to its event, and is readable with its key alone.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/crypto/digest.h"
#include "common/crypto/words.h"

static const uint8_t salt[WORDS_SALT_SIZE] = {1, 2, 3};
static const uint8_t key[WORDS_KEY_SIZE] = {7};

static struct span
the_salt(void)
{
    return span_of(salt, sizeof salt);
}

static void
expect(struct span s, struct span comment, struct span hash, enum code code,
       const char *field)
{
    struct outcome outcome = words_judge(s, comment, hash);
    assert_int_equal(outcome.code, code);
    if (field)
        assert_string_equal(outcome.field, field);
}

static void
all_three_belong_together_or_none_is_there(void **state)
{
    (void)state;
    const struct span none = {NULL, 0};
    static const uint8_t long_words[WORDS_COMMENT_MAX + 1] = {'x'};
    struct span words = span_text("the coffee was cold");
    uint8_t right[WORDS_HASH_SIZE], wrong[WORDS_HASH_SIZE];

    words_hash(the_salt(), words, right);
    memcpy(wrong, right, sizeof wrong);
    wrong[31] ^= 1;
    struct span hash = span_of(right, sizeof right);
    expect(none, none, none, CODE_NONE, NULL);
    expect(the_salt(), words, hash, CODE_NONE, NULL);
    expect(the_salt(), words, span_of(wrong, sizeof wrong), CODE_BAD_FIELD,
           "comment_hash");
    expect(the_salt(), words, none, CODE_MISSING_FIELD, "comment_hash");
    expect(the_salt(), none, hash, CODE_MISSING_FIELD, "comment");
    expect(none, none, hash, CODE_MISSING_FIELD, "comment");
    expect(none, words, hash, CODE_MISSING_FIELD, "salt");
    expect(span_of(salt, 15), words, hash, CODE_BAD_FIELD, "salt");
    expect(the_salt(), span_of(long_words, sizeof long_words), hash,
           CODE_TOO_LARGE, "comment");
}

static void
only_the_key_and_the_event_open_what_was_sealed(void **state)
{
    (void)state;
    uint8_t sealed[WORDS_SEALED_MAX], again[WORDS_SEALED_MAX];
    uint8_t room[WORDS_SEALED_MAX], other[WORDS_KEY_SIZE] = {8};
    struct span about = span_text("D1 event"), words = span_text("too dear");
    struct span read_salt, read_words;

    uint32_t length = words_seal(key, about, the_salt(), words, sealed);
    assert_int_equal(length, words.length + WORDS_OVERHEAD);
    struct span bytes = span_of(sealed, length);
    assert_true(words_open(key, about, bytes, room, &read_salt, &read_words));
    assert_true(span_equal(read_salt, the_salt()));
    assert_true(span_equal(read_words, words));
    assert_null(memmem(sealed, length, words.data, words.length));

    assert_false(
        words_open(other, about, bytes, room, &read_salt, &read_words));
    assert_false(words_open(key, span_text("D2 event"), bytes, room, &read_salt,
                            &read_words));
    for (uint32_t i = 0; i < length; i++) {
        sealed[i] ^= 0x40;
        assert_false(
            words_open(key, about, bytes, room, &read_salt, &read_words));
        sealed[i] ^= 0x40;
        assert_false(words_open(key, about, span_of(sealed, i), room,
                                &read_salt, &read_words));
    }
    words_seal(key, about, the_salt(), words, again);
    assert_memory_not_equal(sealed, again, length); // another nonce
}

static void
the_longest_comment_fits(void **state)
{
    (void)state;
    static uint8_t words[WORDS_COMMENT_MAX], sealed[WORDS_SEALED_MAX];
    static uint8_t room[WORDS_SEALED_MAX];
    struct span read_salt, read_words;

    memset(words, 'w', sizeof words);
    uint32_t length = words_seal(key, span_text("e"), the_salt(),
                                 span_of(words, sizeof words), sealed);
    assert_int_equal(length, WORDS_SEALED_MAX);
    assert_true(words_open(key, span_text("e"), span_of(sealed, length), room,
                           &read_salt, &read_words));
    assert_int_equal(read_words.length, sizeof words);
}

static void
an_imported_comment_has_the_same_salt_each_time(void **state)
{
    (void)state;
    uint8_t a[WORDS_SALT_SIZE], b[WORDS_SALT_SIZE], c[WORDS_SALT_SIZE];

    words_salt_imported(span_text("id-1"), a);
    words_salt_imported(span_text("id-1"), b);
    words_salt_imported(span_text("id-2"), c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_three_belong_together_or_none_is_there),
        cmocka_unit_test(only_the_key_and_the_event_open_what_was_sealed),
        cmocka_unit_test(the_longest_comment_fits),
        cmocka_unit_test(an_imported_comment_has_the_same_salt_each_time),
    };
    return crypto_start() == STATUS_OK
               ? cmocka_run_group_tests(tests, NULL, NULL)
               : 1;
}
