// SPDX-License-Identifier: Apache-2.0
#include "collector/judge.h"

#include <assert.h>

#include "common/crypto/words.h"
#include "common/wire/event_code.h"

enum { SIGNATURE_SIZE = 64 };

// How many numbers a spool can give while its session lasts, by far.
#define SEQ_AHEAD_MAX (UINT64_C(1) << 32)

static void
except(struct judgement *judgement, uint32_t index, struct outcome outcome)
{
    assert(judgement->count < BATCH_EVENTS_MAX);
    judgement->exceptions[judgement->count++] =
        (struct exception){.index = index, .outcome = outcome};
}

static struct outcome
judge_right(const struct session *session, const struct event *event)
{
    if (!role_may_send(session->role, event->type))
        return outcome_of(CODE_NOT_PERMITTED, "type");
    if (session->role == ROLE_DEALER &&
        !dealer_set_has(&session->dealers, event->dealer_id))
        return outcome_of(CODE_NOT_PERMITTED, "dealer");
    return outcome_of(CODE_NONE, NULL);
}

// judge_wrapping looks at what travels beside the body.
static struct outcome
judge_wrapping(const struct delivery *delivery, const struct event *event)
{
    if (delivery->signature.length != 0 &&
        delivery->signature.length != SIGNATURE_SIZE)
        return outcome_of(CODE_BAD_FIELD, "signature");
    if (delivery->sealed.length != 0) // the journal's alone
        return outcome_of(CODE_MALFORMED, "sealed");
    if (delivery->comment.length <= EVENT_COMMENT_MAX &&
        !utf8_valid(delivery->comment))
        return outcome_of(CODE_BAD_TEXT, "comment");
    return words_judge(delivery->salt, delivery->comment, event->comment_hash);
}

// Final faults come first: an event that can never be right is not kept
// waiting for a dealer or a key.
static struct outcome
judge_delivery(const struct session *session, const struct published *published,
               const struct delivery *delivery, int64_t now_ms)
{
    struct event event;

    struct outcome outcome = event_read(delivery->body, &event);
    if (outcome.code == CODE_NONE)
        outcome = judge_wrapping(delivery, &event);
    if (outcome.code != CODE_NONE)
        return outcome;
    outcome = judge_right(session, &event);
    if (outcome.code != CODE_NONE)
        return outcome;
    return check_event(&event, &published->history, published->directory,
                       now_ms);
}

bool
parcel_is_foreign(const struct session *session, const struct parcel *parcel)
{
    return !span_equal(parcel->terminal, session_name(session));
}

// judge_wrapper says what is wrong with the parcel as a whole.
static struct outcome
judge_wrapper(const struct session *session, const struct parcel *parcel)
{
    if (parcel_is_foreign(session, parcel))
        return outcome_of(CODE_DEALER_MISMATCH, "terminal");
    if (parcel->collector.length != 0)
        return outcome_of(CODE_MALFORMED, "collector");
    if (parcel->received_at_ms != 0)
        return outcome_of(CODE_MALFORMED, "received_at_ms");
    if (parcel->told_seq != 0)
        return outcome_of(CODE_MALFORMED, "told_seq");
    struct repeated settled = parcel->settled;
    struct settled range;
    if (parcel_next_settled(&settled, &range))
        return outcome_of(CODE_MALFORMED, "settled");
    if (parcel->epoch != session->epoch)
        return outcome_of(CODE_SPOOL_MISMATCH, "epoch");
    return outcome_of(CODE_NONE, NULL);
}

// A number far beyond what the spool had given would make as many look missing.
static bool
is_number_of(const struct session *session, uint64_t seq)
{
    return seq <= session->last_seq || seq - session->last_seq <= SEQ_AHEAD_MAX;
}

static void
judge_parcel(struct judgement *judgement, const struct session *session,
             const struct published *published, const struct parcel *parcel,
             int64_t now_ms)
{
    struct outcome wrapper = judge_wrapper(session, parcel);
    struct repeated deliveries = parcel->deliveries;
    struct delivery delivery;

    while (parcel_next_delivery(&deliveries, &delivery)) {
        struct outcome outcome = wrapper;
        if (wrapper.code == CODE_NONE && !is_number_of(session, delivery.seq))
            outcome = outcome_of(CODE_SPOOL_MISMATCH, "seq");
        else if (wrapper.code == CODE_NONE)
            outcome = judge_delivery(session, published, &delivery, now_ms);
        if (outcome.code != CODE_NONE)
            except(judgement, judgement->events, outcome);
        judgement->events++;
    }
}

void
judge_batch(struct judgement *judgement, const struct session *session,
            const struct published *published, const struct batch *batch,
            int64_t now_ms)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;

    judgement->events = judgement->parcels = judgement->count = 0;
    judgement->sent_at_ms = 0;
    while (batch_next_parcel(&parcels, &parcel)) {
        judgement->sent_at_ms = parcel.sent_at_ms;
        judgement->parcels += parcel.delivery_count > 0;
        judge_parcel(judgement, session, published, &parcel, now_ms);
    }
}

void
judgement_all(struct judgement *judgement, const struct batch *batch,
              struct outcome outcome)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;

    judgement->events = judgement->parcels = judgement->count = 0;
    while (batch_next_parcel(&parcels, &parcel))
        for (uint32_t i = 0; i < parcel.delivery_count; i++)
            except(judgement, judgement->events++, outcome);
}
