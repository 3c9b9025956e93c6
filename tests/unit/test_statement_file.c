// SPDX-License-Identifier: Apache-2.0
#include "console/statement_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto/digest.h"
#include "tests/support/temp_dir.h"

static const char pack_text[] = "{\"dealer\":\"A\",\"result\":1}\n";

static struct statement_head
sample_head(void)
{
    struct statement_head head = {.version = 2,
                                  .kind = STATEMENT_FINAL,
                                  .issued_ms = 1793836800000,
                                  .amount_fen = -123,
                                  .has_score = true,
                                  .score_micro = 81500000,
                                  .journal_position = 43,
                                  .has_previous = true};

    strcpy(head.dealer, "a/\"\xe4\xb8\xad");
    strcpy(head.first, "2026-07");
    strcpy(head.last, "2026-09");
    memset(head.head, 0xab, sizeof head.head);
    memset(head.previous, 0x01, sizeof head.previous);
    return head;
}

static void
make(struct statement_head *head, struct buffer *text)
{
    struct key_pair *key = key_pair_make(KEY_SIGN);

    assert_non_null(key);
    statement_file_make(head, span_text(pack_text), key, text);
    assert_false(text->failed);
    key_pair_free(key);
}

static void
what_was_written_is_read(void **state)
{
    (void)state;
    struct statement_head head = sample_head(), found;
    char problem[STATEMENT_PROBLEM_MAX];
    struct buffer text = {0};
    struct span pack;

    make(&head, &text);
    assert_true(statement_file_read(span_of(text.data, text.used), &found,
                                    &pack, problem));
    assert_memory_equal(&found, &head, sizeof head);
    assert_true(span_equal(pack, span_text(pack_text)));
    buffer_fini(&text);
}

static void
any_bit_that_is_changed_and_any_end_that_is_missing_is_found(void **state)
{
    (void)state;
    struct statement_head head = sample_head(), found;
    char problem[STATEMENT_PROBLEM_MAX];
    struct buffer text = {0};
    struct span pack;

    make(&head, &text);
    for (size_t i = 0; i < text.used * 8; i++) {
        text.data[i / 8] = (char)(text.data[i / 8] ^ 1 << i % 8);
        assert_false(statement_file_read(span_of(text.data, text.used), &found,
                                         &pack, problem));
        text.data[i / 8] = (char)(text.data[i / 8] ^ 1 << i % 8);
    }
    for (size_t i = 0; i < text.used; i++)
        assert_false(
            statement_file_read(span_of(text.data, i), &found, &pack, problem));
    assert_true(statement_file_read(span_of(text.data, text.used), &found,
                                    &pack, problem));
    buffer_fini(&text);
}

static void
a_version_is_stored_once_and_the_newest_is_found(void **state)
{
    const char *folder = *state;
    struct statement_head head = sample_head(), newest = sample_head();
    uint8_t wanted[TRACE_HASH_SIZE], found[TRACE_HASH_SIZE];
    char problem[STATEMENT_PROBLEM_MAX];

    assert_true(statement_latest(folder, &newest, found, problem));
    assert_int_equal(newest.version, 0);
    for (uint32_t i = 1; i <= 3; i++) {
        struct buffer text = {0};
        head.version = i;
        make(&head, &text);
        assert_int_equal(statement_store(folder, &head, &text), STATUS_OK);
        assert_int_equal(statement_store(folder, &head, &text), STATUS_BUSY);
        digest(span_of(text.data, text.used), wanted, sizeof wanted);
        assert_true(statement_latest(folder, &newest, found, problem));
        assert_int_equal(newest.version, i);
        assert_memory_equal(found, wanted, sizeof wanted);
        buffer_fini(&text);
    }
}

static void
a_dealers_id_cannot_lead_out_of_the_folder(void **state)
{
    (void)state;
    struct statement_head head = sample_head();
    char path[STATEMENT_PATH_MAX];

    strcpy(head.dealer, "../../etc/A.b%1");
    assert_true(statement_path(path, "to", &head));
    assert_string_equal(path, "to/2026-07..2026-09/"
                              "%2E%2E%2F%2E%2E%2Fetc%2FA%2Eb%251.2.statement");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(
            any_bit_that_is_changed_and_any_end_that_is_missing_is_found),
        cmocka_unit_test_setup_teardown(
            a_version_is_stored_once_and_the_newest_is_found, temp_dir_setup,
            temp_dir_teardown),
        cmocka_unit_test(a_dealers_id_cannot_lead_out_of_the_folder),
    };
    if (crypto_start() != STATUS_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
