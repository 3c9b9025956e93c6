// SPDX-License-Identifier: Apache-2.0
//
// The tokens file is taken whole or not at all, and says what is wrong with it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/config/tokens.h"
#include "common/crypto/digest.h"
#include "common/crypto/token.h"
#include "tests/support/temp_dir.h"

#define HEAD "name,scope,hash,created,until,status\n"
#define HASH_1                                                                 \
    "0101010101010101010101010101010101010101010101010101010101010101"
#define HASH_2                                                                 \
    "abababababababababababababababababababababababababababababababab"
#define TIMES ",2026-01-01T00:00:00Z,2027-01-01,"

static struct problems problems;

static enum status
read_text(const char *text, struct token_list **out)
{
    problems = (struct problems){0};
    return tokens_read(span_text(text), "tokens.csv", out, &problems);
}

static void
rows_are_read_as_they_stand(void **state)
{
    struct token_list *list;

    (void)state;
    assert_int_equal(
        read_text(
            HEAD "Head office,hq," HASH_1 TIMES "active\n"
                 "\"a \"\"b\"\"\",region:\xe5\x8d\x8e\xe4\xb8\x9c," HASH_2 TIMES
                 "revoked\n",
            &list),
        STATUS_OK);
    assert_int_equal(list->count, 2);
    assert_string_equal(list->rows[0].name, "Head office");
    assert_int_equal(list->rows[0].reach, REACH_HQ);
    assert_int_equal(list->rows[0].hash[31], 1);
    assert_int_equal(list->rows[0].until - list->rows[0].created,
                     INT64_C(365) * 86400000);
    assert_string_equal(list->rows[1].name, "a \"b\"");
    assert_int_equal(list->rows[1].reach, REACH_REGION);
    assert_string_equal(list->rows[1].subject, "\xe5\x8d\x8e\xe4\xb8\x9c");
    assert_true(token_is_good(&list->rows[0], list->rows[0].until - 1));
    assert_false(token_is_good(&list->rows[0], list->rows[0].until));
    assert_false(token_is_good(&list->rows[1], list->rows[1].created));
    free(list);
}

static void
what_is_wrong_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text, *sentence;
        unsigned line;
    } bad[] = {
        {"", "empty", 0},
        {"name,scope,hash,created,until\n", "missing", 1},
        {HEAD "a,everything," HASH_1 TIMES "active\n", "hq, region:X", 2},
        {HEAD "a,region:," HASH_1 TIMES "active\n", "hq, region:X", 2},
        {HEAD "a,dealer:a b," HASH_1 TIMES "active\n", "hq, region:X", 2},
        {HEAD "a,hq,0101" TIMES "active\n", "64 hex digits", 2},
        {HEAD ",hq," HASH_1 TIMES "active\n", "1 to 32", 2},
        {HEAD "a,hq," HASH_1 ",2026-01-01,,active\n", "every token ends", 2},
        {HEAD "a,hq," HASH_1 TIMES "yes\n", "active or revoked", 2},
        {HEAD "a,hq," HASH_1 TIMES "active\nb,hq," HASH_1 TIMES "active\n",
         "in line 2 as well", 3},
        {HEAD "a,hq," HASH_1 TIMES "active\na,hq," HASH_2 TIMES "active\n",
         "active token in line 2", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct token_list *list = NULL;
        assert_int_equal(read_text(bad[i].text, &list), STATUS_MALFORMED);
        assert_null(list);
        assert_true(problems.count > 0);
        assert_int_equal(problems.list[0].line, bad[i].line);
        if (!strstr(problems.list[0].text, bad[i].sentence))
            fail_msg("%zu: \"%s\"", i, problems.list[0].text);
    }
}

static void
a_name_may_have_a_new_token_once_the_old_one_is_revoked(void **state)
{
    struct token_list *list;

    (void)state;
    assert_int_equal(read_text(HEAD "a,hq," HASH_1 TIMES "revoked\n"
                                    "a,hq," HASH_2 TIMES "active\n",
                               &list),
                     STATUS_OK);
    free(list);
}

static void
a_file_others_may_read_is_refused(void **state)
{
    char dir[TEMP_DIR_MAX], path[TEMP_DIR_MAX + 16];
    struct token_list *list;

    (void)state;
    assert_int_equal(temp_dir_make(dir), 0);
    snprintf(path, sizeof path, "%s/tokens.csv", dir);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, HEAD, strlen(HEAD)), (ssize_t)strlen(HEAD));
    close(fd);
    problems = (struct problems){0};
    assert_int_equal(tokens_load(path, &list, &problems), STATUS_OK);
    free(list);
    static const mode_t modes[] = {0640, 0604, 0620, 0666};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(tokens_load(path, &list, &problems),
                         STATUS_UNAVAILABLE);
    }
    unlink(path);
    assert_int_equal(tokens_load(path, &list, &problems), STATUS_NOT_FOUND);
    assert_int_equal(temp_dir_remove(dir), 0);
}

static void
a_token_is_random_and_its_hash_is_blake2b(void **state)
{
    char one[TOKEN_TEXT + 1], two[TOKEN_TEXT + 1];
    uint8_t hash[TOKEN_HASH_BYTES], again[TOKEN_HASH_BYTES];
    char text[TOKEN_HASH_TEXT + 1];

    (void)state;
    token_make(one);
    token_make(two);
    assert_int_equal(strlen(one), TOKEN_TEXT);
    assert_memory_equal(one, "dpt_", 4);
    assert_string_not_equal(one, two);
    token_hash(span_text(one), hash);
    token_hash(span_text(one), again);
    assert_true(bytes_same(hash, again, sizeof hash));
    token_hash(span_text(two), again);
    assert_false(bytes_same(hash, again, sizeof hash));
    // hashlib.blake2b(b"abc", digest_size=32)
    token_hash(span_text("abc"), hash);
    hex_write(span_of(hash, sizeof hash), text);
    assert_string_equal(
        text,
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_as_they_stand),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(
            a_name_may_have_a_new_token_once_the_old_one_is_revoked),
        cmocka_unit_test(a_file_others_may_read_is_refused),
        cmocka_unit_test(a_token_is_random_and_its_hash_is_blake2b),
    };
    if (crypto_start() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
