// SPDX-License-Identifier: Apache-2.0
#include "aggregator/intake.h"

#include <assert.h>
#include <stdlib.h>

#include "aggregator/dedupe.h"
#include "aggregator/numbers.h"

enum {
    RECEIPT_BYTES = 8 << 20,
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

// Some deliveries of a parcel that are judged together: the memory is asked for
// all before the first is looked up.
enum { AHEAD = 16 };
struct ahead {
    size_t first, count; // places among the group's events
    struct delivery deliveries[AHEAD];
    struct outcome outcomes[AHEAD];
};

struct held_conflict {
    struct span terminal, delivery;
    uint64_t epoch;
};

struct intake {
    struct cache *cache;
    const struct history *history;
    uint64_t position;
    struct writer record;
    bool anything; // to be stored
    size_t accepted, batch_count, conflict_count;
    struct event *events;    // the accepted
    struct dedupe_key *keys; // theirs, for undo
    struct taken *batches;
    struct held_conflict *conflicts;
    uint8_t *record_room, *receipt_room;
    size_t receipt_used;
    struct numbers numbers; // of the parcel at hand
    bool numbers_loaded;
};

enum status
intake_open(struct intake **out, struct cache *cache,
            const struct history *history)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return STATUS_SYSTEM;
    intake->cache = cache;
    intake->history = history;
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

// read_ahead reads the next deliveries of a parcel into their places behind
// the accepted ones and asks the memory for what judging them will need.
static void
read_ahead(struct intake *intake, struct repeated *deliveries,
           struct ahead *ahead)
{
    ahead->first = intake->accepted;
    ahead->count = 0;
    while (ahead->count < AHEAD &&
           parcel_next_delivery(deliveries, &ahead->deliveries[ahead->count])) {
        size_t place = ahead->first + ahead->count;
        struct outcome *outcome = &ahead->outcomes[ahead->count];
        *outcome =
            fold_read(intake->history, ahead->deliveries[ahead->count].body,
                      &intake->events[place]);
        if (outcome->kind == OUTCOME_ACCEPTED)
            dedupe_prepare(intake->cache, &intake->events[place],
                           &intake->keys[place]);
        ahead->count++;
    }
}

// judge says what becomes of the i-th of them and remembers it when it is new.
static enum status
judge(struct intake *intake, struct ahead *ahead, size_t i)
{
    struct outcome *outcome = &ahead->outcomes[i];
    const struct dedupe_key *key = &intake->keys[ahead->first + i];
    uint8_t hash[BODY_DIGEST_SIZE];
    enum code code;

    if (outcome->kind != OUTCOME_ACCEPTED)
        return STATUS_OK;
    digest(ahead->deliveries[i].body, hash, BODY_DIGEST_SIZE);
    enum status status = dedupe_judge(intake->cache, key, hash, &code);
    if (status != STATUS_OK)
        return status;
    if (code != CODE_NONE) {
        *outcome = outcome_of(code, "id");
        return STATUS_OK;
    }
    status = dedupe_remember(intake->cache, key, intake->position, hash);
    if (ahead->first + i != intake->accepted) { // some before it were not
        intake->events[intake->accepted] = intake->events[ahead->first + i];
        intake->keys[intake->accepted] = *key;
    }
    intake->accepted++;
    return status;
}

// is_settled tells whether a number of the parcel needs no further record.
static enum status
is_settled(struct intake *intake, const struct parcel *parcel, uint64_t seq,
           bool *settled)
{
    if (!intake->numbers_loaded) {
        enum status status = numbers_load(&intake->numbers, intake->cache,
                                          parcel->terminal, parcel->epoch);
        if (status != STATUS_OK)
            return status;
        intake->numbers_loaded = true;
    }
    *settled = numbers_have(&intake->numbers, seq);
    return STATUS_OK;
}

// settle records that a number got an outcome without being stored.
static enum status
settle(struct intake *intake, const struct parcel *parcel,
       const struct delivery *delivery, enum code code)
{
    bool before;

    enum status status = is_settled(intake, parcel, delivery->seq, &before);
    if (status != STATUS_OK || before)
        return status;
    struct settled settled = {
        .first_seq = delivery->seq, .last_seq = delivery->seq, .code = code};
    digest(delivery->body, settled.digest, DIGEST_SIZE);
    parcel_settled(&intake->record, &settled);
    intake->anything = true;
    return STATUS_OK;
}

static void
hold_conflict(struct intake *intake, const struct parcel *parcel,
              const struct delivery *delivery)
{
    intake->conflicts[intake->conflict_count++] =
        (struct held_conflict){.terminal = parcel->terminal,
                               .delivery = delivery->bytes,
                               .epoch = parcel->epoch};
}

// take_delivery judges one delivery and records what is to be recorded.
static enum status
take_delivery(struct intake *intake, const struct parcel *parcel,
              struct ahead *ahead, size_t i)
{
    const struct delivery *delivery = &ahead->deliveries[i];
    struct outcome *outcome = &ahead->outcomes[i];

    enum status status = judge(intake, ahead, i);
    if (status != STATUS_OK)
        return status;
    switch (outcome->kind) {
    case OUTCOME_ACCEPTED:
        parcel_delivery_copy(&intake->record, delivery->bytes);
        intake->anything = true;
        return STATUS_OK;
    case OUTCOME_RETRY:
        return STATUS_OK;
    case OUTCOME_REJECTED:
    case OUTCOME_DUPLICATE:
        break;
    }
    if (outcome->code == CODE_ID_CONFLICT) {
        bool before;
        status = is_settled(intake, parcel, delivery->seq, &before);
        if (status != STATUS_OK)
            return status;
        if (!before && intake->conflict_count == GROUP_CONFLICTS_MAX) {
            *outcome = outcome_of(CODE_OVER_QUOTA, NULL);
            return STATUS_OK;
        }
        if (!before)
            hold_conflict(intake, parcel, delivery);
    }
    return settle(intake, parcel, delivery, outcome->code);
}

// copy_settled passes on the numbers the collector rejected.
static enum status
copy_settled(struct intake *intake, const struct parcel *parcel)
{
    struct repeated list = parcel->settled;
    struct settled settled;
    bool before;

    while (parcel_next_settled(&list, &settled)) {
        enum status status =
            is_settled(intake, parcel, settled.first_seq, &before);
        if (status != STATUS_OK)
            return status;
        if (before)
            continue;
        parcel_settled(&intake->record, &settled);
        intake->anything = true;
    }
    return STATUS_OK;
}

// take_deliveries judges all of a parcel, its exceptions into the receipt, from
// *index on.
static enum status
take_deliveries(struct intake *intake, const struct parcel *parcel,
                struct writer *receipt, uint32_t *index)
{
    struct repeated deliveries = parcel->deliveries;
    struct ahead ahead;

    do {
        read_ahead(intake, &deliveries, &ahead);
        for (size_t i = 0; i < ahead.count; i++, ++*index) {
            enum status status = take_delivery(intake, parcel, &ahead, i);
            if (status != STATUS_OK)
                return status;
            if (ahead.outcomes[i].kind != OUTCOME_ACCEPTED)
                receipt_outcome(receipt, *index, &ahead.outcomes[i]);
        }
    } while (ahead.count == AHEAD);
    return STATUS_OK;
}

// take_parcel writes a parcel into the record, unless it brings nothing new.
static enum status
take_parcel(struct intake *intake, const struct parcel *parcel,
            struct writer *receipt, uint32_t *index)
{
    struct writer start = intake->record;
    bool anything = intake->anything;

    intake->anything = false;
    intake->numbers_loaded = false;
    parcel_begin(&intake->record, parcel->terminal, parcel->epoch,
                 parcel->sent_at_ms);
    enum status status = take_deliveries(intake, parcel, receipt, index);
    if (status == STATUS_OK)
        status = copy_settled(intake, parcel);
    if (status != STATUS_OK)
        return status;
    parcel_received(&intake->record, parcel->collector, parcel->received_at_ms);
    parcel_end(&intake->record);
    if (!intake->anything)
        intake->record = start; // as if it had not come
    intake->anything |= anything;
    return STATUS_OK;
}

static uint32_t
count_events(const struct batch *batch)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    uint32_t events = 0;

    while (batch_next_parcel(&parcels, &parcel))
        events += parcel.delivery_count;
    return events;
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

enum status
intake_batch(struct intake *intake, const struct batch *batch,
             const struct receipt_terms *terms)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    struct writer receipt;
    uint32_t index = 0, events = count_events(batch);
    size_t room = RECEIPT_BYTES_MIN + (size_t)events * OUTCOME_BYTES_MAX;

    // One place more than the accepted is written to while judging.
    if (intake->accepted + events >= GROUP_EVENTS_MAX ||
        room > RECEIPT_BYTES - intake->receipt_used)
        return STATUS_FULL;
    struct taken *taken = &intake->batches[intake->batch_count++];
    *taken = (struct taken){
        .session = batch->session, .number = batch->number, .events = events};
    begin_receipt(intake, taken, terms, &receipt);
    while (batch_next_parcel(&parcels, &parcel)) {
        enum status status = take_parcel(intake, &parcel, &receipt, &index);
        if (status != STATUS_OK)
            return status;
    }
    end_receipt(intake, taken, &receipt);
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
                        intake->conflicts[i].delivery);
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
    for (size_t i = 0; i < intake->batch_count; i++) {
        struct taken *taken = &intake->batches[i];
        struct writer writer;
        begin_receipt(intake, taken, terms, &writer);
        for (uint32_t event = 0; event < taken->events; event++)
            receipt_outcome(&writer, event, &retry);
        end_receipt(intake, taken, &writer);
    }
}

// restore remembers one stored delivery again.
static enum status
restore(struct intake *intake, const struct delivery *delivery,
        uint64_t position)
{
    struct event *event = &intake->events[0];
    uint8_t hash[BODY_DIGEST_SIZE];

    struct outcome outcome = fold_read(intake->history, delivery->body, event);
    if (outcome.kind != OUTCOME_ACCEPTED)
        return STATUS_OK; // fold_commit lists it
    struct dedupe_key key;
    dedupe_prepare(intake->cache, event, &key);
    digest(delivery->body, hash, BODY_DIGEST_SIZE);
    return dedupe_remember(intake->cache, &key, position, hash);
}

enum status
intake_restore(struct intake *intake, const struct commit *commit)
{
    struct repeated parcels = commit->parcels;
    struct parcel parcel;
    struct delivery delivery;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && batch_next_parcel(&parcels, &parcel)) {
        struct repeated deliveries = parcel.deliveries;
        while (status == STATUS_OK &&
               parcel_next_delivery(&deliveries, &delivery))
            status = restore(intake, &delivery, commit->position);
    }
    return status;
}
