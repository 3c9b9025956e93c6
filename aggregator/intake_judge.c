// SPDX-License-Identifier: Apache-2.0
#include "aggregator/intake_parts.h"

#include "common/crypto/digest.h"

// has_words: something of a comment is there, or of what keeps one.
static bool
has_words(const struct delivery *delivery, const struct event *event)
{
    return (delivery->salt.length | delivery->comment.length |
            delivery->sealed.length | event->comment_hash.length) != 0;
}

// judge_words looks at a comment as the collector did; it may be anybody's.
static struct outcome
judge_words(const struct intake *intake, const struct delivery *delivery,
            const struct event *event)
{
    if (delivery->sealed.length != 0)
        return outcome_of(CODE_MALFORMED, "sealed");
    struct outcome outcome =
        words_judge(delivery->salt, delivery->comment, event->comment_hash);
    if (outcome.code == CODE_NONE && !intake->sealer.seal)
        return outcome_of(CODE_NO_COMMENT_KEYS, "comment");
    return outcome;
}

// read_ahead reads the next deliveries of a parcel into their places behind
// the accepted ones and asks the memory for what judging them will need.
static void
read_ahead(struct intake *intake, struct span terminal,
           struct repeated *deliveries, struct ahead *ahead)
{
    const struct vetter *vetter = &intake->vetter;

    ahead->first = intake->accepted;
    ahead->count = 0;
    while (ahead->count < AHEAD &&
           parcel_next_delivery(deliveries, &ahead->deliveries[ahead->count])) {
        size_t place = ahead->first + ahead->count;
        struct outcome *outcome = &ahead->outcomes[ahead->count];
        *outcome =
            fold_read(intake->history, ahead->deliveries[ahead->count].body,
                      &intake->events[place]);
        if (outcome->kind == OUTCOME_ACCEPTED &&
            has_words(&ahead->deliveries[ahead->count], &intake->events[place]))
            *outcome = judge_words(intake, &ahead->deliveries[ahead->count],
                                   &intake->events[place]);
        if (outcome->kind == OUTCOME_ACCEPTED && vetter->judge)
            *outcome =
                vetter->judge(vetter->context, terminal, &intake->events[place],
                              &ahead->deliveries[ahead->count]);
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

// hold_conflict keeps a conflict without its words: nobody could erase them.
static void
hold_conflict(struct intake *intake, const struct parcel *parcel,
              const struct delivery *delivery)
{
    struct held_conflict *held = &intake->conflicts[intake->conflict_count++];

    *held = (struct held_conflict){.terminal = parcel->terminal,
                                   .delivery = *delivery,
                                   .epoch = parcel->epoch};
    held->delivery.salt = held->delivery.comment = (struct span){NULL, 0};
}

// accept records the event just remembered, its words sealed.  Without room
// for their key it is forgotten again.
static enum status
accept(struct intake *intake, const struct delivery *delivery,
       struct outcome *outcome)
{
    uint8_t room[SEALED_MAX];
    uint32_t length;

    if (delivery->comment.length == 0) {
        parcel_delivery_copy(&intake->record, delivery->bytes);
        intake->anything = true;
        return STATUS_OK;
    }
    enum status status = intake->sealer.seal(
        intake->sealer.context, &intake->events[intake->accepted - 1], delivery,
        room, &length);
    if (status == STATUS_FULL) {
        dedupe_forget(intake->cache, &intake->keys[--intake->accepted]);
        *outcome = outcome_of(CODE_STORE_FULL, NULL);
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    struct delivery sealed = *delivery;
    sealed.salt = sealed.comment = (struct span){NULL, 0};
    sealed.sealed = span_of(room, length);
    parcel_delivery_full(&intake->record, &sealed);
    intake->anything = true;
    return STATUS_OK;
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
        return accept(intake, delivery, outcome);
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
        read_ahead(intake, parcel->terminal, &deliveries, &ahead);
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

enum status
intake_parcel(struct intake *intake, const struct parcel *parcel,
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
    parcel_told(&intake->record, parcel->told_seq);
    parcel_end(&intake->record);
    if (!intake->anything)
        intake->record = start; // as if it had not come
    intake->anything |= anything;
    return STATUS_OK;
}
