// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/storage/journal.h"
#include "tests/support/temp_dir.h"

enum { SMALL_MAP = 1 << 20, RECORD_SIZE = 1000 };

struct fixture {
    char dir[TEMP_DIR_MAX];
    struct journal *journal;
};

static int
open_empty(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    if (!fixture || temp_dir_make(fixture->dir))
        return -1;
    return journal_open(&fixture->journal, fixture->dir, SMALL_MAP, false) ==
                   STATUS_OK
               ? 0
               : -1;
}

static int
close_and_remove(void **state)
{
    struct fixture *fixture = *state;

    journal_close(fixture->journal);
    int failed = temp_dir_remove(fixture->dir);
    free(fixture);
    return failed;
}

// append stores a record whose bytes all are the position's low byte.
static enum status
append(struct journal *journal, uint64_t position)
{
    uint8_t record[RECORD_SIZE];
    struct journal_end end = {.position = position, .events = position * 2};

    memset(record, (int)(position & 0xff), sizeof record);
    memset(end.head, (int)(position & 0xff), sizeof end.head);
    return journal_append(journal, span_of(record, sizeof record),
                          position == 2, &end);
}

static void
reopen(struct fixture *fixture, bool read_only)
{
    journal_close(fixture->journal);
    fixture->journal = NULL;
    assert_int_equal(
        journal_open(&fixture->journal, fixture->dir, SMALL_MAP, read_only),
        STATUS_OK);
}

static void
records_come_back_in_order_after_reopening(void **state)
{
    struct fixture *fixture = *state;
    struct journal_reader *reader;
    struct journal_end end;
    struct span record;
    uint64_t position;

    for (uint64_t i = 1; i <= 5; i++)
        assert_int_equal(append(fixture->journal, i), STATUS_OK);
    reopen(fixture, true);
    assert_int_equal(journal_end_read(fixture->journal, &end), STATUS_OK);
    assert_int_equal(end.position, 5);
    assert_int_equal(end.events, 10);
    assert_int_equal(end.head[31], 5);
    assert_int_equal(journal_reader_open(&reader, fixture->journal, 3),
                     STATUS_OK);
    for (uint64_t i = 3; i <= 5; i++) {
        assert_int_equal(journal_reader_next(reader, &position, &record),
                         STATUS_OK);
        assert_int_equal(position, i);
        assert_int_equal(record.length, RECORD_SIZE);
        assert_int_equal(record.data[RECORD_SIZE - 1], i);
    }
    assert_int_equal(journal_reader_next(reader, &position, &record),
                     STATUS_NOT_FOUND);
    journal_reader_close(reader);
}

static void
an_append_elsewhere_than_at_the_end_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct journal_end end;

    assert_int_equal(append(fixture->journal, 1), STATUS_OK);
    assert_int_equal(append(fixture->journal, 1), STATUS_BUSY);
    assert_int_equal(append(fixture->journal, 3), STATUS_BUSY);
    assert_int_equal(journal_end_read(fixture->journal, &end), STATUS_OK);
    assert_int_equal(end.position, 1);
}

static void
a_full_journal_says_so_and_keeps_what_it_has(void **state)
{
    struct fixture *fixture = *state;
    struct journal_end end;
    uint64_t position = 1;

    while (append(fixture->journal, position) == STATUS_OK)
        position++;
    assert_true(position > 50);
    assert_int_equal(append(fixture->journal, position), STATUS_FULL);
    reopen(fixture, false);
    assert_int_equal(journal_end_read(fixture->journal, &end), STATUS_OK);
    assert_int_equal(end.position, position - 1);
}

static enum status
count_publication(void *context, uint64_t position, struct span record)
{
    unsigned *found = context;

    assert_int_equal(position, 2);
    assert_int_equal(record.length, RECORD_SIZE);
    ++*found;
    return STATUS_OK;
}

static void
publications_are_found_without_reading_the_rest(void **state)
{
    struct fixture *fixture = *state;
    unsigned found = 0;

    for (uint64_t i = 1; i <= 4; i++)
        assert_int_equal(append(fixture->journal, i), STATUS_OK);
    assert_int_equal(
        journal_publications(fixture->journal, count_publication, &found),
        STATUS_OK);
    assert_int_equal(found, 1);
}

// flip_record finds a stored record in the file and changes one of its bits.
static void
flip_record(const struct fixture *fixture, uint8_t filling)
{
    char path[TEMP_DIR_MAX + 32];
    static uint8_t file[SMALL_MAP];
    uint8_t run[64];

    (void)snprintf(path, sizeof path, "%s/journal/data.mdb", fixture->dir);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    ssize_t length = read(fd, file, sizeof file);
    assert_true(length > 0);
    memset(run, filling, sizeof run);
    uint8_t *found = memmem(file, (size_t)length, run, sizeof run);
    assert_non_null(found);
    uint8_t flipped = (uint8_t)(found[32] ^ 1);
    assert_int_equal(pwrite(fd, &flipped, 1, found + 32 - file), 1);
    close(fd);
}

static void
a_flipped_bit_is_noticed_when_read(void **state)
{
    struct fixture *fixture = *state;
    struct journal_reader *reader;
    struct span record;
    uint64_t position;

    assert_int_equal(append(fixture->journal, 1), STATUS_OK);
    flip_record(fixture, 1);
    reopen(fixture, true);
    assert_int_equal(journal_reader_open(&reader, fixture->journal, 1),
                     STATUS_OK);
    assert_int_equal(journal_reader_next(reader, &position, &record),
                     STATUS_CORRUPT);
    journal_reader_close(reader);
}

static void
a_file_cut_short_is_not_opened(void **state)
{
    struct fixture *fixture = *state;
    char path[TEMP_DIR_MAX + 32];
    struct journal *cut = NULL;

    for (uint64_t i = 1; i <= 50; i++)
        assert_int_equal(append(fixture->journal, i), STATUS_OK);
    journal_close(fixture->journal);
    fixture->journal = NULL;
    (void)snprintf(path, sizeof path, "%s/journal/data.mdb", fixture->dir);
    assert_int_equal(truncate(path, 5 * 4096), 0);
    assert_int_equal(journal_open(&cut, fixture->dir, SMALL_MAP, true),
                     STATUS_CORRUPT);
}

static void
what_was_appended_survives_a_killed_process(void **state)
{
    struct fixture *fixture = *state;
    struct journal_end end;

    journal_close(fixture->journal);
    fixture->journal = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct journal *journal;
        if (journal_open(&journal, fixture->dir, SMALL_MAP, false) != STATUS_OK)
            _exit(1);
        for (uint64_t i = 1; i <= 20; i++)
            if (append(journal, i) != STATUS_OK)
                _exit(1);
        kill(getpid(), SIGKILL);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result));
    reopen(fixture, false);
    assert_int_equal(journal_end_read(fixture->journal, &end), STATUS_OK);
    assert_int_equal(end.position, 20);
}

#define IN_A_FRESH_JOURNAL(test)                                               \
    cmocka_unit_test_setup_teardown(test, open_empty, close_and_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FRESH_JOURNAL(records_come_back_in_order_after_reopening),
        IN_A_FRESH_JOURNAL(an_append_elsewhere_than_at_the_end_is_refused),
        IN_A_FRESH_JOURNAL(a_full_journal_says_so_and_keeps_what_it_has),
        IN_A_FRESH_JOURNAL(publications_are_found_without_reading_the_rest),
        IN_A_FRESH_JOURNAL(a_flipped_bit_is_noticed_when_read),
        IN_A_FRESH_JOURNAL(a_file_cut_short_is_not_opened),
        IN_A_FRESH_JOURNAL(what_was_appended_survives_a_killed_process),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
