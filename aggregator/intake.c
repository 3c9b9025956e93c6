// SPDX-License-Identifier: Apache-2.0
#include "aggregator/intake_parts.h"

#include <assert.h>
#include <stdlib.h>

enum {
    RECEIPT_BYTES = 2 << 20,
    // A receipt needs at most so much per event that is not accepted.
    OUTCOME_BYTES_MAX = 256,
    RECEIPT_BYTES_MIN = 128,
    // What a record may need beside what the batches bring.
    RECORD_MARGIN = 1 << 20,
};

// One batch of the group.
struct taken {
    uint64_t session, number;
    uint32_t events;
    size_t receipt_at, receipt_length;
};

enum status
intake_open(struct intake **out, struct cache *cache,
            const struct history *history, const struct sealer *sealer)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return STATUS_SYSTEM;
    intake->cache = cache;
    intake->history = history;
    intake->sealer = *sealer;
    intake->events = malloc(GROUP_EVENTS_MAX * sizeof *intake->events);
    intake->keys = malloc(GROUP_EVENTS_MAX * sizeof *intake->keys);
    intake->batches = malloc(GROUP_BATCHES_MAX * sizeof *intake->batches);
    intake->conflicts = malloc(GROUP_CONFLICTS_MAX * sizeof *intake->conflicts);
    intake->record_room = malloc(GROUP_BYTES_MAX + RECORD_MARGIN);
    intake->receipt_room = malloc(RECEIPT_BYTES);
    if (!intake->events || !intake->keys || !intake->batches ||
        !intake->conflicts || !intake->record_room || !intake->receipt_room) {
        intake_close(intake);
        return STATUS_SYSTEM;
    }
    *out = intake;
    return STATUS_OK;
}

void
intake_vet(struct intake *intake, const struct vetter *vetter)
{
    intake->vetter = *vetter;
}

void
intake_close(struct intake *intake)
{
    if (!intake)
        return;
    free(intake->receipt_room);
    free(intake->record_room);
    free(intake->conflicts);
    free(intake->batches);
    free(intake->keys);
    free(intake->events);
    free(intake);
}

void
intake_begin(struct intake *intake, uint64_t position,
             const uint8_t previous[HASH_SIZE], int64_t now)
{
    intake->position = position;
    intake->anything = false;
    intake->accepted = intake->batch_count = intake->conflict_count = 0;
    intake->receipt_used = 0;
    intake->record =
        writer_on(intake->record_room, GROUP_BYTES_MAX + RECORD_MARGIN);
    commit_begin(&intake->record, position, previous, now);
}

bool
intake_fits(const struct intake *intake, size_t bytes)
{
    return intake->record.used + bytes + bytes / 2 <= GROUP_BYTES_MAX &&
           intake->batch_count < GROUP_BATCHES_MAX;
}

// begin_receipt opens the receipt of a batch in what is left of the room.
static void
begin_receipt(struct intake *intake, const struct taken *taken,
              const struct receipt_terms *terms, struct writer *writer)
{
    *writer = writer_on(intake->receipt_room + intake->receipt_used,
                        RECEIPT_BYTES - intake->receipt_used);
    receipt_begin(writer, &(struct receipt){
                              .session = taken->session,
                              .batch = taken->number,
                              .events = taken->events,
                              .credit = terms->credit,
                              .server_time_ms = terms->now,
                              .position = intake->position,
                              .backed_up_position = terms->backed_up_position,
                          });
}

static void
end_receipt(struct intake *intake, struct taken *taken, struct writer *writer)
{
    taken->receipt_at = intake->receipt_used;
    taken->receipt_length = receipt_end(writer, NULL, 0);
    assert(taken->receipt_length); // its room was checked before
    intake->receipt_used += taken->receipt_length;
}

// take_back leaves the group as it was before a batch that does not fit.
static void
take_back(struct intake *intake, const struct intake *before)
{
    while (intake->accepted > before->accepted)
        dedupe_forget(intake->cache, &intake->keys[--intake->accepted]);
    intake->record = before->record;
    intake->anything = before->anything;
    intake->batch_count = before->batch_count;
    intake->conflict_count = before->conflict_count;
}

enum status
intake_batch(struct intake *intake, const struct batch *batch,
             const struct receipt_terms *terms)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    struct writer receipt;
    uint32_t index = 0, events = batch->events;
    size_t room = RECEIPT_BYTES_MIN + (size_t)events * OUTCOME_BYTES_MAX;

    // One place more than the accepted is written to while judging.
    if (intake->accepted + events >= GROUP_EVENTS_MAX ||
        room > RECEIPT_BYTES - intake->receipt_used)
        return STATUS_FULL;
    const struct intake before = *intake;
    struct taken *taken = &intake->batches[intake->batch_count++];
    *taken = (struct taken){
        .session = batch->session, .number = batch->number, .events = events};
    begin_receipt(intake, taken, terms, &receipt);
    while (batch_next_parcel(&parcels, &parcel)) {
        enum status status = intake_parcel(intake, &parcel, &receipt, &index);
        if (status != STATUS_OK) {
            take_back(intake, &before);
            return status;
        }
    }
    end_receipt(intake, taken, &receipt);
    return STATUS_OK;
}

// refuse_all makes the receipt of a batch one that says the same of every
// event.
static void
refuse_all(struct intake *intake, struct taken *taken,
           const struct outcome *outcome, const struct receipt_terms *terms)
{
    struct writer writer;

    begin_receipt(intake, taken, terms, &writer);
    for (uint32_t event = 0; event < taken->events; event++)
        receipt_outcome(&writer, event, outcome);
    end_receipt(intake, taken, &writer);
}

enum status
intake_put_off(struct intake *intake, const struct batch *batch, enum code code,
               const struct receipt_terms *terms)
{
    struct outcome retry = outcome_of(code, NULL);
    size_t room = RECEIPT_BYTES_MIN + (size_t)batch->events * OUTCOME_BYTES_MAX;

    if (room > RECEIPT_BYTES - intake->receipt_used)
        return STATUS_FULL;
    struct taken *taken = &intake->batches[intake->batch_count++];
    *taken = (struct taken){.session = batch->session,
                            .number = batch->number,
                            .events = batch->events};
    intake->position = 0; // it is in no record
    refuse_all(intake, taken, &retry, terms);
    return STATUS_OK;
}

struct span
intake_seal(struct intake *intake)
{
    if (!intake->anything)
        return span_of(NULL, 0);
    for (size_t i = 0; i < intake->conflict_count; i++)
        commit_conflict(&intake->record, intake->conflicts[i].terminal,
                        intake->conflicts[i].epoch,
                        &intake->conflicts[i].delivery);
    size_t length = commit_end(&intake->record);
    assert(length); // intake_fits left the margin
    return span_of(intake->record_room, length);
}

size_t
intake_accepted(const struct intake *intake)
{
    return intake->accepted;
}

const struct event *
intake_events(const struct intake *intake)
{
    return intake->events;
}

size_t
intake_batches(const struct intake *intake)
{
    return intake->batch_count;
}

struct span
intake_receipt(const struct intake *intake, size_t i)
{
    return span_of(intake->receipt_room + intake->batches[i].receipt_at,
                   intake->batches[i].receipt_length);
}

void
intake_undo(struct intake *intake, enum code code,
            const struct receipt_terms *terms)
{
    struct outcome retry = outcome_of(code, NULL);

    for (size_t i = 0; i < intake->accepted; i++)
        dedupe_forget(intake->cache, &intake->keys[i]);
    intake->accepted = 0;
    intake->receipt_used = 0;
    intake->position = 0; // as the receipts say: it is in no record
    for (size_t i = 0; i < intake->batch_count; i++)
        refuse_all(intake, &intake->batches[i], &retry, terms);
}
