// SPDX-License-Identifier: Apache-2.0
//
// session_play: a session, a collector played by hand and a clock that only the
// test moves.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "client/session.h"
#include "common/wire/envelope.h"

enum { SESSION_ID = 77, CREDIT = 1000 };

// A collector played by hand, and a clock that only we move.
struct play {
    struct session *session;
    struct instant now;
    bool link_is_full;
    size_t sent_count, settled_count, open_count, close_count;
    struct envelope sent[64]; // what the terminal said, oldest first
    uint8_t *frames[64];
    struct settlement settled[8192];
    char opened[128];
    size_t store_count;
    struct store_seen store;
    uint64_t resend_from, released_to;
    uint8_t buffer[FRAME_MAX];
};

static const char *const dealers[] = {"D1", "D2"};

static inline void
take_send(struct play *play, struct span bytes)
{
    if (play->link_is_full) {
        session_blocked(play->session, play->now);
        return;
    }
    assert_true(play->sent_count < 64);
    size_t at = play->sent_count++;
    free(play->frames[at]);
    play->frames[at] = malloc(bytes.length);
    memcpy(play->frames[at], bytes.data, bytes.length);
    assert_int_equal(envelope_read(span_of(play->frames[at], bytes.length),
                                   BATCH_EVENTS_MAX, &play->sent[at]),
                     CODE_NONE);
}

// run takes the outputs until there are none.
static inline void
run(struct play *play)
{
    for (int i = 0; i < 10000; i++) {
        struct session_output output = session_next(play->session, play->now);
        switch (output.kind) {
        case SESSION_NONE:
            return;
        case SESSION_OPEN:
            play->open_count += 1;
            snprintf(play->opened, sizeof play->opened, "%s", output.endpoint);
            session_opened(play->session, play->now);
            break;
        case SESSION_CLOSE:
            play->close_count += 1;
            break;
        case SESSION_SEND:
            take_send(play, output.bytes);
            break;
        case SESSION_SETTLE:
            play->settled[play->settled_count++] = output.settlement;
            break;
        case SESSION_STORE:
            play->store_count += 1;
            play->store = output.store;
            play->resend_from = output.resend_from;
            break;
        case SESSION_RELEASE:
            play->released_to = output.position;
            break;
        }
    }
    fail_msg("the session never comes to rest");
}

static inline void
pass(struct play *play, int64_t ms)
{
    play->now.steady_ms += ms;
    play->now.wall_ms += ms;
    session_tick(play->session, play->now);
    run(play);
}

static inline void
forget_sent(struct play *play)
{
    play->sent_count = 0;
    play->settled_count = 0;
}

static inline void
hear(struct play *play, struct writer *writer, size_t length)
{
    assert_true(length > 0);
    session_received(play->session, play->now, span_of(writer->data, length));
    run(play);
}

static inline void
welcome_with(struct play *play, struct welcome welcome,
             const struct span *collectors, size_t count)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    static const uint8_t store[16] = "0123456789abcde";

    welcome.store = span_of(store, sizeof store);
    hear(play, &writer, welcome_write(&writer, &welcome, collectors, count));
}

static inline struct welcome
usual_welcome(uint64_t session)
{
    return (struct welcome){.session = session,
                            .incarnation = 1,
                            .server_time_ms = 1,
                            .credit = CREDIT,
                            .max_event_bytes = 8192,
                            .max_batch_events = 100,
                            .max_batch_bytes = FRAME_MAX};
}

static inline void
welcome(struct play *play, uint64_t session)
{
    welcome_with(play, usual_welcome(session), NULL, 0);
}

// receipt answers a batch; `kind` and `code` are of event `index`, unless
// accepted.
static inline void
receipt_for(struct play *play, uint64_t session, uint64_t batch,
            uint32_t events, enum code code, uint32_t index)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct receipt receipt = {.session = session,
                              .batch = batch,
                              .events = events,
                              .credit = CREDIT,
                              .server_time_ms = 1};
    struct outcome outcome = outcome_of(code, "dealer");

    receipt_begin(&writer, &receipt);
    if (code != CODE_NONE)
        receipt_outcome(&writer, index, &outcome);
    hear(play, &writer, receipt_end(&writer, NULL, 0));
}

static inline void
receipt(struct play *play, uint64_t session, uint64_t batch, uint32_t events)
{
    receipt_for(play, session, batch, events, CODE_NONE, 0);
}

static inline void
goaway(struct play *play, enum code code, uint32_t after_ms)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct goaway goaway = {.reconnect_after_ms = after_ms, .code = code};

    hear(play, &writer, goaway_write(&writer, &goaway));
}

static inline void
pong(struct play *play, uint32_t credit)
{
    struct writer writer = writer_on(play->buffer, sizeof play->buffer);
    struct pong pong = {.sent_at_ms = 1, .server_time_ms = 1, .credit = credit};

    hear(play, &writer, pong_write(&writer, &pong));
}

static inline void
give(struct play *play, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++)
        assert_int_equal(
            session_give(play->session, seq, 5, span_text("an event's bytes")),
            STATUS_OK);
    run(play);
}

static inline uint32_t
events_of(const struct play *play, size_t index)
{
    struct repeated parcels = play->sent[index].batch.parcels;
    struct parcel parcel;

    assert_int_equal(play->sent[index].kind, ENVELOPE_BATCH);
    assert_true(batch_next_parcel(&parcels, &parcel));
    return parcel.delivery_count;
}

static inline uint64_t
first_seq_of(const struct play *play, size_t index)
{
    struct repeated parcels = play->sent[index].batch.parcels;
    struct parcel parcel;
    struct delivery delivery;

    assert_true(batch_next_parcel(&parcels, &parcel));
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    return delivery.seq;
}

static inline int
open_play(void **state)
{
    static const struct session_options options = {
        .name = "till-3",
        .role = ROLE_DEALER,
        .dealers = dealers,
        .dealer_count = 2,
        .software = "test 1",
        .epoch = 4711,
        .seed = 1,
    };
    struct play *play = calloc(1, sizeof *play);

    if (!play || session_open(&play->session, &options) != STATUS_OK)
        return -1;
    play->now =
        (struct instant){.steady_ms = 1000000, .wall_ms = 1767225600000};
    session_learn(play->session, span_text("tcp://first:7070"));
    *state = play;
    return 0;
}

static inline int
close_play(void **state)
{
    struct play *play = *state;

    session_close(play->session);
    for (size_t i = 0; i < 64; i++)
        free(play->frames[i]);
    free(play);
    return 0;
}

// A session that is up, with nothing said yet that matters.
static inline int
open_play_up(void **state)
{
    if (open_play(state) != 0)
        return -1;
    struct play *play = *state;
    run(play);
    welcome(play, SESSION_ID);
    forget_sent(play);
    return session_view(play->session).phase == SESSION_UP ? 0 : -1;
}

#define DOWN(f) cmocka_unit_test_setup_teardown(f, open_play, close_play)
#define UP(f)   cmocka_unit_test_setup_teardown(f, open_play_up, close_play)
