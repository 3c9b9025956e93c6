// SPDX-License-Identifier: Apache-2.0
//
// bench-limits: what a pipeline run is held against, on the journal it left.
//
//   bench-limits fold DATA EVENTS SCRATCH   decode and fold on one core, in
//                                           memory, nothing stored
//   bench-limits lmdb DATA EVENTS SCRATCH   append the same records, one commit
//                                           each, to a journal in SCRATCH
//   bench-limits commit DATA EVENTS SCRATCH how long commits of four events
//   take
//                                           there, one a millisecond
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "aggregator/fold.h"
#include "aggregator/ledger.h"
#include "aggregator/publication.h"
#include "bench/latency.h"
#include "common/config/problem.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"
#include "common/storage/journal.h"

enum { CHECKPOINT_EVENTS = 400000 };
#define JOURNAL_BYTES ((size_t)1 << 40)

// Records copied into memory, so that reading them is no part of the figure.
struct records {
    size_t count, capacity, bytes;
    uint64_t events;
    struct span *list;
};

static void
records_free(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        free((void *)(uintptr_t)records->list[i].data);
    free(records->list);
}

static uint32_t
events_of(const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    uint32_t events = 0;
    while (batch_next_parcel(&parcels, &parcel))
        events += parcel.delivery_count;
    return events;
}

static bool
keep(struct records *records, struct span record)
{
    struct commit commit;
    if (records->count == records->capacity) {
        size_t capacity = records->capacity ? 2 * records->capacity : 1024;
        struct span *grown =
            realloc(records->list, capacity * sizeof *records->list);
        if (!grown)
            return false;
        records->list = grown;
        records->capacity = capacity;
    }
    uint8_t *copy = malloc(record.length);
    if (!copy)
        return false;
    memcpy(copy, record.data, record.length);
    records->list[records->count++] = span_of(copy, record.length);
    records->bytes += record.length;
    if (commit_read(record, &commit) != STATUS_OK)
        return false;
    records->events += events_of(&commit);
    return true;
}

static bool
load(struct records *records, struct journal *journal, uint64_t events)
{
    struct journal_reader *reader;
    struct span record;
    uint64_t position;
    enum status status = journal_reader_open(&reader, journal, 1);

    while (status == STATUS_OK && records->events < events) {
        status = journal_reader_next(reader, &position, &record);
        if (status == STATUS_OK && !keep(records, record))
            status = STATUS_SYSTEM;
    }
    journal_reader_close(reader);
    return status == STATUS_OK || status == STATUS_NOT_FOUND;
}

// --- fold
// ---------------------------------------------------------------------

static enum status
empty_get(void *context, enum state_db db, struct span key, struct span *value)
{
    (void)context, (void)db, (void)key, (void)value;
    return STATUS_NOT_FOUND;
}

static enum status
empty_last(void *context, enum state_db db, struct span *key)
{
    (void)context, (void)db, (void)key;
    return STATUS_NOT_FOUND;
}

static enum status
empty_renew(void *context)
{
    (void)context;
    return STATUS_OK;
}

// turn_over drops a full generation, as a checkpoint would after storing it.
static enum status
turn_over(struct cache *cache)
{
    cache_freeze(cache);
    enum status status = cache_flushed(cache);
    if (status == STATUS_OK)
        cache_reset(cache);
    return status;
}

static enum status
fold_all(const struct records *records, struct cache *cache, struct fold *fold)
{
    enum status status = STATUS_OK;
    uint64_t since = 0;

    for (size_t i = 0; i < records->count && status == STATUS_OK; i++) {
        struct commit commit;
        status = commit_read(records->list[i], &commit);
        if (status == STATUS_OK)
            status = fold_commit(fold, &commit, NULL);
        since += events_of(&commit);
        if (status == STATUS_OK && since >= CHECKPOINT_EVENTS) {
            status = turn_over(cache);
            since = 0;
        }
    }
    return status;
}

static void
print_rate(const char *name, const struct records *records, int64_t us)
{
    printf("%s %.0f\nevents %llu\nrecords %zu\nbytes %zu\n", name,
           (double)records->events * 1e6 / (double)us,
           (unsigned long long)records->events, records->count, records->bytes);
}

// CPU time, not the clock's: the limit is what one core can do, whoever else
// wants it.
static int64_t
cpu_us(void)
{
    struct timespec used;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

static enum status
limit_fold(const struct records *records, const struct history *history)
{
    const struct store store = {
        .get = empty_get, .last = empty_last, .renew = empty_renew};
    struct cache_limits limits = ledger_limits(CHECKPOINT_EVENTS);
    struct cache *cache = NULL;
    struct fold *fold = NULL;

    enum status status = cache_open(&cache, store, &limits, 1);
    if (status == STATUS_OK)
        status = fold_open(&fold, cache, history);
    if (status == STATUS_OK) {
        int64_t began = cpu_us();
        status = fold_all(records, cache, fold);
        print_rate("limit_fold", records, cpu_us() - began);
    }
    fold_close(fold);
    cache_close(cache);
    return status;
}

// --- lmdb
// ---------------------------------------------------------------------

static enum status
limit_lmdb(const struct records *records, const char *directory)
{
    struct journal *journal;
    struct journal_end end = {0};
    enum status status =
        journal_open(&journal, directory, JOURNAL_BYTES, false);
    if (status != STATUS_OK)
        return status;

    int64_t began = clock_steady_us();
    for (size_t i = 0; i < records->count && status == STATUS_OK; i++) {
        end.position++;
        status = journal_append(journal, records->list[i], false, &end);
    }
    print_rate("limit_lmdb", records, clock_steady_us() - began);
    journal_close(journal);
    return status;
}

// --- commit
// ---------------------------------------------------------------------

enum { COMMITS = 8000, SMALL_RECORD = 1000 };

static enum status
time_commits(struct journal *journal, struct span record,
             struct latency *latency)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    struct journal_end end = {0};
    enum status status = STATUS_OK;

    for (int i = 0; i < COMMITS && status == STATUS_OK; i++) {
        end.position++;
        int64_t began = clock_steady_us();
        status = journal_append(journal, record, false, &end);
        if (!latency_add(latency, clock_steady_us() - began))
            return STATUS_SYSTEM;
        nanosleep(&pause, NULL);
    }
    return status;
}

static enum status
limit_commit(const struct records *records, const char *directory)
{
    struct latency latency = {0};
    struct journal *journal;
    enum status status =
        journal_open(&journal, directory, JOURNAL_BYTES, false);
    if (status != STATUS_OK)
        return status;
    struct span record = records->list[0];
    if (record.length > SMALL_RECORD)
        record.length = SMALL_RECORD;
    status = time_commits(journal, record, &latency);
    journal_close(journal);
    latency_sort(&latency);
    printf("p50_us %u\np99_us %u\n", latency_at(&latency, 500),
           latency_at(&latency, 990));
    latency_fini(&latency);
    return status;
}

static enum status
measure(const char *what, struct journal *journal,
        const struct records *records, const char *directory)
{
    static struct problems problems;
    struct history *history = NULL;

    if (strcmp(what, "lmdb") == 0)
        return limit_lmdb(records, directory);
    if (strcmp(what, "commit") == 0)
        return limit_commit(records, directory);
    enum status status = history_open(&history);
    if (status == STATUS_OK)
        status = publication_recall(journal, history, &problems);
    if (status == STATUS_OK)
        status = limit_fold(records, history);
    history_close(history);
    return status;
}

int
main(int argc, char **argv)
{
    struct records records = {0};
    struct journal *journal;

    if (argc != 5 ||
        (strcmp(argv[1], "fold") != 0 && strcmp(argv[1], "lmdb") != 0 &&
         strcmp(argv[1], "commit") != 0)) {
        fprintf(stderr,
                "usage: bench-limits fold|lmdb|commit DATA EVENTS SCRATCH\n");
        return EX_USAGE;
    }
    if (crypto_start() != STATUS_OK)
        return EX_OSERR;
    enum status status = journal_open(&journal, argv[2], JOURNAL_BYTES, true);
    if (status == STATUS_OK) {
        status = load(&records, journal, strtoull(argv[3], NULL, 10))
                     ? measure(argv[1], journal, &records, argv[4])
                     : STATUS_SYSTEM;
        journal_close(journal);
    }
    records_free(&records);
    if (status != STATUS_OK)
        fprintf(stderr, "bench-limits: %s\n", status_text(status));
    return status == STATUS_OK ? EX_OK : EX_IOERR;
}
