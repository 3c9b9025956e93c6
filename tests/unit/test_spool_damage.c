// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/spool_desk.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/lock.h"

// --- Bounds and damage -------------------------------------------------------

static void
full_spool_refuses_and_keeps_what_it_has(void **state)
{
    struct desk *desk = *state;
    struct spool_entry two[] = {entry(2, "two"), entry(3, "three")};
    uint64_t seqs[2];

    append(desk, 1, "one");
    assert_int_equal(reopen(desk, head(desk).bytes + SPOOL_EVENT_OVERHEAD + 5),
                     STATUS_OK);
    assert_int_equal(spool_append(desk->spool, two, 2, NOW, seqs), STATUS_FULL);
    assert_non_null(strstr(spool_error(desk->spool), "full"));
    assert_int_equal(waiting(desk, 0), 1); // none of the two
    assert_int_equal(head(desk).last_seq, 1);
    assert_int_equal(append(desk, 2, "two"), 2);
    settle(desk, 1, CODE_NONE, 0);
    assert_int_equal(append(desk, 4, "four"), 3); // room was made
}

static void
missing_spool_is_not_made_when_it_must_exist(void **state)
{
    struct desk *desk = *state;
    struct spool *spool = NULL;
    char path[TEMP_DIR_MAX + 32];

    snprintf(path, sizeof path, "%s/none.db", desk->folder);
    assert_int_equal(spool_open(&spool, path, PLENTY, true, desk->error),
                     STATUS_NOT_FOUND);
    assert_null(spool);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void
overwrite(const char *path, off_t at, const void *bytes, size_t length)
{
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, length, at), (ssize_t)length);
    close(fd);
}

static void
file_that_is_no_spool_is_refused_in_words(void **state)
{
    struct desk *desk = *state;
    char path[TEMP_DIR_MAX + 32];

    snprintf(path, sizeof path, "%s/letter.txt", desk->folder);
    FILE *file = fopen(path, "w");
    fprintf(file, "%0600d dear sir or madam\n", 0);
    fclose(file);
    struct spool *spool = NULL;
    assert_int_equal(spool_open(&spool, path, PLENTY, false, desk->error),
                     STATUS_CORRUPT);
    assert_non_null(strstr(desk->error, "letter.txt"));
    assert_non_null(strstr(desk->error, "repair"));
}

static void
torn_pages_are_told_as_damage(void **state)
{
    struct desk *desk = *state;
    static const char zeros[8192];
    char body[2001];

    memset(body, 'x', 2000);
    body[2000] = '\0';
    for (uint8_t i = 1; i <= 50; i++)
        append(desk, i, body);
    spool_close(desk->spool); // checkpoints the log into the file
    desk->spool = NULL;
    overwrite(desk->path, 4096, zeros, sizeof zeros);
    enum status status = reopen(desk, PLENTY);
    if (status == STATUS_OK) {
        desk->seen_count = 0;
        status = spool_all(desk->spool, true, note, desk);
        snprintf(desk->error, sizeof desk->error, "%s",
                 spool_error(desk->spool));
    }
    assert_int_equal(status, STATUS_CORRUPT);
    assert_non_null(strstr(desk->error, "damaged"));
}

static void
flipped_bit_in_a_body_is_seen(void **state)
{
    struct desk *desk = *state;
    char *file;
    long size;

    append(desk, 1, "a body with a MARK in it");
    spool_close(desk->spool);
    desk->spool = NULL;
    FILE *input = fopen(desk->path, "r");
    fseek(input, 0, SEEK_END);
    size = ftell(input);
    file = malloc((size_t)size);
    rewind(input);
    assert_int_equal(fread(file, 1, (size_t)size, input), size);
    fclose(input);
    char *mark = memmem(file, (size_t)size, "MARK", 4);
    assert_non_null(mark);
    overwrite(desk->path, mark - file, "NARK", 4);
    free(file);

    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(waiting(desk, 0), 1);
    assert_true(desk->seen[0].damaged);
}

// --- Crashes, several processes ----------------------------------------------

// append_until_killed tells the parent each number once it is stored.
static _Noreturn void
append_until_killed(const char *path, int told)
{
    struct spool *spool = NULL;
    char error[SPOOL_ERROR_MAX];

    if (spool_open(&spool, path, PLENTY, false, error) != STATUS_OK)
        _exit(1);
    for (uint32_t i = 0;; i++) {
        struct spool_entry one = {.body = span_text("until killed")};
        uint64_t seq;
        random_fill(&one.id, sizeof one.id);
        if (spool_append(spool, &one, 1, NOW, &seq) != STATUS_OK ||
            write(told, &seq, sizeof seq) != sizeof seq)
            _exit(2);
    }
}

static void
what_append_returned_survives_kill(void **state)
{
    struct desk *desk = *state;
    uint64_t seq, last = 0, before = 0;

    spool_close(desk->spool); // no SQLite handle crosses a fork
    desk->spool = NULL;
    for (int round = 0; round < 10; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            append_until_killed(desk->path, ends[1]);
        close(ends[1]);
        assert_int_equal(read(ends[0], &seq, sizeof seq), sizeof seq);
        usleep((useconds_t)(1000 + round * 1700));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        do
            last = seq;
        while (read(ends[0], &seq, sizeof seq) == sizeof seq);
        close(ends[0]);

        assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
        struct spool_head told = head(desk);
        assert_true(told.last_seq >= last); // one may be stored and untold
        assert_true(told.last_seq <= last + 1);
        assert_int_equal(told.waiting, told.last_seq);
        assert_true(told.last_seq > before);
        before = told.last_seq;
        spool_close(desk->spool);
        desk->spool = NULL;
    }
}

static _Noreturn void
append_some(const char *path, uint8_t who, uint8_t count)
{
    struct spool *spool = NULL;
    char error[SPOOL_ERROR_MAX];

    if (spool_open(&spool, path, PLENTY, false, error) != STATUS_OK)
        _exit(1);
    for (uint8_t i = 0; i < count; i++) {
        struct spool_entry one = {.body = span_text("of several")};
        uint64_t seq;
        one.id.bytes[0] = who;
        one.id.bytes[1] = i;
        if (spool_append(spool, &one, 1, NOW, &seq) != STATUS_OK)
            _exit(2);
    }
    spool_close(spool);
    _exit(0);
}

static void
several_processes_append_without_a_gap(void **state)
{
    struct desk *desk = *state;
    int how;

    spool_close(desk->spool);
    desk->spool = NULL;
    for (uint8_t who = 1; who <= 4; who++)
        if (fork() == 0)
            append_some(desk->path, who, 100);
    for (int i = 0; i < 4; i++) {
        assert_true(wait(&how) > 0);
        assert_int_equal(how, 0);
    }
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(waiting(desk, 0), 400);
    for (size_t i = 0; i < 400; i++)
        assert_int_equal(desk->seen[i].seq, i + 1);
}

// Rounds, as it takes luck to be at the same step: without the wait of
// spool_open some are told that the file is locked.
static void
a_new_spool_is_opened_by_several_at_once(void **state)
{
    enum { ROUNDS = 100, OPENERS = 8 };
    struct desk *desk = *state;
    int how;

    spool_close(desk->spool);
    desk->spool = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        snprintf(desk->path, sizeof desk->path, "%s/new-%d.db", desk->folder,
                 round);
        for (uint8_t who = 1; who <= OPENERS; who++)
            if (fork() == 0)
                append_some(desk->path, who, 1);
        for (int i = 0; i < OPENERS; i++) {
            assert_true(wait(&how) > 0);
            assert_int_equal(how, 0);
        }
    }
}

static void
one_process_sends_at_a_time(void **state)
{
    struct desk *desk = *state;
    int first = -1, second = -1;

    assert_int_equal(sender_lock(desk->path, &first), STATUS_OK);
    assert_int_equal(sender_lock(desk->path, &second), STATUS_BUSY);
    assert_int_equal(second, -1);
    sender_unlock(first);
    assert_int_equal(sender_lock(desk->path, &second), STATUS_OK);
    sender_unlock(second);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(full_spool_refuses_and_keeps_what_it_has),
        WITH_DESK(missing_spool_is_not_made_when_it_must_exist),
        WITH_DESK(file_that_is_no_spool_is_refused_in_words),
        WITH_DESK(torn_pages_are_told_as_damage),
        WITH_DESK(flipped_bit_in_a_body_is_seen),
        WITH_DESK(what_append_returned_survives_kill),
        WITH_DESK(several_processes_append_without_a_gap),
        WITH_DESK(a_new_spool_is_opened_by_several_at_once),
        WITH_DESK(one_process_sends_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
