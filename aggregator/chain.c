// SPDX-License-Identifier: Apache-2.0
#include "aggregator/chain.h"

#include "common/crypto/digest.h"
#include "common/wire/commit.h"

enum { RECORDS_PER_READER = 4096 };

static uint64_t
count_deliveries(const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    uint64_t count = 0;

    while (batch_next_parcel(&parcels, &parcel))
        count += parcel.delivery_count;
    return count;
}

// step takes the next record into *here.
static enum status
step(struct journal_reader *reader, struct journal_end *here)
{
    struct span record;
    struct commit commit;
    uint64_t position;

    enum status status = journal_reader_next(reader, &position, &record);
    if (status == STATUS_OK)
        status = commit_read(record, &commit);
    if (status == STATUS_NOT_FOUND)
        return STATUS_CORRUPT; // the end says there are more
    if (status != STATUS_OK)
        return status;
    if (commit.position != position ||
        !span_equal(commit.previous, span_of(here->head, CHAIN_SIZE)))
        return STATUS_CORRUPT;
    here->position = position;
    here->events += count_deliveries(&commit);
    here->committed_at_ms = commit.committed_at_ms;
    digest(record, here->head, CHAIN_SIZE);
    return STATUS_OK;
}

// some takes records until so many are done or the end is reached: a snapshot
// is not held for ever.
static enum status
some(struct journal *journal, const struct journal_end *end,
     struct journal_end *here, uint64_t *at)
{
    struct journal_reader *reader;

    enum status status =
        journal_reader_open(&reader, journal, here->position + 1);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < RECORDS_PER_READER && status == STATUS_OK &&
                    here->position < end->position;
         i++) {
        *at = here->position + 1;
        status = step(reader, here);
    }
    journal_reader_close(reader);
    return status;
}

enum status
chain_follow(struct journal *journal, const struct journal_end *start,
             const struct chain_watch *watch, struct journal_end *end,
             uint64_t *at)
{
    struct journal_end here = *start;

    enum status status = journal_end_read(journal, end);
    if (status != STATUS_OK)
        return status;
    if (end->position < here.position)
        return STATUS_CORRUPT;
    while (status == STATUS_OK && here.position < end->position) {
        status = some(journal, end, &here, at);
        if (watch && watch->tell)
            watch->tell(watch->context, here.position, end->position);
    }
    if (status == STATUS_OK && (here.events != end->events ||
                                memcmp(here.head, end->head, CHAIN_SIZE) != 0))
        return STATUS_CORRUPT;
    return status;
}
