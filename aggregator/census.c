// SPDX-License-Identifier: Apache-2.0
#include "aggregator/census.h"

#include <stdlib.h>

#include "common/domain/lateness.h"
#include "common/wire/commit.h"
#include "common/wire/event_code.h"

enum { RECORDS_PER_READER = 4096 };

struct census {
    const struct history *history;
    size_t count, capacity;
    struct census_row *rows; // by terminal
};

static size_t
find(const struct census *census, struct span terminal)
{
    size_t low = 0, high = census->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_compare(span_text(census->rows[middle].terminal), terminal) <
            0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// row_of returns the row of a terminal, made if it is new; NULL without memory.
static struct census_row *
row_of(struct census *census, struct span terminal)
{
    size_t at = find(census, terminal);

    if (at < census->count &&
        span_equal(span_text(census->rows[at].terminal), terminal))
        return &census->rows[at];
    if (census->count == census->capacity) {
        size_t capacity = census->capacity ? 2 * census->capacity : 64;
        struct census_row *rows =
            reallocarray(census->rows, capacity, sizeof *rows);
        if (!rows)
            return NULL;
        census->rows = rows;
        census->capacity = capacity;
    }
    struct census_row *row = &census->rows[at];
    memmove(row + 1, row, (census->count++ - at) * sizeof *row);
    *row = (struct census_row){0};
    memcpy(row->terminal, terminal.data, terminal.length);
    return row;
}

// spool_of moves the row's spool of an epoch to the front, made if it is new;
// NULL without memory.
static struct census_spool *
spool_of(struct census_row *row, uint64_t epoch)
{
    struct census_spool **link = &row->spools;

    while (*link && (*link)->epoch != epoch)
        link = &(*link)->next;
    struct census_spool *spool = *link;
    if (spool) {
        *link = spool->next;
    } else {
        spool = calloc(1, sizeof *spool);
        if (!spool)
            return NULL;
        spool->epoch = epoch;
    }
    spool->next = row->spools;
    row->spools = spool;
    return spool;
}

static bool
take_numbers(struct census_row *row, const struct parcel *parcel)
{
    struct census_spool *spool = spool_of(row, parcel->epoch);
    struct repeated list = parcel->settled;
    struct settled settled;

    if (!spool)
        return false;
    if (parcel->told_seq > spool->told)
        spool->told = parcel->told_seq;
    spool->settled += parcel->delivery_count;
    while (parcel_next_settled(&list, &settled))
        spool->settled += settled.last_seq - settled.first_seq + 1;
    return true;
}

uint64_t
census_waiting(const struct census_row *row)
{
    const struct census_spool *spool = row->spools;

    return spool && spool->told > spool->settled ? spool->told - spool->settled
                                                 : 0;
}

// is_late tells whether an event arrived after its month had closed.
static bool
is_late(const struct census *census, int64_t occurred_at, int64_t received_at)
{
    const struct rulebook *rulebook =
        rulebook_at(history_rules(census->history), occurred_at);

    if (!rulebook)
        return false;
    return lateness_days(&rulebook->zone,
                         month_of(&rulebook->zone, occurred_at),
                         received_at) > rulebook->close_days;
}

static enum status
take_parcel(struct census *census, const struct parcel *parcel)
{
    struct repeated deliveries = parcel->deliveries;
    struct delivery delivery;
    struct event event;

    struct census_row *row = row_of(census, parcel->terminal);
    if (!row || !take_numbers(row, parcel))
        return STATUS_SYSTEM;
    row->parcels++;
    if (parcel->received_at_ms > row->last_at)
        row->last_at = parcel->received_at_ms;
    memset(row->collector, 0, sizeof row->collector);
    if (parcel->collector.length > 0)
        memcpy(row->collector, parcel->collector.data,
               parcel->collector.length);
    skew_look(&row->skew, parcel->sent_at_ms, parcel->received_at_ms);
    while (parcel_next_delivery(&deliveries, &delivery)) {
        row->events++;
        if (event_outline_read(delivery.body, &event))
            row->late +=
                is_late(census, event.occurred_at, parcel->received_at_ms);
    }
    return STATUS_OK;
}

static enum status
take_record(struct census *census, struct span record)
{
    struct commit commit;
    struct parcel parcel;

    enum status status = commit_read(record, &commit);
    while (status == STATUS_OK && batch_next_parcel(&commit.parcels, &parcel))
        status = take_parcel(census, &parcel);
    return status;
}

// walk_some takes records from *at on; STATUS_NOT_FOUND behind the last one.
static enum status
walk_some(struct census *census, struct journal *journal, uint64_t *at)
{
    struct journal_reader *reader;
    struct span record;
    uint64_t position;

    enum status status = journal_reader_open(&reader, journal, *at);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < RECORDS_PER_READER && status == STATUS_OK; i++) {
        status = journal_reader_next(reader, &position, &record);
        if (status == STATUS_OK)
            status = take_record(census, record);
        if (status == STATUS_OK)
            ++*at;
    }
    journal_reader_close(reader);
    return status;
}

enum status
census_open(struct census **out, struct journal *journal,
            const struct history *history, uint64_t *at)
{
    struct census *census = calloc(1, sizeof *census);
    enum status status = STATUS_OK;

    if (!census)
        return STATUS_SYSTEM;
    census->history = history;
    *at = 1;
    while (status == STATUS_OK)
        status = walk_some(census, journal, at);
    if (status != STATUS_NOT_FOUND) {
        census_close(census);
        return status;
    }
    *out = census;
    return STATUS_OK;
}

void
census_close(struct census *census)
{
    if (!census)
        return;
    for (size_t i = 0; i < census->count; i++)
        for (struct census_spool *spool = census->rows[i].spools, *next; spool;
             spool = next) {
            next = spool->next;
            free(spool);
        }
    free(census->rows);
    free(census);
}

size_t
census_count(const struct census *census)
{
    return census->count;
}

const struct census_row *
census_row(const struct census *census, size_t i)
{
    return &census->rows[i];
}
