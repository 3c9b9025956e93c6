// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/config/keyring.h"
#include "tests/support/problems.h"
#include "tests/support/temp_dir.h"

// The pair of RFC 26/CURVEZMQ's example in zmq_curve(7), and made-up keys.
#define KEY_A  "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_B  "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define KEY_C  "0123456789012345678901234567890123456789"
#define KEY_D  "abcdefghijabcdefghijabcdefghijabcdefghij"
#define HEADER "key,role,name,dealers,from,until,status\n"

static const int64_t year_2026 = 1767225600000;

static struct keyring *
good_keyring(const char *text)
{
    static struct problems problems;
    struct keyring *keyring = NULL;

    problems = (struct problems){0};
    enum status status =
        keyring_read(span_text(text), "k.csv", &keyring, &problems);
    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return keyring;
}

static void
key_of(const char *text, uint8_t key[Z85_KEY_BYTES])
{
    assert_true(z85_key_read(span_text(text), key));
}

static const struct keyring_entry *
admitted(const struct keyring *keyring, const char *text, int64_t at)
{
    uint8_t key[Z85_KEY_BYTES];
    key_of(text, key);
    return keyring_admit(keyring, key, at);
}

static void
a_key_says_who_speaks_and_for_whom(void **state)
{
    (void)state;
    struct keyring *keyring =
        good_keyring(HEADER KEY_A ",dealer,till-1,SH02 SH01,,,active\n" KEY_B
                                  ",hq,head,,,,active\n");
    const struct keyring_entry *till = admitted(keyring, KEY_A, 0);
    const struct keyring_entry *head = admitted(keyring, KEY_B, 0);

    assert_int_equal(till->role, ROLE_DEALER);
    assert_string_equal(till->name, "till-1");
    assert_true(key_speaks_for(till, span_text("SH01")));
    assert_true(key_speaks_for(till, span_text("SH02")));
    assert_false(key_speaks_for(till, span_text("SH03")));
    assert_false(key_speaks_for(till, span_text("SH0")));
    assert_true(key_speaks_for(head, span_text("SH03")));
    assert_null(admitted(keyring, KEY_C, 0));
    keyring_free(keyring);
}

static void
a_key_is_good_from_its_first_moment_until_before_its_last(void **state)
{
    (void)state;
    struct keyring *keyring =
        good_keyring(HEADER KEY_A ",hq,a,,2026-01-01,2026-01-01T08:00:01+08:00,"
                                  "active\n" KEY_C ",hq,c,,,,revoked\n");

    assert_null(admitted(keyring, KEY_A, year_2026 - 1));
    assert_non_null(admitted(keyring, KEY_A, year_2026));
    assert_non_null(admitted(keyring, KEY_A, year_2026 + 999));
    assert_null(admitted(keyring, KEY_A, year_2026 + 1000));
    assert_null(admitted(keyring, KEY_C, year_2026));

    uint8_t key[Z85_KEY_BYTES];
    key_of(KEY_C, key); // found, to say why not
    const struct keyring_entry *revoked = keyring_find(keyring, key);
    assert_int_equal(key_state(revoked, 0), KEY_REVOKED);
    keyring_free(keyring);
}

static void
a_name_may_have_two_keys_that_overlap(void **state)
{
    (void)state;
    struct keyring *keyring = good_keyring(
        HEADER KEY_A ",dealer,t,A,,2026-02-01,active\n" KEY_B
                     ",dealer,t,A,2026-01-01,,active\n" KEY_C
                     ",dealer,t,A,,,revoked\n" KEY_D ",dealer,s,A,,,active\n");
    size_t count;

    assert_non_null(admitted(keyring, KEY_A, year_2026));
    assert_non_null(admitted(keyring, KEY_B, year_2026));
    keyring_named(keyring, span_text("t"), &count);
    assert_int_equal(count, 3);
    assert_string_equal((*keyring_named(keyring, span_text("s"), &count))->name,
                        "s");
    assert_int_equal(count, 1);
    keyring_named(keyring, span_text("nobody"), &count);
    assert_int_equal(count, 0);
    keyring_free(keyring);
}

static void
columns_go_by_their_header_and_sign_is_optional(void **state)
{
    (void)state;
    struct keyring *keyring =
        good_keyring("\xef\xbb\xbfname,status,key,role,until,from,dealers,sign"
                     "\r\nt,active," KEY_A ",dealer,,,\" A  B \"," KEY_B
                     "\r\ns,active," KEY_C ",reporter,,,,\r\n");

    assert_int_equal(keyring->sign_count, 1);
    assert_true(keyring->entries[0].signs);
    assert_int_equal(keyring->entries[0].dealer_count, 2);
    assert_false(keyring->entries[1].signs);
    keyring_free(keyring);
}

static void
a_header_alone_admits_nobody(void **state)
{
    (void)state;
    struct keyring *keyring = good_keyring(HEADER);
    assert_null(admitted(keyring, KEY_A, 0));
    keyring_free(keyring);
}

static void
rights_are_compared_without_times(void **state)
{
    (void)state;
    struct keyring *keyring =
        good_keyring(HEADER KEY_A ",dealer,t,A B,,,active\n" KEY_B
                                  ",dealer,t,B A,,2026-01-01,active\n" KEY_C
                                  ",dealer,t,A,,,revoked\n");
    struct keyring_entry *entries = keyring->entries;

    assert_true(key_same(&entries[0], &entries[1]));
    assert_false(key_same(&entries[0], &entries[2]));
    keyring_free(keyring);
}

static const char good[] =
    HEADER KEY_A ",dealer,till,A B,,,active\n" KEY_B ",hq,head,,,,active\n";

static const struct flaw flaws[] = {
    {"key,role", "role", 1, "key", "this column is missing"},
    {"status\n", "stat\n", 1, "", "not known here"},
    {"role,name", "role,role", 1, "role", "there twice"},
    {KEY_A, "short", 2, "key", "40 Z85 characters"},
    {KEY_A, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf~", 2, "key", "40 Z85"},
    {KEY_A, "#####################################%%%", 2, "key", "40 Z85"},
    {KEY_B, KEY_A, 3, "key", "in line 2 as well"},
    {"dealer,till", "boss,till", 2, "role", "must be dealer, hq"},
    {"till", "ti ll", 2, "name", "no spaces"},
    {"till", "", 2, "name", "1 to 32"},
    {"A B", "", 2, "dealers", "names the dealers"},
    {"A B", "A A", 2, "dealers", "twice"},
    {"A B", "A HQ", 2, "dealers", "say role hq"},
    {"head,", "head,A", 3, "dealers", "only a dealer's key"},
    {",,active\n", ",tomorrow,active\n", 2, "until", "must be a time"},
    {"A B,,", "A B,2026-01-02,2026-01-02", 2, "until", "later than from"},
    {"active", "activ", 2, "status", "active or revoked"},
    {",active\n", "\n", 2, "", "fewer cells"},
    {"head", "till", 3, "role", "till is dealer in line 2"},
};

static void
every_flaw_is_told_with_line_and_column(void **state)
{
    static struct problems problems;

    (void)state;
    for (size_t i = 0; i < sizeof flaws / sizeof flaws[0]; i++) {
        const struct flaw *flaw = &flaws[i];
        char *text = text_with_flaw(good, flaw);
        struct keyring *keyring = NULL;

        problems = (struct problems){0};
        assert_int_equal(
            keyring_read(span_text(text), "k.csv", &keyring, &problems),
            STATUS_MALFORMED);
        assert_null(keyring);
        expect_problem(&problems, "k.csv", flaw->line, flaw->key, flaw->says);
        free(text);
    }
}

static void
a_third_good_key_of_a_name_is_told(void **state)
{
    static struct problems problems;
    struct keyring *keyring = NULL;

    (void)state;
    problems = (struct problems){0};
    assert_int_equal(
        keyring_read(span_text(HEADER KEY_A ",hq,a,,,,active\n" KEY_B
                                            ",hq,a,,2026-01-01,,active\n" KEY_C
                                            ",hq,a,,,2026-01-02,active\n"),
                     "k.csv", &keyring, &problems),
        STATUS_MALFORMED);
    expect_problem(&problems, "k.csv", 3, "name", "more than two good keys");
}

static void
a_keyring_everybody_may_change_is_refused(void **state)
{
    const char *folder = *state;
    static struct problems problems;
    struct keyring *keyring = NULL;
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/keyring.csv", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(good, file);
    fclose(file);
    assert_int_equal(chmod(path, 0646), 0);
    problems = (struct problems){0};
    assert_int_equal(keyring_load(path, &keyring, &problems), STATUS_MALFORMED);
    expect_problem(&problems, path, 0, "", "chmod o-w");
    assert_int_equal(chmod(path, 0644), 0);
    problems = (struct problems){0};
    assert_int_equal(keyring_load(path, &keyring, &problems), STATUS_OK);
    keyring_free(keyring);
}

static void
no_mutation_crashes_or_fails_in_silence(void **state)
{
    uint64_t seed = 20261122;
    char text[4 * sizeof good];
    static struct problems problems;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct keyring *keyring = NULL;
        memcpy(text, good, sizeof good);
        size_t length = mutate(text, sizeof good - 1, &seed);
        problems = (struct problems){0};
        enum status status =
            keyring_read(span_of(text, length), "k", &keyring, &problems);
        assert_true(status == STATUS_OK || status == STATUS_MALFORMED);
        assert_int_equal(status == STATUS_OK, problems.count == 0);
        keyring_free(keyring);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_says_who_speaks_and_for_whom),
        cmocka_unit_test(
            a_key_is_good_from_its_first_moment_until_before_its_last),
        cmocka_unit_test(a_name_may_have_two_keys_that_overlap),
        cmocka_unit_test(columns_go_by_their_header_and_sign_is_optional),
        cmocka_unit_test(a_header_alone_admits_nobody),
        cmocka_unit_test(rights_are_compared_without_times),
        cmocka_unit_test(every_flaw_is_told_with_line_and_column),
        cmocka_unit_test(a_third_good_key_of_a_name_is_told),
        cmocka_unit_test_setup_teardown(
            a_keyring_everybody_may_change_is_refused, temp_dir_setup,
            temp_dir_teardown),
        cmocka_unit_test(no_mutation_crashes_or_fails_in_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
