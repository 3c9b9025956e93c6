// SPDX-License-Identifier: Apache-2.0
//
// A damaged spool: what is noticed, what is saved, what is told as lost.
#include "tests/unit/spool_desk.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/check.h"
#include "client/repair.h"
#include "common/wire/event_code.h"

enum { PAGE = 4096, EVENTS = 400, BODY_ROOM = 256 };

static uint64_t
draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (*seed >> 33) % below;
}

// --- Spools of real events ---------------------------------------------------

// make_body writes event `number`.
static struct spool_entry
make_body(uint64_t number, uint8_t *room)
{
    char visit[32];
    struct event event = {.type = EVENT_VISIT_OPENED,
                          .dealer_id = span_text("D1"),
                          .occurred_at = 1769817600000};

    snprintf(visit, sizeof visit, "visit-%llu", (unsigned long long)number);
    event.visit = span_text(visit);
    memcpy(event.id.bytes, &number, sizeof number);
    event.id.bytes[15] = 1;
    size_t length = event_write(&event, room, BODY_ROOM);
    assert_true(length > 0);
    return (struct spool_entry){.id = event.id, .body = span_of(room, length)};
}

static void
append_real(struct desk *desk, uint64_t first, uint64_t last)
{
    static uint8_t rooms[EVENTS][256];
    static char words[6000];
    struct spool_entry list[EVENTS];
    uint64_t seqs[EVENTS];
    size_t count = 0;

    memset(words, 'w', sizeof words);
    for (uint64_t number = first; number <= last; number++, count++) {
        list[count] = make_body(number, rooms[count]);
        if (number % 50 == 0) // some reach over several pages
            list[count].comment = span_of(words, sizeof words);
    }
    assert_int_equal(spool_append(desk->spool, list, count, NOW, seqs),
                     STATUS_OK);
    assert_int_equal(seqs[count - 1], last);
}

static void
shut(struct desk *desk)
{
    spool_close(desk->spool);
    desk->spool = NULL;
}

// A spool in every state: 1..50 left, 51..100 kept, one retry, one rejected.
static void
make_spool(struct desk *desk)
{
    append_real(desk, 1, EVENTS);
    for (uint64_t seq = 1; seq <= 50; seq++)
        settle_at(desk, seq, CODE_NONE, 0, 1);
    assert_int_equal(release(desk, 1), 50);
    for (uint64_t seq = 51; seq <= 100; seq++)
        settle_at(desk, seq, CODE_NONE, 0, 2);
    settle(desk, 110, CODE_UNKNOWN_DEALER, 60000);
    settle(desk, 120, CODE_OFF_SCALE, 0);
    shut(desk);
}

static void
count_fault(void *context, const char *sentence)
{
    struct desk *desk = context;
    snprintf(desk->error, sizeof desk->error, "%s", sentence);
}

static uint64_t
faults(struct desk *desk)
{
    uint64_t count = 0;
    assert_int_equal(spool_check(desk->spool, count_fault, desk, &count),
                     STATUS_OK);
    return count;
}

// same tells whether an event is the one that was stored under its id.
static bool
same(void *context, const struct spool_event *event)
{
    uint8_t room[BODY_ROOM];
    uint64_t number;

    (void)context;
    memcpy(&number, event->id.bytes, sizeof number);
    struct spool_entry one = make_body(number, room);
    assert_false(event->damaged);
    assert_true(span_equal(event->body, one.body));
    assert_int_equal(event->comment.length, number % 50 == 0 ? 6000 : 0);
    return true;
}

// --- Verify ------------------------------------------------------------------

static void
good_spool_has_no_fault(void **state)
{
    struct desk *desk = *state;

    make_spool(desk);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(faults(desk), 0);
}

static long
size_of(const char *path)
{
    struct stat told;
    assert_int_equal(stat(path, &told), 0);
    return told.st_size;
}

static void
copy_file(const char *from, const char *to)
{
    char command[2 * TEMP_DIR_MAX + 100];
    snprintf(command, sizeof command, "cp %s %s", from, to);
    assert_int_equal(system(command), 0);
}

static void
patch(const char *path, long at, const void *bytes, size_t length)
{
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, length, at), (ssize_t)length);
    close(fd);
}

static uint8_t
byte_at(const char *path, long at)
{
    uint8_t byte = 0;
    int fd = open(path, O_RDONLY);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    close(fd);
    return byte;
}

// find_text finds where the n-th visit's name lies in the file.
static long
find_text(const char *path, const char *text)
{
    long size = size_of(path);
    uint8_t *bytes = malloc((size_t)size);
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, bytes, (size_t)size), size);
    close(fd);
    uint8_t *found = memmem(bytes, (size_t)size, text, strlen(text));
    long at = found ? found - bytes : -1;
    free(bytes);
    return at;
}

static void
every_flipped_bit_in_an_event_is_noticed(void **state)
{
    struct desk *desk = *state;
    char whole[TEMP_DIR_MAX + 32];

    make_spool(desk);
    snprintf(whole, sizeof whole, "%s/whole.db", desk->folder);
    copy_file(desk->path, whole);
    long at = find_text(whole, "visit-250");
    assert_true(at > 0);
    for (int bit = 0; bit < 8 * 9; bit++) {
        uint8_t byte = byte_at(whole, at + bit / 8);
        copy_file(whole, desk->path);
        byte ^= (uint8_t)(1 << bit % 8);
        patch(desk->path, at + bit / 8, &byte, 1);
        assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
        assert_true(faults(desk) > 0);
        assert_non_null(strstr(desk->error, "250"));
        shut(desk);
    }
}

// A bit anywhere: noticed, or it changed nothing that matters.
static void
no_flipped_bit_changes_an_event_in_silence(void **state)
{
    struct desk *desk = *state;
    char whole[TEMP_DIR_MAX + 32];
    uint64_t seed = 4711, noticed = 0;

    make_spool(desk);
    snprintf(whole, sizeof whole, "%s/whole.db", desk->folder);
    copy_file(desk->path, whole);
    for (int i = 0; i < 300; i++) {
        long at = (long)draw(&seed, (uint64_t)size_of(whole));
        uint8_t byte = byte_at(whole, at) ^ (uint8_t)(1 << draw(&seed, 8));
        copy_file(whole, desk->path);
        patch(desk->path, at, &byte, 1);
        enum status status = reopen(desk, PLENTY);
        if (status != STATUS_OK) {
            assert_true(status == STATUS_CORRUPT || status == STATUS_MALFORMED);
            noticed += 1;
        } else if (faults(desk) > 0) {
            noticed += 1;
        } else {
            assert_int_equal(spool_all(desk->spool, true, same, NULL),
                             STATUS_OK);
            assert_int_equal(all(desk, true), EVENTS - 50);
            assert_int_equal(head(desk).last_seq, EVENTS);
        }
        shut(desk);
    }
    print_message("%llu of 300 flipped bits noticed, the others in unused "
                  "room\n",
                  (unsigned long long)noticed);
    assert_true(noticed > 100);
}

// --- Repair ------------------------------------------------------------------

static void
demand_clean(struct desk *desk)
{
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    assert_int_equal(faults(desk), 0);
    assert_int_equal(spool_all(desk->spool, true, same, NULL), STATUS_OK);
}

static bool
report_names(const struct spool_repair *told, const char *text)
{
    char report[65536] = "";
    FILE *file = fopen(told->report, "r");
    assert_non_null(file);
    report[fread(report, 1, sizeof report - 1, file)] = '\0';
    fclose(file);
    return strstr(report, text) != NULL;
}

static void
repair_of_a_good_spool_changes_nothing(void **state)
{
    struct desk *desk = *state;
    struct spool_repair told;
    struct spool_head before, after;

    make_spool(desk);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    before = head(desk);
    shut(desk);
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    demand_clean(desk);
    after = head(desk);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(told.events, EVENTS - 50);
    assert_int_equal(told.lost, 0);
    assert_false(told.is_new_epoch);
    assert_true(report_names(&told, "Nothing is lost"));
    assert_int_equal(access(told.damaged, F_OK), 0);
}

static void
events_of_a_torn_page_are_named_and_the_others_saved(void **state)
{
    struct desk *desk = *state;
    static const uint8_t zero[PAGE];
    struct spool_repair told;
    uint64_t epoch;

    make_spool(desk);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    epoch = head(desk).epoch;
    shut(desk);
    long at = find_text(desk->path, "visit-250");
    patch(desk->path, at / PAGE * PAGE, zero, PAGE);
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    assert_false(told.is_new_epoch);
    assert_false(told.lost_is_upper);
    assert_in_range(told.lost, 1, 60);
    assert_int_equal(told.events + told.lost, EVENTS - 50);
    assert_true(report_names(&told, "-2")); // a range
    demand_clean(desk);
    assert_int_equal(head(desk).epoch, epoch);
    assert_int_equal(head(desk).last_seq, EVENTS);
    assert_int_equal(head(desk).retry, 1);
    assert_int_equal(head(desk).rejected, 1);
    append_real(desk, EVENTS + 1, EVENTS + 1);
    for (size_t i = 0; i < all(desk, true); i++)
        assert_int_not_equal(desk->seen[i].seq, 250);
}

static void
destroyed_head_begins_a_new_epoch_that_names_the_old(void **state)
{
    struct desk *desk = *state;
    static const uint8_t zero[PAGE];
    struct spool_repair told;
    uint64_t epoch;

    make_spool(desk);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    epoch = head(desk).epoch;
    shut(desk);
    patch(desk->path, PAGE, zero, PAGE); // table spool is page 2
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    assert_true(told.is_new_epoch);
    assert_int_equal(told.previous_last_seq, EVENTS);
    assert_int_equal(told.events, EVENTS - 50);
    assert_int_equal(told.lost, 0);
    demand_clean(desk);
    assert_int_not_equal(head(desk).epoch, epoch);
    assert_int_equal(head(desk).last_seq, EVENTS - 50);
    // What was accepted in the old epoch goes again: it becomes DUPLICATE.
    assert_int_equal(head(desk).waiting, EVENTS - 50 - 2);
}

static void
file_that_lost_its_schema_gives_up_its_events(void **state)
{
    struct desk *desk = *state;
    static const uint8_t zero[PAGE];
    struct spool_repair told;

    make_spool(desk);
    patch(desk->path, 0, zero, PAGE);
    assert_int_equal(reopen(desk, PLENTY), STATUS_CORRUPT);
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    assert_false(told.is_new_epoch); // the head was found
    assert_true(told.lost_is_upper); // the list of what left was not
    assert_true(told.events >= EVENTS - 50);
    assert_int_equal(told.events + told.lost, EVENTS);
    demand_clean(desk);
}

static void
letter_is_not_taken_for_a_spool(void **state)
{
    struct desk *desk = *state;
    struct spool_repair told;
    char path[TEMP_DIR_MAX + 32];

    snprintf(path, sizeof path, "%s/letter.txt", desk->folder);
    FILE *file = fopen(path, "w");
    fprintf(file, "%09000d dear sir or madam\n", 0);
    fclose(file);
    assert_int_equal(spool_repair(path, &told), STATUS_MALFORMED);
    assert_non_null(strstr(told.error, "letter.txt"));
    assert_true(find_text(path, "dear sir") > 0);
}

static void
spool_that_became_zeros_starts_anew(void **state)
{
    struct desk *desk = *state;
    static const uint8_t zero[4 * PAGE];
    struct spool_repair told;

    make_spool(desk);
    assert_int_equal(truncate(desk->path, sizeof zero), 0);
    patch(desk->path, 0, zero, sizeof zero);
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    assert_int_equal(told.events, 0);
    assert_true(told.is_new_epoch);
    demand_clean(desk);
}

// --- Any damage --------------------------------------------------------------

static void
damage(const char *path, uint64_t *seed)
{
    long size = size_of(path);
    uint8_t noise[PAGE];

    for (uint64_t i = 1 + draw(seed, 4); i > 0; i--) {
        long at = (long)draw(seed, (uint64_t)size);
        size_t length = 1 + draw(seed, PAGE);
        for (size_t j = 0; j < length; j++)
            noise[j] = (uint8_t)draw(seed, 256);
        switch (draw(seed, 4)) {
        case 0: // a page
            memset(noise, 0, sizeof noise);
            patch(path, at / PAGE * PAGE, noise, PAGE);
            break;
        case 1: // noise
            patch(path, at, noise, length);
            break;
        case 2: // a bit
            noise[0] = byte_at(path, at) ^ (uint8_t)(1 << draw(seed, 8));
            patch(path, at, noise, 1);
            break;
        default:
            if (draw(seed, 4) == 0) { // the end
                assert_int_equal(truncate(path, at), 0);
                size = at > 0 ? at : 1;
            }
        }
    }
}

static void
any_damage_is_survived_and_what_is_saved_is_right(void **state)
{
    struct desk *desk = *state;
    char whole[TEMP_DIR_MAX + 32];
    uint64_t seed = 20261122, saved = 0, epochs = 0;

    print_message("seed %llu\n", (unsigned long long)seed);
    make_spool(desk);
    snprintf(whole, sizeof whole, "%s/whole.db", desk->folder);
    copy_file(desk->path, whole);
    for (int round = 0; round < 150; round++) {
        struct spool_repair told;
        copy_file(whole, desk->path);
        damage(desk->path, &seed);
        enum status status = spool_repair(desk->path, &told);
        if (status == STATUS_MALFORMED)
            continue; // nothing was left of it
        assert_int_equal(status, STATUS_OK);
        demand_clean(desk);
        saved += told.events;
        epochs += told.is_new_epoch;
        uint64_t last = head(desk).last_seq;
        if (!told.is_new_epoch)
            assert_int_equal(last, EVENTS);
        append(desk, 1, "not used before");
        assert_int_equal(head(desk).last_seq, last + 1);
        shut(desk);
        unlink(told.damaged);
        unlink(told.report);
    }
    print_message("%llu of %d events saved, %llu new epochs\n",
                  (unsigned long long)saved, 150 * (EVENTS - 50),
                  (unsigned long long)epochs);
    assert_true(saved > 150 * (EVENTS - 50) / 2);
}

// --- Crashes and companions --------------------------------------------------

static void
repair_that_is_killed_is_done_again(void **state)
{
    struct desk *desk = *state;
    static const uint8_t zero[PAGE];
    struct spool_repair told;
    char whole[TEMP_DIR_MAX + 32];
    uint64_t seed = 99;
    int finished = 0;

    make_spool(desk);
    long at = find_text(desk->path, "visit-250") / PAGE * PAGE;
    patch(desk->path, at, zero, PAGE);
    snprintf(whole, sizeof whole, "%s/whole.db", desk->folder);
    copy_file(desk->path, whole);
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    uint64_t events = told.events;
    for (int round = 0; round < 40; round++) {
        copy_file(whole, desk->path);
        pid_t child = fork();
        if (child == 0) {
            struct spool_repair unused;
            _exit(spool_repair(desk->path, &unused) == STATUS_OK ? 0 : 1);
        }
        usleep((useconds_t)draw(&seed, 30000));
        kill(child, SIGKILL);
        int how;
        waitpid(child, &how, 0);
        finished += WIFEXITED(how);
        // Opening ends a repair that was complete; else it is done again.
        enum status status = reopen(desk, PLENTY);
        assert_true(status == STATUS_OK || status == STATUS_CORRUPT);
        shut(desk);
        assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
        assert_int_equal(told.events, events);
        demand_clean(desk);
        shut(desk);
    }
    print_message("%d of 40 repairs were not killed\n", finished);
}

// work_until_killed does to a spool all that is done to spools.
static _Noreturn void
work_until_killed(struct desk *desk, uint64_t seed)
{
    uint64_t count, seq = 0;
    uint8_t room[BODY_ROOM];

    if (reopen(desk, PLENTY) != STATUS_OK)
        _exit(1);
    for (;;) {
        uint64_t last = head(desk).last_seq;
        struct spool_entry one = make_body(last + 1, room);
        struct settlement list[8] = {0};
        enum status status = STATUS_OK;
        uint64_t first = 1 + draw(&seed, last + 1);

        for (size_t i = 0; i < 8; i++) {
            struct outcome outcome =
                outcome_of(draw(&seed, 9) ? CODE_NONE : CODE_OFF_SCALE, NULL);
            list[i] = (struct settlement){.seq = first + i,
                                          .kind = outcome.kind,
                                          .code = outcome.code,
                                          .position = 1 + draw(&seed, 50)};
        }
        switch (draw(&seed, 8)) {
        case 0:
            status = spool_settle(desk->spool, list, 8, NOW);
            break;
        case 1:
            status = spool_release(desk->spool, draw(&seed, 40), &count);
            break;
        case 2:
            if (draw(&seed, 5) == 0)
                status = spool_resend(desk->spool, first, &count);
            break;
        default:
            status = spool_append(desk->spool, &one, 1, NOW, &seq);
        }
        if (status != STATUS_OK)
            _exit(2);
    }
}

static void
kill_at_any_point_leaves_a_spool_that_adds_up(void **state)
{
    struct desk *desk = *state;
    uint64_t seed = 4712, last = 0;

    shut(desk);
    for (int round = 0; round < 25; round++) {
        pid_t child = fork();
        if (child == 0)
            work_until_killed(desk, seed + (uint64_t)round);
        usleep((useconds_t)(20000 + draw(&seed, 60000)));
        kill(child, SIGKILL);
        int how;
        waitpid(child, &how, 0);
        assert_true(WIFSIGNALED(how));
        assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
        if (faults(desk) > 0)
            fail_msg("%s", desk->error);
        assert_true(head(desk).last_seq >= last);
        last = head(desk).last_seq;
        shut(desk);
    }
    assert_true(last > 25);
}

static void
program_that_has_the_spool_open_follows_a_repair(void **state)
{
    struct desk *desk = *state;
    struct spool_repair told;
    struct spool *till = NULL;
    uint8_t room[BODY_ROOM];
    uint64_t seq;

    append_real(desk, 1, 10);
    assert_int_equal(spool_open(&till, desk->path, PLENTY, true, desk->error),
                     STATUS_OK);
    struct spool_entry eleventh = make_body(11, room);
    assert_int_equal(spool_append(till, &eleventh, 1, NOW, &seq), STATUS_OK);
    shut(desk);
    assert_int_equal(spool_repair(desk->path, &told), STATUS_OK);
    assert_int_equal(told.events, 11);
    struct spool_entry twelfth = make_body(12, room);
    assert_int_equal(spool_append(till, &twelfth, 1, NOW, &seq), STATUS_OK);
    assert_int_equal(seq, 12);
    assert_int_equal(reopen(desk, PLENTY), STATUS_OK);
    append_real(desk, 13, 13);
    spool_close(till); // must not take the new file's log along
    append_real(desk, 14, 14);
    shut(desk);
    demand_clean(desk);
    assert_int_equal(all(desk, true), 14);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(good_spool_has_no_fault),
        WITH_DESK(every_flipped_bit_in_an_event_is_noticed),
        WITH_DESK(no_flipped_bit_changes_an_event_in_silence),
        WITH_DESK(repair_of_a_good_spool_changes_nothing),
        WITH_DESK(events_of_a_torn_page_are_named_and_the_others_saved),
        WITH_DESK(destroyed_head_begins_a_new_epoch_that_names_the_old),
        WITH_DESK(file_that_lost_its_schema_gives_up_its_events),
        WITH_DESK(letter_is_not_taken_for_a_spool),
        WITH_DESK(spool_that_became_zeros_starts_anew),
        WITH_DESK(any_damage_is_survived_and_what_is_saved_is_right),
        WITH_DESK(repair_that_is_killed_is_done_again),
        WITH_DESK(kill_at_any_point_leaves_a_spool_that_adds_up),
        WITH_DESK(program_that_has_the_spool_open_follows_a_repair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
