// SPDX-License-Identifier: Apache-2.0
//
// Keys of comments: kept before they are needed, and gone once erased.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/storage/comment_keys.h"
#include "tests/support/temp_dir.h"

struct fixture {
    char dir[TEMP_DIR_MAX];
    struct comment_keys *keys;
};

static void
reopen(struct fixture *fixture, enum comment_keys_use use)
{
    comment_keys_close(fixture->keys);
    fixture->keys = NULL;
    assert_int_equal(comment_keys_open(&fixture->keys, fixture->dir, use),
                     STATUS_OK);
}

static int
setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    char folder[TEMP_DIR_MAX + 8];

    assert_non_null(fixture);
    assert_int_equal(temp_dir_make(fixture->dir), 0);
    snprintf(folder, sizeof folder, "%s/keys", fixture->dir);
    assert_int_equal(mkdir(folder, 0700), 0);
    reopen(fixture, COMMENT_KEYS_APPEND);
    *state = fixture;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *fixture = *state;
    comment_keys_close(fixture->keys);
    temp_dir_remove(fixture->dir);
    free(fixture);
    return 0;
}

static void
path_of(const struct fixture *fixture, char path[TEMP_DIR_MAX + 32])
{
    snprintf(path, TEMP_DIR_MAX + 32, "%s/keys/comments", fixture->dir);
}

// key_of makes a key that is seen nowhere else in the file.
static struct comment_key
key_of(const char *dealer, uint32_t number)
{
    char text[64];
    struct comment_key key = {.dealer = span_text(dealer),
                              .id = {{1, 2, 3}},
                              .occurred_at = 1000 + (int64_t)number};

    memcpy(key.id.bytes + 8, &number, sizeof number);
    snprintf(text, sizeof text, "%-8.8s%08x<-a-key-to-look-for>!", dealer,
             number);
    memcpy(key.bytes, text, COMMENT_KEY_SIZE);
    return key;
}

static uint64_t
append(struct fixture *fixture, const char *dealer, uint32_t number)
{
    const struct comment_key key = key_of(dealer, number);
    uint64_t slot = 0;

    assert_int_equal(comment_keys_append(fixture->keys, &key, &slot),
                     STATUS_OK);
    return slot;
}

static void
fill(struct fixture *fixture, const char *dealer, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        append(fixture, dealer, i);
    assert_int_equal(comment_keys_commit(fixture->keys), STATUS_OK);
}

// in_file tells whether the key still stands anywhere in the file.
static bool
in_file(struct fixture *fixture, const char *dealer, uint32_t number)
{
    static uint8_t bytes[1 << 20];
    char path[TEMP_DIR_MAX + 32];
    const struct comment_key key = key_of(dealer, number);

    path_of(fixture, path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(size < sizeof bytes);
    return memmem(bytes, size, key.bytes, COMMENT_KEY_SIZE) != NULL;
}

struct erasing {
    uint64_t next; // slot
    size_t count;
};

static bool
even_of_d1(void *context, uint64_t slot, const struct comment_key *key)
{
    struct erasing *erasing = context;
    uint32_t number;

    assert_int_equal(slot, erasing->next++);
    memcpy(&number, key->id.bytes + 8, sizeof number);
    if (!span_equal(key->dealer, span_text("D1")) || number % 2 != 0)
        return false;
    erasing->count += !key->erased;
    return true;
}

static size_t
erase_even(struct fixture *fixture)
{
    struct erasing erasing = {.next = 1};
    assert_int_equal(comment_keys_walk(fixture->keys, even_of_d1, &erasing),
                     STATUS_OK);
    return erasing.count;
}

static void
a_key_is_found_by_its_slot(void **state)
{
    struct fixture *fixture = *state;
    const struct comment_key wanted = key_of("D2", 8);
    struct comment_key key;

    assert_int_equal(append(fixture, "D1", 7), 1);
    assert_int_equal(append(fixture, "D2", 8), 2);
    assert_int_equal(comment_keys_commit(fixture->keys), STATUS_OK);
    reopen(fixture, COMMENT_KEYS_READ);
    assert_int_equal(comment_keys_get(fixture->keys, 2, &key), STATUS_OK);
    assert_true(span_equal(key.dealer, span_text("D2")));
    assert_memory_equal(key.bytes, wanted.bytes, COMMENT_KEY_SIZE);
    assert_memory_equal(key.id.bytes, wanted.id.bytes, EVENT_ID_SIZE);
    assert_int_equal(key.occurred_at, 1008);
    assert_false(key.erased);
    assert_int_equal(comment_keys_get(fixture->keys, 0, &key),
                     STATUS_NOT_FOUND);
    assert_int_equal(comment_keys_get(fixture->keys, 3, &key),
                     STATUS_NOT_FOUND);
    reopen(fixture, COMMENT_KEYS_APPEND);
    assert_int_equal(append(fixture, "D3", 9), 3);
}

static void
an_erased_key_stands_nowhere_in_the_file(void **state)
{
    struct fixture *fixture = *state;
    struct comment_key key;

    fill(fixture, "D1", 3000); // more than are read at a time
    fill(fixture, "D10", 4);
    assert_int_equal(erase_even(fixture), 1500);
    for (uint32_t i = 0; i < 3000; i += i < 40 ? 1 : 97)
        assert_int_equal(in_file(fixture, "D1", i), i % 2 == 1);
    assert_true(in_file(fixture, "D10", 0));
    assert_int_equal(comment_keys_get(fixture->keys, 1, &key), STATUS_OK);
    assert_true(key.erased);
    for (size_t i = 0; i < COMMENT_KEY_SIZE; i++)
        assert_int_equal(key.bytes[i], 0);
    assert_int_equal(erase_even(fixture), 0);         // once is enough
    assert_int_equal(append(fixture, "D1", 1), 3005); // no slot twice
}

static void
others_erase_while_the_owner_appends(void **state)
{
    struct fixture *fixture = *state, other = {.keys = NULL};

    memcpy(other.dir, fixture->dir, sizeof other.dir);
    fill(fixture, "D1", 4);
    reopen(&other, COMMENT_KEYS_ERASE);
    append(fixture, "D1", 4);
    assert_int_equal(erase_even(&other), 3);
    comment_keys_close(other.keys);
    assert_int_equal(comment_keys_commit(fixture->keys), STATUS_OK);
    assert_false(in_file(fixture, "D1", 0));
    assert_true(in_file(fixture, "D1", 1));
    assert_false(in_file(fixture, "D1", 4));
}

static void
a_file_cut_short_goes_on_behind_its_last_whole_slot(void **state)
{
    struct fixture *fixture = *state;
    char path[TEMP_DIR_MAX + 32];
    struct comment_key key;

    fill(fixture, "D1", 3);
    path_of(fixture, path);
    assert_int_equal(truncate(path, 3 * 96 + 50), 0);
    reopen(fixture, COMMENT_KEYS_APPEND);
    assert_int_equal(comment_keys_get(fixture->keys, 3, &key),
                     STATUS_NOT_FOUND);
    assert_int_equal(append(fixture, "D1", 9), 3);
    assert_int_equal(comment_keys_get(fixture->keys, 3, &key), STATUS_OK);
}

static void
damage_is_seen_and_can_still_be_erased(void **state)
{
    struct fixture *fixture = *state;
    char path[TEMP_DIR_MAX + 32];
    struct comment_key key;

    fill(fixture, "D1", 3);
    path_of(fixture, path);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, 3 * 96 + 60, SEEK_SET); // in the key of slot 3
    fputc('?', file);
    fclose(file);
    assert_int_equal(comment_keys_get(fixture->keys, 3, &key), STATUS_CORRUPT);
    assert_int_equal(erase_even(fixture), 2);
    assert_int_equal(comment_keys_get(fixture->keys, 3, &key), STATUS_OK);
    assert_true(key.erased);

    assert_int_equal(truncate(path, 10), 0);
    file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 200; i++)
        fputc('x', file);
    fclose(file);
    struct comment_keys *keys;
    assert_int_equal(
        comment_keys_open(&keys, fixture->dir, COMMENT_KEYS_APPEND),
        STATUS_CORRUPT);
}

static void
without_a_file_there_never_was_a_comment(void **state)
{
    struct fixture *fixture = *state;
    char path[TEMP_DIR_MAX + 32];
    struct comment_keys *keys;

    path_of(fixture, path);
    assert_int_equal(remove(path), 0);
    assert_int_equal(comment_keys_open(&keys, fixture->dir, COMMENT_KEYS_READ),
                     STATUS_UNAVAILABLE);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_found_by_its_slot),
        TEST(an_erased_key_stands_nowhere_in_the_file),
        TEST(others_erase_while_the_owner_appends),
        TEST(a_file_cut_short_goes_on_behind_its_last_whole_slot),
        TEST(damage_is_seen_and_can_still_be_erased),
        TEST(without_a_file_there_never_was_a_comment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
