// SPDX-License-Identifier: Apache-2.0
//
// collector_rig: a collector's core with hand-made frames at both ends.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collector/core.h"
#include "collector/link.h"
#include "common/crypto/digest.h"
#include "common/wire/event_code.h"

enum { RIG_NOW = 1760000000, RIG_FRAMES_MAX = 4096, RIG_SESSION = 77 };
#define RIG_NOW_MS (INT64_C(1000) * RIG_NOW)

struct rig_frame {
    struct peer peer;
    uint8_t *bytes;
    uint32_t length;
};

struct rig_queue {
    size_t first, count;
    struct rig_frame frames[RIG_FRAMES_MAX];
};

struct rig {
    struct core *core;
    struct published published;
    struct instant now;
    struct rig_queue to_peers, to_aggregator;
    unsigned resets, notices[8];
    bool link_blocked, peers_gone;
    uint8_t frame[LINK_FRAME_MAX]; // being made
};

static inline void
rig_push(struct rig_queue *queue, const struct peer *peer, struct span frame)
{
    assert_true(queue->count < RIG_FRAMES_MAX);
    struct rig_frame *kept = &queue->frames[queue->count++];
    kept->bytes = malloc(frame.length);
    kept->length = frame.length;
    memcpy(kept->bytes, frame.data, frame.length);
    if (peer)
        kept->peer = *peer;
}

// rig_take returns the next frame of a queue; NULL when there is none.
static inline const struct rig_frame *
rig_take(struct rig_queue *queue)
{
    return queue->first < queue->count ? &queue->frames[queue->first++] : NULL;
}

static inline void
rig_clear(struct rig_queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        free(queue->frames[i].bytes);
    queue->first = queue->count = 0;
}

static inline enum status
rig_to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct rig *rig = shell;
    if (rig->peers_gone)
        return STATUS_NOT_FOUND;
    rig_push(&rig->to_peers, peer, frame);
    return STATUS_OK;
}

static inline bool
rig_send_aggregator(void *shell, struct span frame)
{
    struct rig *rig = shell;
    if (rig->link_blocked)
        return false;
    rig_push(&rig->to_aggregator, NULL, frame);
    return true;
}

static inline void
rig_reset(void *shell)
{
    ((struct rig *)shell)->resets++;
}

static inline void
rig_notice(void *shell, enum core_notice notice, enum code code)
{
    (void)code;
    ((struct rig *)shell)->notices[notice]++;
}

// What HQ published: dealers D1..D3, items 1..3 of 1..10 in questionnaire Q.
static inline void
rig_publish(struct published *published)
{
    static const struct item items[] = {
        {.number = 1, .lo = 1, .hi = 10, .id = "a"},
        {.number = 2, .lo = 1, .hi = 10, .id = "b"},
        {.number = 3, .lo = 1, .hi = 10, .id = "c"},
    };
    static const uint16_t numbers[] = {1, 2, 3};
    static const struct questionnaire questionnaire = {
        .id = "Q",
        .version = 1,
        .item_count = 3,
        .items = numbers,
        .core_count = 2,
        .core = numbers,
    };
    static const struct rulebook rulebook = {
        .id = "test",
        .version = 1,
        .lookback_ms = 1000 * (int64_t)DAY_MS,
        .future_ms = DAY_MS,
        .item_count = 3,
        .items = items,
        .questionnaire_count = 1,
        .questionnaires = &questionnaire,
    };
    static const struct rulebook *const versions[] = {&rulebook};
    static const struct dealer_row row = {.from = INT64_MIN};
    static const struct dealer dealers[] = {
        {"D1", 1, &row}, {"D2", 1, &row}, {"D3", 1, &row}};
    static const uint32_t by_id[] = {0, 1, 2};
    static uint32_t places[8];
    static struct directory directory = {
        .dealer_count = 3, .dealers = dealers, .by_id = by_id};
    if (!directory.places)
        directory_index(&directory, places);

    published->history = (struct rulebook_history){1, versions};
    published->directory = &directory;
    published->ready = true;
}

static inline struct rig *
rig_open(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    rig->now = (struct instant){.steady_ms = 1000, .wall_ms = RIG_NOW_MS};
    rig_publish(&rig->published);
    rig->core = core_open(&(struct core_options){
        .name = "collector-1",
        .endpoint = "tcp://127.0.0.1:7070",
        .credit = 4096,
        .seed = 42,
        .published = &rig->published,
        .sink = {rig, rig_to_peer, rig_send_aggregator, rig_reset, rig_notice},
    });
    assert_non_null(rig->core);
    return rig;
}

static inline void
rig_close(struct rig *rig)
{
    core_close(rig->core);
    rig_clear(&rig->to_peers);
    rig_clear(&rig->to_aggregator);
    free(rig);
}

static inline void
rig_pass(struct rig *rig, int64_t ms)
{
    rig->now.steady_ms += ms;
    rig->now.wall_ms += ms;
    core_tick(rig->core, rig->now);
}

static inline struct envelope
rig_read(const struct rig_frame *frame)
{
    struct envelope envelope;
    assert_non_null(frame);
    assert_int_equal(envelope_read(span_of(frame->bytes, frame->length),
                                   LINK_BATCH_EVENTS_MAX, &envelope),
                     CODE_NONE);
    return envelope;
}

static inline struct writer
rig_writer(struct rig *rig)
{
    return writer_on(rig->frame, sizeof rig->frame);
}

static inline void
rig_from_aggregator(struct rig *rig, size_t length)
{
    assert_int_not_equal(length, 0);
    core_link_frame(rig->core, rig->now, span_of(rig->frame, length));
}

static inline void
rig_from_peer(struct rig *rig, const struct peer *peer, size_t length)
{
    assert_int_not_equal(length, 0);
    core_frame(rig->core, rig->now, peer, span_of(rig->frame, length));
}

static inline void
rig_welcome(struct rig *rig, uint64_t session, uint32_t incarnation,
            uint32_t credit)
{
    static const uint8_t store[STORE_SIZE] = "the-only-store-1";
    struct writer writer = rig_writer(rig);
    struct welcome welcome = {
        .session = session,
        .store = span_of(store, sizeof store),
        .incarnation = incarnation,
        .credit = credit,
        .backed_up_position = 5,
    };
    rig_from_aggregator(rig, welcome_write(&writer, &welcome, NULL, 0));
}

// rig_up lets the core greet the aggregator and be welcomed.
static inline void
rig_up(struct rig *rig)
{
    rig_pass(rig, 0);
    struct envelope hello = rig_read(rig_take(&rig->to_aggregator));
    assert_int_equal(hello.kind, ENVELOPE_HELLO);
    assert_int_equal(hello.hello.role, ROLE_COLLECTOR);
    rig_welcome(rig, RIG_SESSION, 1, 1000000);
}

static inline struct peer
rig_peer(uint8_t number)
{
    return (struct peer){.length = 5, .id = {0, 1, 2, 3, number}};
}

static inline void
rig_say_hello(struct rig *rig, const struct peer *peer, enum role role,
              const char *name, const char *dealer)
{
    struct writer writer = rig_writer(rig);
    struct hello hello = {.role = role, .name = span_text(name), .epoch = 9};
    struct span dealers = span_text(dealer ? dealer : "");
    rig_from_peer(rig, peer,
                  hello_write(&writer, &hello, &dealers, dealer ? 1 : 0));
}

// rig_join says HELLO and returns the session it was given.
static inline uint64_t
rig_join(struct rig *rig, const struct peer *peer, enum role role,
         const char *name, const char *dealer)
{
    rig_say_hello(rig, peer, role, name, dealer);
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_WELCOME);
    assert_int_equal(envelope.welcome.refusal, CODE_NONE);
    assert_int_not_equal(envelope.welcome.session, 0);
    return envelope.welcome.session;
}

// rig_event is a right survey of dealer D1, one per number.
static inline struct event
rig_event(uint64_t number)
{
    struct event event = {
        .dealer_id = span_text("D1"),
        .occurred_at = RIG_NOW_MS - DAY_MS,
        .type = EVENT_SURVEY_RESPONSE,
        .visit = span_text("V1"),
        .survey = {.questionnaire = span_text("Q"),
                   .version = 1,
                   .answer_count = 2,
                   .answers = {{1, 9}, {2, 7}}},
    };
    event.id.bytes[0] = 1;
    memcpy(event.id.bytes + 8, &number, sizeof number);
    return event;
}

// A batch of one parcel being made in rig->frame.
struct rig_batch {
    struct rig *rig;
    struct writer writer;
};

static inline struct rig_batch
rig_batch(struct rig *rig, uint64_t session, uint64_t number, const char *name)
{
    struct rig_batch batch = {rig, rig_writer(rig)};
    batch_begin(&batch.writer, session, number);
    parcel_begin(&batch.writer, span_text(name), 9, RIG_NOW_MS);
    return batch;
}

static inline void
rig_add(struct rig_batch *batch, uint64_t seq, const struct event *event)
{
    uint8_t body[EVENT_BODY_MAX];
    size_t length = event_write(event, body, sizeof body);
    assert_int_not_equal(length, 0);
    parcel_delivery(&batch->writer, seq, RIG_NOW_MS, span_of(body, length));
}

static inline void
rig_send(struct rig_batch *batch, const struct peer *peer)
{
    parcel_end(&batch->writer);
    rig_from_peer(batch->rig, peer, batch_end(&batch->writer));
    core_flush(batch->rig->core, batch->rig->now);
}

// rig_send_right sends `count` right events numbered from first_seq.
static inline void
rig_send_right(struct rig *rig, const struct peer *peer, uint64_t session,
               uint64_t number, const char *name, uint64_t first_seq,
               uint32_t count)
{
    struct rig_batch batch = rig_batch(rig, session, number, name);
    for (uint32_t i = 0; i < count; i++) {
        struct event event = rig_event(first_seq + i);
        rig_add(&batch, first_seq + i, &event);
    }
    rig_send(&batch, peer);
}

// rig_receive takes a frame to a peer that must be a RECEIPT.
static inline struct receipt
rig_receive(struct rig *rig, const struct peer *peer)
{
    const struct rig_frame *frame = rig_take(&rig->to_peers);
    struct envelope envelope = rig_read(frame);
    assert_int_equal(envelope.kind, ENVELOPE_RECEIPT);
    assert_true(peer_equal(&frame->peer, peer));
    return envelope.receipt;
}

static inline struct goaway
rig_sent_away(struct rig *rig)
{
    struct envelope envelope = rig_read(rig_take(&rig->to_peers));
    assert_int_equal(envelope.kind, ENVELOPE_GOAWAY);
    return envelope.goaway;
}

static inline struct batch
rig_link_batch(struct rig *rig)
{
    struct envelope envelope = rig_read(rig_take(&rig->to_aggregator));
    assert_int_equal(envelope.kind, ENVELOPE_BATCH);
    assert_int_equal(envelope.batch.session, RIG_SESSION);
    return envelope.batch;
}

static inline uint32_t
rig_count(const struct batch *batch)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    uint32_t events = 0;
    while (batch_next_parcel(&parcels, &parcel))
        events += parcel.delivery_count;
    return events;
}

// rig_accept gives the aggregator's receipt: all accepted, but for `outcomes`.
static inline void
rig_accept(struct rig *rig, const struct batch *batch,
           const struct receipt_outcome *outcomes, size_t count)
{
    struct writer writer = rig_writer(rig);
    struct receipt receipt = {
        .session = batch->session,
        .batch = batch->number,
        .events = rig_count(batch),
        .credit = 1000000,
        .position = 12,
        .backed_up_position = 6,
    };
    receipt_begin(&writer, &receipt);
    for (size_t i = 0; i < count; i++)
        receipt_outcome_copy(&writer, outcomes[i].index, &outcomes[i]);
    rig_from_aggregator(rig, receipt_end(&writer, NULL, 0));
}

// rig_refuse gives the receipt of a store without room.
static inline void
rig_refuse(struct rig *rig, const struct batch *batch)
{
    struct writer writer = rig_writer(rig);
    struct receipt receipt = {
        .session = batch->session,
        .batch = batch->number,
        .events = rig_count(batch),
        .credit = 1000000,
    };
    struct outcome retry = outcome_of(CODE_STORE_FULL, NULL);

    receipt_begin(&writer, &receipt);
    for (uint32_t i = 0; i < receipt.events; i++)
        receipt_outcome(&writer, i, &retry);
    rig_from_aggregator(rig, receipt_end(&writer, NULL, 0));
}
