// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/id.h"
#include "client/lock.h"
#include "client/spool.h"
#include "common/crypto/digest.h"
#include "tests/support/temp_dir.h"

enum { NOW = 1000000, PLENTY = 1 << 30, SEEN_MAX = 600 };

struct desk {
    char folder[TEMP_DIR_MAX];
    char path[TEMP_DIR_MAX + 32];
    struct spool *spool;
    char error[SPOOL_ERROR_MAX];
    size_t seen_count;
    struct spool_event seen[SEEN_MAX];
    char text[SEEN_MAX][32];
};

static enum status
reopen(struct desk *desk, uint64_t max_bytes)
{
    spool_close(desk->spool);
    desk->spool = NULL;
    return spool_open(&desk->spool, desk->path, max_bytes, false, desk->error);
}

static int
open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk || crypto_start() != STATUS_OK)
        return -1;
    if (temp_dir_make(desk->folder) != 0)
        return -1;
    snprintf(desk->path, sizeof desk->path, "%s/spool.db", desk->folder);
    *state = desk;
    return reopen(desk, PLENTY) == STATUS_OK ? 0 : -1;
}

static int
close_desk(void **state)
{
    struct desk *desk = *state;

    spool_close(desk->spool);
    int removed = temp_dir_remove(desk->folder);
    free(desk);
    return removed;
}

static struct spool_entry
entry(uint8_t number, const char *body)
{
    struct spool_entry entry = {.body = span_text(body)};
    entry.id.bytes[0] = number;
    return entry;
}

static uint64_t
append(struct desk *desk, uint8_t number, const char *body)
{
    struct spool_entry one = entry(number, body);
    uint64_t seq = 0;
    assert_int_equal(spool_append(desk->spool, &one, 1, NOW, &seq), STATUS_OK);
    return seq;
}

static bool
note(void *context, const struct spool_event *event)
{
    struct desk *desk = context;
    size_t at = desk->seen_count++;

    assert_true(at < SEEN_MAX);
    desk->seen[at] = *event;
    snprintf(desk->text[at], sizeof desk->text[at], "%.*s",
             (int)event->body.length, (const char *)event->body.data);
    return true;
}

static size_t
waiting(struct desk *desk, uint64_t after)
{
    desk->seen_count = 0;
    assert_int_equal(spool_waiting(desk->spool, after, note, desk), STATUS_OK);
    return desk->seen_count;
}

static size_t
due(struct desk *desk, int64_t now)
{
    desk->seen_count = 0;
    assert_int_equal(spool_due(desk->spool, now, note, desk), STATUS_OK);
    return desk->seen_count;
}

static void
settle(struct desk *desk, uint64_t seq, enum code code, uint32_t after_ms)
{
    struct outcome outcome = outcome_of(code, NULL);
    struct settlement settlement = {.seq = seq,
                                    .kind = outcome.kind,
                                    .code = code,
                                    .after_ms = after_ms,
                                    .field = span_text("dealer"),
                                    .text = span_text("why not")};
    assert_int_equal(spool_settle(desk->spool, &settlement, 1, NOW), STATUS_OK);
}

static struct spool_head
head(struct desk *desk)
{
    struct spool_head told;
    assert_int_equal(spool_head(desk->spool, &told), STATUS_OK);
    return told;
}

// --- Keeping -----------------------------------------------------------------

static void
numbers_have_no_gap_and_survive_reopening(void **state)
{
    struct desk *desk = *state;

    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(append(desk, 2, "two"), 2);
    uint64_t epoch = head(desk).epoch;
    assert_int_not_equal(epoch, 0);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(append(desk, 3, "three"), 3);
    assert_int_equal(head(desk).epoch, epoch);
    assert_int_equal(waiting(desk, 0), 3);
    assert_string_equal(desk->text[0], "one");
    assert_int_equal(desk->seen[2].seq, 3);
    assert_int_equal(desk->seen[2].recorded_at_ms, NOW);
}

static void
numbers_are_not_used_again_after_everything_left(void **state)
{
    struct desk *desk = *state;

    for (uint8_t i = 1; i <= 3; i++)
        settle(desk, append(desk, i, "x"), CODE_NONE, 0);
    assert_int_equal(head(desk).bytes, 0);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(append(desk, 4, "y"), 4);
}

static void
two_spools_have_different_epochs(void **state)
{
    struct desk *desk = *state;
    uint64_t epoch = head(desk).epoch;

    snprintf(desk->path, sizeof desk->path, "%s/second.db", desk->folder);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_not_equal(head(desk).epoch, epoch);
}

static void
walk_starts_behind_the_cursor(void **state)
{
    struct desk *desk = *state;

    for (uint8_t i = 1; i <= 5; i++)
        append(desk, i, "x");
    assert_int_equal(waiting(desk, 3), 2);
    assert_int_equal(desk->seen[0].seq, 4);
    assert_int_equal(waiting(desk, 5), 0);
}

static void
file_is_for_its_owner_alone(void **state)
{
    struct desk *desk = *state;
    struct stat told;

    assert_int_equal(stat(desk->path, &told), 0);
    assert_int_equal(told.st_mode & 0777, 0600);
}

// --- Outcomes ----------------------------------------------------------------

static void
accepted_and_duplicate_leave_the_spool(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    append(desk, 2, "two");
    settle(desk, 1, CODE_NONE, 0);
    settle(desk, 2, CODE_ALREADY_STORED, 0);
    settle(desk, 2, CODE_NONE, 0); // once more changes nothing
    assert_int_equal(waiting(desk, 0), 0);
    assert_int_equal(head(desk).waiting, 0);
    assert_int_equal(head(desk).bytes, 0);
}

static void
rejected_stays_as_a_dead_letter_with_its_reason(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_OFF_SCALE, 0);
    assert_int_equal(waiting(desk, 0), 0);
    assert_int_equal(due(desk, INT64_MAX), 0);
    desk->seen_count = 0;
    assert_int_equal(spool_all(desk->spool, note, desk), STATUS_OK);
    assert_int_equal(desk->seen_count, 1);
    assert_int_equal(desk->seen[0].state, SPOOL_REJECTED);
    assert_int_equal(desk->seen[0].code, CODE_OFF_SCALE);
    assert_int_equal(head(desk).rejected, 1);
}

static void
retry_waits_for_its_time_and_counts_its_tries(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_UNKNOWN_DEALER, 60000);
    assert_int_equal(waiting(desk, 0), 0);
    assert_int_equal(due(desk, NOW + 59999), 0);
    assert_int_equal(due(desk, NOW + 60000), 1);
    assert_int_equal(desk->seen[0].tries, 1);
    assert_int_equal(desk->seen[0].code, CODE_UNKNOWN_DEALER);
    settle(desk, 1, CODE_UNKNOWN_DEALER, 0);
    assert_int_equal(due(desk, NOW + 999), 0); // never a busy loop
    assert_int_equal(due(desk, NOW + 1000), 1);
    assert_int_equal(desk->seen[0].tries, 2);
    assert_int_equal(head(desk).retry, 1);
    settle(desk, 1, CODE_NONE, 0);
    assert_int_equal(head(desk).retry, 0);
}

static void
same_event_again_is_kept_once(void **state)
{
    struct desk *desk = *state;

    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(append(desk, 1, "same id, other words"), 2);
    assert_int_equal(waiting(desk, 0), 2);
    assert_int_equal(head(desk).waiting, 2);
}

static void
dead_letter_given_again_is_sent_again(void **state)
{
    struct desk *desk = *state;

    append(desk, 1, "one");
    settle(desk, 1, CODE_UNKNOWN_ITEM, 0);
    assert_int_equal(append(desk, 1, "one"), 1);
    assert_int_equal(due(desk, NOW), 1);
    assert_int_equal(head(desk).rejected, 0);
    assert_int_equal(head(desk).retry, 1);
}

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
    assert_non_null(strstr(desk->error, ".recover"));
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
        status = spool_all(desk->spool, note, desk);
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
append_some(const char *path, uint8_t who)
{
    struct spool *spool = NULL;
    char error[SPOOL_ERROR_MAX];

    if (spool_open(&spool, path, PLENTY, false, error) != STATUS_OK)
        _exit(1);
    for (uint8_t i = 0; i < 100; i++) {
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
            append_some(desk->path, who);
    for (int i = 0; i < 4; i++) {
        assert_true(wait(&how) > 0);
        assert_int_equal(how, 0);
    }
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(waiting(desk, 0), 400);
    for (size_t i = 0; i < 400; i++)
        assert_int_equal(desk->seen[i].seq, i + 1);
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

// --- Ids ---------------------------------------------------------------------

static void
ids_rise_also_when_the_clock_goes_back(void **state)
{
    struct event_id last = {{0}}, next;
    struct id_maker maker;
    uint8_t random[ID_RANDOM_SIZE] = {0};
    (void)state;

    id_maker_init(&maker, &last);
    for (int i = 0; i < 20000; i++) {
        random[0] = (uint8_t)i;
        int64_t now = 1767225600000 + (i < 10000 ? 0 : -3600000);
        next = id_make(&maker, now, random);
        assert_true(id_is_live(&next));
        assert_true(memcmp(&next, &last, sizeof next) > 0);
        last = next;
    }
    id_maker_init(&maker, &last); // a new process, the clock still behind
    next = id_make(&maker, 5, random);
    assert_true(memcmp(&next, &last, sizeof next) > 0);
}

static void
greatest_id_is_remembered_by_the_spool(void **state)
{
    struct desk *desk = *state;
    static const uint8_t random[ID_RANDOM_SIZE] = {9};
    struct event_id none = {{0}};
    struct id_maker maker;
    uint64_t seq;

    id_maker_init(&maker, &none);
    struct spool_entry live = {.id = id_make(&maker, 1767225600000, random),
                               .body = span_text("live")};
    struct spool_entry other = {.id = {{0xff}}, .body = span_text("other")};
    assert_int_equal(spool_append(desk->spool, &live, 1, NOW, &seq), STATUS_OK);
    assert_int_equal(spool_append(desk->spool, &other, 1, NOW, &seq),
                     STATUS_OK);
    settle(desk, 1, CODE_NONE, 0);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    struct spool_head told = head(desk);
    assert_memory_equal(&told.last_id, &live.id, sizeof live.id);
}

static struct import_key
some_key(void)
{
    return (struct import_key){.occurred_at = 1767225600123,
                               .dealer = span_text("D1"),
                               .event_type = 35,
                               .name_space = span_text("ecsi"),
                               .natural_key = span_text("17")};
}

static void
imported_id_depends_on_each_part_and_nothing_else(void **state)
{
    struct import_key key = some_key();
    struct event_id first = id_import(&key), other[6];
    (void)state;

    other[0] = id_import(&key);
    assert_memory_equal(&first, &other[0], sizeof first);
    assert_int_equal(first.bytes[6] >> 4, 8);
    assert_int_equal(first.bytes[8] >> 6, 2);
    uint64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | first.bytes[i];
    assert_int_equal(ms, 1767225600123);

    key = some_key(), key.dealer = span_text("D2"), other[1] = id_import(&key);
    key = some_key(), key.event_type = 36, other[2] = id_import(&key);
    key = some_key(), key.ordinal = 1, other[3] = id_import(&key);
    key = some_key(), key.natural_key = span_text("18");
    other[4] = id_import(&key);
    // the same bytes, cut elsewhere
    key = some_key(), key.dealer = span_text("D"),
    key.name_space = span_text("1ecsi"), other[5] = id_import(&key);
    for (int i = 1; i < 6; i++)
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(&other[i], &other[j], sizeof first);
}

#define WITH_DESK(f) cmocka_unit_test_setup_teardown(f, open_desk, close_desk)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(numbers_have_no_gap_and_survive_reopening),
        WITH_DESK(numbers_are_not_used_again_after_everything_left),
        WITH_DESK(two_spools_have_different_epochs),
        WITH_DESK(walk_starts_behind_the_cursor),
        WITH_DESK(file_is_for_its_owner_alone),
        WITH_DESK(accepted_and_duplicate_leave_the_spool),
        WITH_DESK(rejected_stays_as_a_dead_letter_with_its_reason),
        WITH_DESK(retry_waits_for_its_time_and_counts_its_tries),
        WITH_DESK(same_event_again_is_kept_once),
        WITH_DESK(dead_letter_given_again_is_sent_again),
        WITH_DESK(full_spool_refuses_and_keeps_what_it_has),
        WITH_DESK(missing_spool_is_not_made_when_it_must_exist),
        WITH_DESK(file_that_is_no_spool_is_refused_in_words),
        WITH_DESK(torn_pages_are_told_as_damage),
        WITH_DESK(flipped_bit_in_a_body_is_seen),
        WITH_DESK(what_append_returned_survives_kill),
        WITH_DESK(several_processes_append_without_a_gap),
        WITH_DESK(one_process_sends_at_a_time),
        cmocka_unit_test(ids_rise_also_when_the_clock_goes_back),
        WITH_DESK(greatest_id_is_remembered_by_the_spool),
        cmocka_unit_test(imported_id_depends_on_each_part_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
