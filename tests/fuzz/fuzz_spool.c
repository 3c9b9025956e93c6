// SPDX-License-Identifier: Apache-2.0
//
// A spool whose rows say what no program of ours wrote.  The first byte
// chooses: B, the rest is the file; W, the rest is the log beside a good one;
// P, bytes of a good one are changed; else a script of rows put into a good
// one, with values of any type, and with R the checksums of ranges made right.
// Whatever is in it: it is opened or refused with a sentence, and everything
// that can be asked of it comes to an end.
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "client/check.h"
#include "client/salvage.h"
#include "client/spool.h"
#include "client/statement.h"
#include "common/crypto/digest.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"

enum {
    FILE_MOST = 1 << 17,
    PLENTY = 1 << 30,
    ROUNDS_MOST = 1000,
    VISITS_MOST = 10000
};

static const int64_t NOW_MS = 1790000000000;

static char path[64];
static uint8_t good[FILE_MOST]; // the file of a good spool
static size_t good_size;

static void
write_file(const uint8_t *bytes, size_t size)
{
    char beside[80];

    snprintf(beside, sizeof beside, "%s-wal", path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    unlink(beside);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, bytes, size) == (ssize_t)size,
         "the file can be written");
    close(fd);
}

static bool
count_visits(void *context, const struct spool_event *event)
{
    int *left = context;

    must(event->body.length == 0 || event->body.data, "a body is there");
    return --*left > 0;
}

// use does with the spool whatever a terminal does.
static void
use(struct spool *spool)
{
    struct spool_entry entry = {.id = {{7}}, .body = span_text("body")};
    struct settlement settled[3] = {{.seq = 1, .position = 1},
                                    {.seq = 2, .kind = OUTCOME_RETRY},
                                    {.seq = 3, .kind = OUTCOME_REJECTED}};
    struct spool_cursor cursor = {0};
    struct spool_head head;
    struct spool_peer peer;
    uint64_t seq, count = 1;
    int left = VISITS_MOST, rounds = 0;

    if (spool_head(spool, &head) != STATUS_OK)
        return;
    (void)!spool_waiting(spool, &cursor, count_visits, &left);
    (void)!spool_due(spool, NOW_MS, count_visits, &left);
    (void)!spool_all(spool, true, count_visits, &left);
    (void)!spool_append(spool, &entry, 1, NOW_MS, &seq);
    (void)!spool_settle(spool, settled, 3, NOW_MS);
    (void)!spool_peer(spool, &peer);
    while (spool_release(spool, 2, &count) == STATUS_OK && count > 0)
        must(rounds++ < ROUNDS_MOST, "releasing comes to an end");
    (void)!spool_resend(spool, 1, &count);
    (void)!spool_retry(spool, 0, &count);
    (void)!spool_waiting(spool, &cursor, count_visits, &left);
}

static void
find_event(void *context, const struct spool_event *event)
{
    (void)context;
    must(event->state <= SPOOL_REJECTED && event->seq >= 1 &&
             event->seq <= INT64_MAX,
         "an event found in pages is an event");
}

static void
find_head(void *context, const struct spool_head *head)
{
    (void)context;
    (void)head;
}

// salvage reads what SQLite may refuse.
static void
salvage(void)
{
    struct salvage finds = {.event = find_event, .head = find_head};
    struct pages pages;

    if (pages_open(&pages, path) != STATUS_OK)
        return;
    must(salvage_read(&pages, &finds) == STATUS_OK, "there is memory");
    pages_close(&pages);
}

static void
take_fault(void *context, const char *sentence)
{
    (void)context;
    must(sentence && sentence[0], "a fault is told");
}

static void
open_and_use(void)
{
    char error[SPOOL_ERROR_MAX] = "";
    struct spool *spool = NULL;

    if (spool_open(&spool, path, PLENTY, true, error) != STATUS_OK) {
        must(error[0], "what is refused has a reason");
        return;
    }
    uint64_t faults;
    (void)!spool_check(spool, take_fault, NULL, &faults);
    use(spool);
    spool_close(spool);
}

// make_good fills a spool with some events of every state, once.
static void
make_good(void)
{
    char error[SPOOL_ERROR_MAX];
    struct spool *spool;
    uint64_t seqs[8];
    struct spool_entry entries[8];
    struct settlement settled[3] = {{.seq = 1, .position = 1},
                                    {.seq = 2, .kind = OUTCOME_RETRY},
                                    {.seq = 3, .kind = OUTCOME_REJECTED}};

    must(crypto_start() == STATUS_OK, "there is cryptography");
    snprintf(path, sizeof path, "/dev/shm/dp-fuzz-%d.db", (int)getpid());
    unlink(path);
    for (uint8_t i = 0; i < 8; i++)
        entries[i] =
            (struct spool_entry){.id = {{i}}, .body = span_text("a body")};
    must(spool_open(&spool, path, PLENTY, false, error) == STATUS_OK &&
             spool_append(spool, entries, 8, NOW_MS, seqs) == STATUS_OK &&
             spool_settle(spool, settled, 3, NOW_MS) == STATUS_OK,
         "a spool can be made");
    spool_close(spool); // which takes the log in
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, good, sizeof good);
    must(got > 0 && got < FILE_MOST, "it can be read");
    close(fd);
    good_size = (size_t)got;
}

static void
bind(sqlite3_stmt *row, int column, struct feed *feed)
{
    struct span bytes;

    switch (feed_below(feed, 6)) {
    case 0:
    case 1:
    case 2:
        sqlite3_bind_int64(row, column, (sqlite3_int64)feed_wide(feed));
        return;
    case 3:
        sqlite3_bind_null(row, column);
        return;
    case 4:
        sqlite3_bind_double(row, column, (double)feed_wide(feed) / 3);
        return;
    default:
        bytes = feed_bytes(feed);
        sqlite3_bind_blob(row, column, bytes.length ? bytes.data : NULL,
                          (int)bytes.length, SQLITE_TRANSIENT);
        return;
    }
}

// seal_ranges gives every range of `done` its checksum.
static void
seal_ranges(sqlite3 *database)
{
    sqlite3_stmt *row = NULL, *put = NULL;

    if (sqlite3_prepare_v2(database,
                           "SELECT first, last, position, kept, bytes FROM "
                           "done",
                           -1, &row, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(database,
                           "UPDATE done SET checksum = ? WHERE first = ?", -1,
                           &put, NULL) != SQLITE_OK)
        must(false, "there are ranges in a spool");
    while (sqlite3_step(row) == SQLITE_ROW) {
        struct done_range range = {
            .first = (uint64_t)sqlite3_column_int64(row, 0),
            .last = (uint64_t)sqlite3_column_int64(row, 1),
            .position = (uint64_t)sqlite3_column_int64(row, 2),
            .kept = (uint64_t)sqlite3_column_int64(row, 3),
            .bytes = (uint64_t)sqlite3_column_int64(row, 4),
        };
        sqlite3_bind_int64(put, 1, done_checksum(&range));
        sqlite3_bind_int64(put, 2, (sqlite3_int64)range.first);
        (void)sqlite3_step(put);
        sqlite3_reset(put);
    }
    sqlite3_finalize(row);
    sqlite3_finalize(put);
}

static const char insert_event[] =
    "INSERT OR REPLACE INTO event (seq, id, state, recorded_at, not_before, "
    "tries, code, field, text, body, checksum, salt, comment, signature) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char insert_done[] =
    "INSERT OR REPLACE INTO done (first, last, position, kept, bytes, "
    "checksum) VALUES (?, ?, ?, ?, ?, 0)";

static void
put_rows(struct feed *feed, bool seal)
{
    static const char *const statements[] = {
        insert_event,
        "UPDATE event SET state = ?, not_before = ?, tries = ? WHERE seq = ?",
        insert_done,
        "UPDATE done SET last = ?, position = ?, kept = ?, bytes = ?",
        "UPDATE spool SET epoch = ?, last_seq = ?, last_id = ?",
        "UPDATE spool SET waiting = ?, retry = ?, rejected = ?, bytes = ?",
        "UPDATE spool SET kept = ?, kept_bytes = ?, revision = ?",
        "UPDATE peer SET store = ?, incarnation = ?, clock_offset = ?",
    };
    sqlite3 *database = NULL;

    if (sqlite3_open(path, &database) == SQLITE_OK)
        sqlite3_exec(database, "PRAGMA journal_mode = OFF", NULL, NULL, NULL);
    while (feed->left > 0) {
        sqlite3_stmt *row = NULL;
        const char *text = statements[feed_below(feed, 8)];
        if (sqlite3_prepare_v2(database, text, -1, &row, NULL) == SQLITE_OK) {
            for (int i = 1; i <= sqlite3_bind_parameter_count(row); i++)
                bind(row, i, feed);
            (void)sqlite3_step(row);
        }
        sqlite3_finalize(row);
    }
    if (seal)
        seal_ranges(database);
    sqlite3_close(database);
}

static void
write_log(struct feed *feed)
{
    char log[80];

    snprintf(log, sizeof log, "%s-wal", path);
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write(fd, feed->at, feed->left) == (ssize_t)feed->left,
         "the log can be written");
    close(fd);
}

static void
change_bytes(struct feed *feed)
{
    static uint8_t changed[FILE_MOST];

    memcpy(changed, good, good_size);
    while (feed->left > 0) {
        size_t at = feed_number(feed, 3) % good_size;
        changed[at] = feed_byte(feed);
    }
    write_file(changed, good_size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (good_size == 0)
        make_good();
    struct feed feed = {data + 1, size - 1};
    if (data[0] == 'B') {
        write_file(feed.at, feed.left);
    } else if (data[0] == 'P') {
        change_bytes(&feed);
    } else if (data[0] == 'W') {
        write_file(good, good_size);
        write_log(&feed);
    } else {
        write_file(good, good_size);
        put_rows(&feed, data[0] == 'R');
    }
    salvage();
    open_and_use();
    write_file((const uint8_t *)"", 0);
    unlink(path);
    return 0;
}
