// SPDX-License-Identifier: Apache-2.0
#include "aggregator/reconcile.h"

#include <stdlib.h>

#include "aggregator/voided.h"
#include "common/wire/commit.h"
#include "common/wire/event_code.h"

enum { RECORDS_PER_READER = 4096 };

struct reconciliation {
    size_t count, capacity;
    struct spool_account *list; // sorted by terminal and epoch while walking
    size_t last;                // the one looked up last
    struct voided *voided;
    uint64_t *at;
};

// --- The accounts ------------------------------------------------------------

static int
compare_place(const struct spool_account *account, struct span terminal,
              uint64_t epoch)
{
    int order = span_compare(span_text(account->terminal), terminal);

    if (order)
        return order;
    return account->epoch < epoch ? -1 : account->epoch > epoch;
}

static size_t
find(const struct reconciliation *r, struct span terminal, uint64_t epoch)
{
    size_t low = 0, high = r->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_place(&r->list[middle], terminal, epoch) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
grow(struct reconciliation *r)
{
    size_t capacity = r->capacity ? 2 * r->capacity : 64;
    struct spool_account *list = realloc(r->list, capacity * sizeof *list);

    if (!list)
        return false;
    r->list = list;
    r->capacity = capacity;
    return true;
}

// account_of returns the account of a spool, made if it is new; NULL without
// memory.
static struct spool_account *
account_of(struct reconciliation *r, struct span terminal, uint64_t epoch,
           uint64_t position)
{
    if (r->last < r->count &&
        compare_place(&r->list[r->last], terminal, epoch) == 0)
        return &r->list[r->last];
    size_t at = find(r, terminal, epoch);
    r->last = at;
    if (at < r->count && compare_place(&r->list[at], terminal, epoch) == 0)
        return &r->list[at];
    struct sequence *numbers = calloc(1, sizeof *numbers);
    if (!numbers || (r->count == r->capacity && !grow(r))) {
        free(numbers);
        return NULL;
    }
    memmove(&r->list[at + 1], &r->list[at], (r->count - at) * sizeof *r->list);
    r->count++;
    r->list[at] = (struct spool_account){
        .epoch = epoch, .first_at = position, .numbers = numbers};
    memcpy(r->list[at].terminal, terminal.data,
           terminal.length < DEALER_ID_MAX ? terminal.length : DEALER_ID_MAX);
    return &r->list[at];
}

// --- Walking -----------------------------------------------------------------

static enum status
take_deliveries(struct reconciliation *r, struct spool_account *account,
                const struct parcel *parcel)
{
    struct repeated list = parcel->deliveries;
    struct delivery delivery;
    struct event event;

    while (parcel_next_delivery(&list, &delivery)) {
        account->accepted++;
        if (sequence_has(account->numbers, delivery.seq))
            account->cloned++;
        sequence_add(account->numbers, delivery.seq, delivery.seq);
        if (!event_outline_read(delivery.body, &event))
            continue; // in quarantine; it has its number all the same
        enum status status = voided_hear(r->voided, &event);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static void
take_settled(struct spool_account *account, const struct parcel *parcel)
{
    struct repeated list = parcel->settled;
    struct settled settled;

    while (parcel_next_settled(&list, &settled)) {
        uint64_t count = settled.last_seq - settled.first_seq + 1;
        if (settled.code == CODE_ALREADY_STORED)
            account->duplicates += count;
        else
            account->rejected += count;
        if (settled.code == CODE_ID_CONFLICT)
            account->conflicts += count;
        sequence_add(account->numbers, settled.first_seq, settled.last_seq);
    }
}

static enum status
take_commit(struct reconciliation *r, const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && batch_next_parcel(&parcels, &parcel)) {
        struct spool_account *account =
            account_of(r, parcel.terminal, parcel.epoch, commit->position);
        if (!account)
            return STATUS_SYSTEM;
        account->last_at_ms = commit->committed_at_ms;
        if (parcel.told_seq > account->told)
            account->told = parcel.told_seq;
        status = take_deliveries(r, account, &parcel);
        take_settled(account, &parcel);
    }
    return status;
}

// find_voided counts, in a second walk, the events that were taken back.
static enum status
find_voided(struct reconciliation *r, const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    struct delivery delivery;
    struct event event;

    while (batch_next_parcel(&parcels, &parcel)) {
        struct spool_account *account =
            account_of(r, parcel.terminal, parcel.epoch, commit->position);
        if (!account)
            return STATUS_SYSTEM;
        while (parcel_next_delivery(&parcel.deliveries, &delivery))
            if (event_outline_read(delivery.body, &event) &&
                voided_has(r->voided, &event))
                account->voided++;
    }
    return STATUS_OK;
}

// some walks a few thousand records with one snapshot.
static enum status
some(struct reconciliation *r, struct journal *journal, uint64_t *position,
     uint64_t until,
     enum status (*take)(struct reconciliation *, const struct commit *))
{
    struct journal_reader *reader;
    struct span record;
    struct commit commit;
    uint64_t read;

    enum status status = journal_reader_open(&reader, journal, *position + 1);
    if (status != STATUS_OK)
        return status;
    for (int i = 0;
         i < RECORDS_PER_READER && status == STATUS_OK && *position < until;
         i++) {
        *r->at = *position + 1;
        status = journal_reader_next(reader, &read, &record);
        if (status == STATUS_OK)
            status = commit_read(record, &commit);
        if (status == STATUS_OK)
            status = take(r, &commit);
        if (status == STATUS_OK)
            *position = read;
    }
    journal_reader_close(reader);
    return status == STATUS_NOT_FOUND ? STATUS_CORRUPT : status;
}

static enum status
walk(struct reconciliation *r, struct journal *journal,
     enum status (*take)(struct reconciliation *, const struct commit *),
     void (*tell)(void *context, uint64_t position, uint64_t of))
{
    struct journal_end end;
    uint64_t position = 0;

    enum status status = journal_end_read(journal, &end);
    while (status == STATUS_OK && position < end.position) {
        status = some(r, journal, &position, end.position, take);
        if (tell)
            tell(NULL, position, end.position);
    }
    return status;
}

// --- The end -----------------------------------------------------------------

static int
compare_accounts(const void *a, const void *b)
{
    const struct spool_account *one = a, *other = b;
    int order =
        span_compare(span_text(one->terminal), span_text(other->terminal));

    if (order)
        return order;
    return one->first_at < other->first_at ? -1
                                           : one->first_at > other->first_at;
}

static void
mark_abandoned(struct reconciliation *r)
{
    qsort(r->list, r->count, sizeof *r->list, compare_accounts);
    for (size_t i = 0; i + 1 < r->count; i++)
        r->list[i].is_abandoned =
            strcmp(r->list[i].terminal, r->list[i + 1].terminal) == 0;
}

enum status
reconcile_open(struct reconciliation **out, struct journal *journal,
               void (*tell)(void *context, uint64_t position, uint64_t of),
               uint64_t *at)
{
    struct reconciliation *r = calloc(1, sizeof *r);
    if (!r)
        return STATUS_SYSTEM;
    r->at = at;
    enum status status = voided_open(&r->voided);
    if (status == STATUS_OK)
        status = walk(r, journal, take_commit, tell);
    if (status == STATUS_OK && voided_settle(r->voided))
        status = walk(r, journal, find_voided, tell);
    if (status != STATUS_OK) {
        reconcile_close(r);
        return status;
    }
    mark_abandoned(r);
    *out = r;
    return STATUS_OK;
}

void
reconcile_close(struct reconciliation *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        free(r->list[i].numbers);
    voided_close(r->voided);
    free(r->list);
    free(r);
}

size_t
reconcile_count(const struct reconciliation *r)
{
    return r->count;
}

const struct spool_account *
reconcile_account(const struct reconciliation *r, size_t i)
{
    return &r->list[i];
}
