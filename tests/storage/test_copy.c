// SPDX-License-Identifier: Apache-2.0
//
// Copies of environments, the mark of a backup, and files that survive.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <unistd.h>

#include "common/storage/copy.h"
#include "common/storage/environment.h"
#include "common/storage/files.h"
#include "common/storage/journal.h"
#include "common/storage/keys.h"
#include "common/storage/mark.h"
#include "tests/support/temp_dir.h"

enum { MAP = 16 << 20 };

struct fixture {
    char dir[TEMP_DIR_MAX], to[TEMP_DIR_MAX];
    struct journal *journal;
};

static void
append(struct fixture *fixture, uint64_t position)
{
    const struct journal_end end = {.position = position, .events = position};
    char record[64];

    int length = snprintf(record, sizeof record, "record %d", (int)position);
    assert_int_equal(journal_append(fixture->journal,
                                    span_of(record, (size_t)length), false,
                                    &end),
                     STATUS_OK);
}

static int
set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    if (!fixture || temp_dir_make(fixture->dir) || temp_dir_make(fixture->to))
        return -1;
    return journal_open(&fixture->journal, fixture->dir, MAP, false) ==
                   STATUS_OK
               ? 0
               : -1;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;

    journal_close(fixture->journal);
    int failed = temp_dir_remove(fixture->dir) | temp_dir_remove(fixture->to);
    free(fixture);
    return failed;
}

static uint64_t
end_of(const char *dir)
{
    struct journal *journal;
    struct journal_end end;

    assert_int_equal(journal_open(&journal, dir, MAP, true), STATUS_OK);
    assert_int_equal(journal_end_read(journal, &end), STATUS_OK);
    journal_close(journal);
    return end.position;
}

// copy_elsewhere copies with the owner's environment closed: a process opens
// one once.
static enum status
copy_elsewhere(struct fixture *fixture)
{
    journal_close(fixture->journal);
    fixture->journal = NULL;
    return copy_environment(fixture->dir, fixture->to, "journal", NULL);
}

static void
a_copy_has_what_was_committed(void **state)
{
    struct fixture *fixture = *state;

    append(fixture, 1);
    append(fixture, 2);
    assert_int_equal(copy_elsewhere(fixture), STATUS_OK);
    assert_int_equal(end_of(fixture->to), 2);
}

static void
nothing_is_copied_over_what_is_there(void **state)
{
    struct fixture *fixture = *state;

    append(fixture, 1);
    assert_int_equal(copy_elsewhere(fixture), STATUS_OK);
    assert_int_not_equal(
        copy_environment(fixture->dir, fixture->to, "journal", NULL),
        STATUS_OK);
    assert_int_equal(end_of(fixture->to), 1);
}

static void
what_is_not_there_is_unavailable(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(copy_environment(fixture->dir, fixture->to, "state", NULL),
                     STATUS_UNAVAILABLE);
    assert_true(files_is_vacant(fixture->to));
}

static void
a_file_cut_short_is_neither_copied_nor_opened(void **state)
{
    struct fixture *fixture = *state;
    char file[FILES_PATH_MAX];
    struct stat whole;

    for (uint64_t i = 1; i <= 200; i++)
        append(fixture, i);
    journal_close(fixture->journal);
    fixture->journal = NULL;
    assert_true(files_join(file, fixture->dir, "journal/data.mdb"));
    assert_int_equal(stat(file, &whole), 0);
    for (int quarter = 3; quarter > 0; quarter--) {
        assert_int_equal(truncate(file, whole.st_size * quarter / 4), 0);
        assert_int_equal(
            copy_environment(fixture->dir, fixture->to, "journal", NULL),
            STATUS_CORRUPT);
        assert_int_equal(
            journal_open(&fixture->journal, fixture->dir, MAP, false),
            STATUS_CORRUPT);
    }
}

// LMDB says EIO when a write only half fits a full disk.
static void
an_io_error_means_full_only_where_nothing_is_free(void **state)
{
    struct fixture *fixture = *state;
    uint64_t bytes;

    assert_int_equal(files_free("/proc", &bytes), STATUS_OK);
    assert_int_equal(bytes, 0);
    assert_int_equal(environment_status("/proc", EIO), STATUS_FULL);
    assert_int_equal(environment_status(fixture->dir, EIO), STATUS_SYSTEM);
    assert_int_equal(environment_status(fixture->dir, ENOSPC), STATUS_FULL);
    assert_int_equal(environment_status("/proc", 0), STATUS_OK);
}

static void
a_mark_is_read_as_it_was_written(void **state)
{
    struct fixture *fixture = *state;
    const struct backup_mark written = {.position = 1234567,
                                        .made_at_ms = 1790000000123};
    struct backup_mark read;

    assert_int_equal(backup_mark_read(fixture->dir, &read), STATUS_OK);
    assert_int_equal(read.position, 0);
    assert_int_equal(backup_mark_write(fixture->dir, &written), STATUS_OK);
    assert_int_equal(backup_mark_read(fixture->dir, &read), STATUS_OK);
    assert_int_equal(read.position, written.position);
    assert_int_equal(read.made_at_ms, written.made_at_ms);
}

static void
a_mark_cut_short_is_none(void **state)
{
    struct fixture *fixture = *state;
    const struct backup_mark mark = {.position = 1234567, .made_at_ms = 17};
    struct backup_mark read;
    char file[FILES_PATH_MAX];
    struct stat whole;

    assert_int_equal(backup_mark_write(fixture->dir, &mark), STATUS_OK);
    assert_true(files_join(file, fixture->dir, "backed-up"));
    assert_int_equal(stat(file, &whole), 0);
    for (off_t length = whole.st_size - 1; length >= 0; length--) {
        assert_int_equal(truncate(file, length), 0);
        assert_int_equal(backup_mark_read(fixture->dir, &read),
                         STATUS_MALFORMED);
        assert_int_equal(read.position, 0);
    }
}

static void
an_incarnation_is_raised_and_the_store_stays_the_same(void **state)
{
    struct fixture *fixture = *state;
    const uint8_t fresh[STORE_ID_SIZE] = {7};
    struct store_identity before, after;

    assert_int_equal(keys_read(fixture->dir, &before), STATUS_UNAVAILABLE);
    assert_int_equal(keys_identity(fixture->dir, fresh, &before), STATUS_OK);
    assert_int_equal(keys_set_incarnation(fixture->dir, 1790000000), STATUS_OK);
    assert_int_equal(keys_read(fixture->dir, &after), STATUS_OK);
    assert_memory_equal(before.id, after.id, STORE_ID_SIZE);
    assert_int_equal(after.incarnation, 1790000000);
}

static void
a_directory_with_anything_of_ours_is_not_vacant(void **state)
{
    struct fixture *fixture = *state;
    char path[FILES_PATH_MAX];

    assert_false(files_is_vacant(fixture->dir));
    assert_true(files_is_vacant(fixture->to));
    assert_true(files_join(path, fixture->to, "owner.lock"));
    assert_int_equal(files_replace(path, ""), STATUS_OK);
    assert_true(files_is_vacant(fixture->to));
    assert_true(files_join(path, fixture->to, "programme.yaml"));
    assert_int_equal(files_replace(path, "x"), STATUS_OK);
    assert_false(files_is_vacant(fixture->to));
    assert_int_equal(files_remove(path), STATUS_OK);
    assert_int_equal(files_remove(path), STATUS_OK);
    assert_true(files_is_vacant(fixture->to));
}

#define IN_TWO_DIRECTORIES(test)                                               \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TWO_DIRECTORIES(a_copy_has_what_was_committed),
        IN_TWO_DIRECTORIES(nothing_is_copied_over_what_is_there),
        IN_TWO_DIRECTORIES(what_is_not_there_is_unavailable),
        IN_TWO_DIRECTORIES(a_file_cut_short_is_neither_copied_nor_opened),
        IN_TWO_DIRECTORIES(an_io_error_means_full_only_where_nothing_is_free),
        IN_TWO_DIRECTORIES(a_mark_is_read_as_it_was_written),
        IN_TWO_DIRECTORIES(a_mark_cut_short_is_none),
        IN_TWO_DIRECTORIES(
            an_incarnation_is_raised_and_the_store_stays_the_same),
        IN_TWO_DIRECTORIES(a_directory_with_anything_of_ours_is_not_vacant),
    };
    return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
