// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/crypto/digest.h"
#include "common/crypto/key_file.h"
#include "common/crypto/sign.h"
#include "tests/support/temp_dir.h"

static char problem[KEY_PROBLEM_MAX];

static const char *
path_of(void **state, const char *name)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", (const char *)*state, name);
    return path;
}

// new_file writes a fresh pair and returns it.
static struct key_pair *
new_file(const char *path, enum key_kind kind)
{
    struct key_pair *pair = key_pair_make(kind);
    assert_non_null(pair);
    assert_int_equal(key_file_write(path, kind, pair, problem), STATUS_OK);
    return pair;
}

static void
z85_is_what_zeromq_writes(void **state)
{
    // The example of zmq_curve(7) and the one of the specification.
    static const char text[] = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
    static const uint8_t key[] = {
        0xbb, 0x88, 0x47, 0x1d, 0x65, 0xe2, 0x65, 0x9b, 0x30, 0xc5, 0x5a,
        0x53, 0x21, 0xce, 0xbb, 0x5a, 0xab, 0x2b, 0x70, 0xa3, 0x98, 0x64,
        0x5c, 0x26, 0xdc, 0xa2, 0xb2, 0xfc, 0xb4, 0x3f, 0xc5, 0x18};
    char written[Z85_KEY_TEXT + 1];
    uint8_t read[Z85_KEY_BYTES];

    (void)state;
    z85_key_write(key, written);
    assert_string_equal(written, text);
    assert_true(z85_key_read(span_text(text), read));
    assert_memory_equal(read, key, sizeof key);
    assert_false(z85_key_read(span_of(text, 39), read));
    assert_false(z85_key_read(
        span_text("#####00000000000000000000000000000000000"), read));
    assert_false(z85_key_read(
        span_text("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{h,D"), read));
}

static void
a_written_key_is_read_again(void **state)
{
    for (int kind = KEY_CURVE; kind <= KEY_SIGN; kind++) {
        const char *path = path_of(state, kind == KEY_CURVE ? "curve" : "sign");
        struct key_pair *pair = new_file(path, (enum key_kind)kind), *read;

        assert_int_equal(
            key_file_load(path, (enum key_kind)kind, &read, problem),
            STATUS_OK);
        assert_memory_equal(read, pair, sizeof *pair);
        key_pair_free(read);
        key_pair_free(pair);
    }
}

static void
a_key_of_the_other_kind_is_refused(void **state)
{
    const char *path = path_of(state, "sign");
    struct key_pair *read = NULL;

    key_pair_free(new_file(path, KEY_SIGN));
    assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem),
                     STATUS_MALFORMED);
    assert_non_null(strstr(problem, "\"curve\""));
    assert_null(read);
}

static void
an_existing_file_is_left_as_it_is(void **state)
{
    const char *path = path_of(state, "key");
    struct key_pair *first = new_file(path, KEY_CURVE), *read;
    struct key_pair *second = key_pair_make(KEY_CURVE);

    assert_int_equal(key_file_write(path, KEY_CURVE, second, problem),
                     STATUS_BUSY);
    assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem), STATUS_OK);
    assert_memory_equal(read, first, sizeof *first);
    key_pair_free(read);
    key_pair_free(first);
    key_pair_free(second);
}

static void
a_file_others_may_read_is_no_secret(void **state)
{
    static const mode_t open_modes[] = {0640, 0604, 0620, 0602, 0610, 0644};
    const char *path = path_of(state, "key");
    struct key_pair *read = NULL;

    key_pair_free(new_file(path, KEY_CURVE));
    for (size_t i = 0; i < sizeof open_modes / sizeof open_modes[0]; i++) {
        assert_int_equal(chmod(path, open_modes[i]), 0);
        assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem),
                         STATUS_UNAVAILABLE);
        assert_non_null(strstr(problem, "chmod 600 "));
        assert_non_null(strstr(problem, path));
        assert_null(read);
    }
    assert_int_equal(chmod(path, 0400), 0); // stricter is fine
    assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem), STATUS_OK);
    key_pair_free(read);
}

static void
a_file_of_another_user_is_refused(void **state)
{
    const char *path = path_of(state, "key");
    struct key_pair *read = NULL;

    if (geteuid() != 0) {
        print_message("skipped: only root can give a file away\n");
        skip();
    }
    key_pair_free(new_file(path, KEY_CURVE));
    assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
    assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem),
                     STATUS_UNAVAILABLE);
    assert_non_null(strstr(problem, "another user"));
}

static void
what_is_no_key_file_is_told(void **state)
{
    static const char *const texts[] = {
        "", "curve\n", "curve\n public-key = \"x\"\n secret-key = \"y\"\n",
        // A public key that is not the secret one's:
        ("curve\n public-key = \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\"\n"
         " secret-key = \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\"\n")};
    const char *path = path_of(state, "key");
    struct key_pair *read = NULL;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem),
                         STATUS_MALFORMED);
    }
    assert_int_equal(
        key_file_load(path_of(state, "missing"), KEY_CURVE, &read, problem),
        STATUS_NOT_FOUND);
    assert_int_equal(key_file_load("/", KEY_CURVE, &read, problem),
                     STATUS_MALFORMED);
}

static void
a_process_with_a_secret_leaves_no_core(void **state)
{
    const char *path = path_of(state, "key");
    struct key_pair *read;
    struct rlimit limit;

    key_pair_free(new_file(path, KEY_CURVE));
    assert_int_equal(key_file_load(path, KEY_CURVE, &read, problem), STATUS_OK);
    key_pair_free(read);
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(limit.rlim_max, 0);
#ifndef __SANITIZE_ADDRESS__
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
#endif
}

static void
a_signature_is_of_these_bytes_and_this_key_alone(void **state)
{
    struct key_pair *ours = key_pair_make(KEY_SIGN);
    struct key_pair *other = key_pair_make(KEY_SIGN);
    uint8_t body[] = "an event", signature[SIGNATURE_BYTES];
    struct span bytes = span_of(body, sizeof body);
    struct span signed_by = span_of(signature, sizeof signature);

    (void)state;
    sign_make(ours, bytes, signature);
    assert_true(sign_verify(ours->public_key, bytes, signed_by));
    assert_false(sign_verify(other->public_key, bytes, signed_by));
    assert_false(sign_verify(ours->public_key, bytes, span_of(signature, 63)));
    assert_false(sign_verify(ours->public_key, bytes, (struct span){0}));
    for (size_t i = 0; i < 8 * sizeof body; i++) {
        body[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(sign_verify(ours->public_key, bytes, signed_by));
        body[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < 8 * sizeof signature; i++) {
        signature[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(sign_verify(ours->public_key, bytes, signed_by));
        signature[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    key_pair_free(ours);
    key_pair_free(other);
}

// RFC 8032, 7.1, test 2.
static void
signatures_are_those_of_the_standard(void **state)
{
    static const uint8_t seed[] = {
        0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
        0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
        0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
    static const uint8_t public_key[] = {
        0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a,
        0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4,
        0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c};
    static const uint8_t wanted[] = {0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4,
                                     0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b};
    struct key_pair pair;
    uint8_t signature[SIGNATURE_BYTES];

    (void)state;
    memcpy(pair.secret_key, seed, sizeof seed);
    memcpy(pair.public_key, public_key, sizeof public_key);
    sign_make(&pair, span_text("r"), signature);
    assert_memory_equal(signature, wanted, sizeof wanted);
}

#define IN_FOLDER(f)                                                           \
    cmocka_unit_test_setup_teardown(f, temp_dir_setup, temp_dir_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(z85_is_what_zeromq_writes),
        IN_FOLDER(a_written_key_is_read_again),
        IN_FOLDER(a_key_of_the_other_kind_is_refused),
        IN_FOLDER(an_existing_file_is_left_as_it_is),
        IN_FOLDER(a_file_others_may_read_is_no_secret),
        IN_FOLDER(a_file_of_another_user_is_refused),
        IN_FOLDER(what_is_no_key_file_is_told),
        IN_FOLDER(a_process_with_a_secret_leaves_no_core),
        cmocka_unit_test(a_signature_is_of_these_bytes_and_this_key_alone),
        cmocka_unit_test(signatures_are_those_of_the_standard),
    };
    if (crypto_start() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
