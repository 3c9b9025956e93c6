// SPDX-License-Identifier: Apache-2.0
//
// Whatever envelope_read takes, protobuf-c takes too, and the walkers find
// exactly what it finds.
#include <string.h>

#include "common/wire/envelope.h"
#include "terminal.pb-c.h"
#include "tests/fuzz/fuzz.h"

static bool
text_same(struct span span, const char *text)
{
    return span_equal(span, text ? span_text(text) : (struct span){NULL, 0});
}

static void
deliveries_match(struct parcel *parcel, const Dealerpulse__Parcel *mirror)
{
    struct delivery delivery;
    uint32_t count = 0;

    while (parcel_next_delivery(&parcel->deliveries, &delivery)) {
        must(count < mirror->n_deliveries, "no delivery is made up");
        const Dealerpulse__Delivery *other = mirror->deliveries[count++];
        must(delivery.seq == other->seq &&
                 delivery.recorded_at_ms == other->recorded_at_ms &&
                 span_equal(delivery.body,
                            span_of(other->body.data, other->body.len)),
             "deliveries are the same");
    }
    must(count == mirror->n_deliveries && count == parcel->delivery_count,
         "every delivery is found");
}

static void
settled_match(struct parcel *parcel, const Dealerpulse__Parcel *mirror)
{
    struct settled settled;
    size_t count = 0;

    while (parcel_next_settled(&parcel->settled, &settled)) {
        must(count < mirror->n_settled, "no settled range is made up");
        const Dealerpulse__Settled *other = mirror->settled[count++];
        must(settled.first_seq >= 1 && settled.first_seq <= settled.last_seq &&
                 settled.first_seq == other->first_seq &&
                 settled.last_seq == other->last_seq &&
                 (int)settled.code == (int)other->code &&
                 memcmp(settled.digest, other->digest.data, DIGEST_SIZE) == 0,
             "settled ranges are the same");
    }
    must(count == mirror->n_settled, "every settled range is found");
}

static void
batch_match(struct batch *batch, const Dealerpulse__Batch *mirror)
{
    struct parcel parcel;
    size_t count = 0;

    must(batch->session == mirror->session && batch->number == mirror->number,
         "the batch is the same");
    while (batch_next_parcel(&batch->parcels, &parcel)) {
        must(count < mirror->n_parcels, "no parcel is made up");
        const Dealerpulse__Parcel *other = mirror->parcels[count++];
        must(text_same(parcel.terminal, other->terminal) &&
                 parcel.epoch == other->epoch &&
                 parcel.sent_at_ms == other->sent_at_ms &&
                 text_same(parcel.collector, other->collector) &&
                 parcel.received_at_ms == other->received_at_ms &&
                 parcel.told_seq == other->told_seq,
             "the parcel is the same");
        deliveries_match(&parcel, other);
        settled_match(&parcel, other);
    }
    must(count == mirror->n_parcels, "every parcel is found");
}

static void
receipt_match(struct receipt *receipt, const Dealerpulse__Receipt *mirror)
{
    struct receipt_outcome outcome;
    struct span collector;
    size_t outcomes = 0, collectors = 0;

    while (receipt_next_outcome(&receipt->outcomes, &outcome)) {
        must(outcomes < mirror->n_outcomes, "no outcome is made up");
        const Dealerpulse__Outcome *other = mirror->outcomes[outcomes++];
        must(outcome.index < receipt->events && outcome.index == other->index &&
                 (int)outcome.kind == (int)other->kind &&
                 (int)outcome.code == (int)other->code &&
                 text_same(outcome.field, other->field) &&
                 text_same(outcome.text, other->text) &&
                 outcome.after_ms == other->after_ms,
             "outcomes are the same");
    }
    while (welcome_next_collector(&receipt->collectors, &collector))
        collectors++;
    must(outcomes == mirror->n_outcomes && collectors == mirror->n_collectors,
         "every outcome and collector is found");
}

static void
hello_match(struct hello *hello, const Dealerpulse__Hello *mirror)
{
    struct span dealer;
    size_t count = 0;

    must((int)hello->role == (int)mirror->role &&
             text_same(hello->name, mirror->name) &&
             hello->epoch == mirror->epoch &&
             hello->last_seq == mirror->last_seq &&
             hello->waiting == mirror->waiting,
         "the hello is the same");
    while (hello_next_dealer(&hello->dealers, &dealer)) {
        must(count < mirror->n_dealers &&
                 text_same(dealer, mirror->dealers[count]),
             "dealers are the same");
        count++;
    }
    must(count == mirror->n_dealers, "every dealer is found");
}

static void
welcome_match(struct welcome *welcome, const Dealerpulse__Welcome *mirror)
{
    uint64_t epoch, seq;
    size_t count = 0;

    must(welcome->session == mirror->session &&
             welcome->incarnation == mirror->incarnation &&
             welcome->credit == mirror->credit &&
             welcome->server_time_ms == mirror->server_time_ms,
         "the welcome is the same");
    must((welcome->refusal != CODE_NONE) == (mirror->refusal != NULL),
         "a refusal has a code");
    while (welcome_next_resend(&welcome->resend_from, &epoch, &seq)) {
        must(count < mirror->n_resend_from &&
                 epoch == mirror->resend_from[count]->epoch &&
                 seq == mirror->resend_from[count]->seq,
             "resend requests are the same");
        count++;
    }
    must(count == mirror->n_resend_from, "every resend request is found");
}

static void
kind_match(struct envelope *envelope, const Dealerpulse__Envelope *mirror)
{
    switch (envelope->kind) {
    case ENVELOPE_HELLO:
        hello_match(&envelope->hello, mirror->hello);
        break;
    case ENVELOPE_WELCOME:
        welcome_match(&envelope->welcome, mirror->welcome);
        break;
    case ENVELOPE_BATCH:
        batch_match(&envelope->batch, mirror->batch);
        break;
    case ENVELOPE_RECEIPT:
        receipt_match(&envelope->receipt, mirror->receipt);
        break;
    case ENVELOPE_PING:
        must(envelope->ping.sent_at_ms == mirror->ping->sent_at_ms,
             "the ping is the same");
        break;
    case ENVELOPE_PONG:
        must(envelope->pong.sent_at_ms == mirror->pong->sent_at_ms &&
                 envelope->pong.server_time_ms == mirror->pong->server_time_ms,
             "the pong is the same");
        break;
    case ENVELOPE_GOAWAY:
        must((int)envelope->goaway.code == (int)mirror->goaway->code &&
                 text_same(envelope->goaway.text, mirror->goaway->text),
             "the goaway is the same");
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct envelope envelope;

    if (envelope_read(span_of(data, size), BATCH_EVENTS_MAX, &envelope))
        return 0;
    Dealerpulse__Envelope *mirror =
        dealerpulse__envelope__unpack(NULL, size, data);
    must(mirror != NULL, "protobuf-c takes what envelope_read takes");
    must((int)mirror->kind_case == (int)envelope.kind, "the kind is the same");
    kind_match(&envelope, mirror);
    dealerpulse__envelope__free_unpacked(mirror, NULL);
    return 0;
}
