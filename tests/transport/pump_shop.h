// SPDX-License-Identifier: Apache-2.0
//
// pump_shop: libdealerpulse through its public header, and a collector played
// by hand over a real socket.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/dealerpulse.h"
#include "common/runtime/clock.h"
#include "common/transport/inbox.h"
#include "common/wire/envelope.h"
#include "common/wire/event_code.h"
#include "tests/support/temp_dir.h"

enum { PATIENCE_MS = 30000, SESSION_ID = 5, OUTCOMES_MAX = 4096 };

struct shop {
    char folder[TEMP_DIR_MAX], path[TEMP_DIR_MAX + 16];
    struct transport *transport;
    struct inbox *inbox;
    struct dealerpulse *pulse;
    struct peer peer;
    struct frame frame;
    uint64_t hellos, batches, events;
    enum code answer; // to every event
    bool is_mute;
    uint32_t incarnation; // of the store
    size_t outcome_count;
    struct dealerpulse_outcome outcomes[OUTCOMES_MAX];
    char error[512];
    uint8_t buffer[FRAME_MAX];
};

static inline void
remember(void *context, const struct dealerpulse_outcome *outcome)
{
    struct shop *shop = context;
    assert_true(shop->outcome_count < OUTCOMES_MAX);
    shop->outcomes[shop->outcome_count++] = *outcome;
}

static inline enum dealerpulse_status
open_pulse(struct shop *shop, bool store_only)
{
    const char *dealer = "D1";
    const char *collector = inbox_endpoint(shop->inbox);
    struct dealerpulse_options options = {
        .spool = shop->path,
        .store_only = store_only,
        .name = "till-3",
        .role = DEALERPULSE_DEALER,
        .dealers = &dealer,
        .dealer_count = 1,
        .collectors = &collector,
        .collector_count = 1,
        .on_outcome = remember,
        .context = shop,
        .error = shop->error,
        .error_size = sizeof shop->error,
    };
    return dealerpulse_open(&shop->pulse, &options);
}

static inline int
open_shop(void **state)
{
    struct shop *shop = calloc(1, sizeof *shop);
    if (!shop || temp_dir_make(shop->folder) != 0 ||
        transport_open(&shop->transport, 1) != STATUS_OK ||
        inbox_open(&shop->inbox, shop->transport, "tcp://127.0.0.1:0",
                   FRAME_MAX) != STATUS_OK)
        return -1;
    snprintf(shop->path, sizeof shop->path, "%s/spool.db", shop->folder);
    frame_init(&shop->frame);
    *state = shop;
    return open_pulse(shop, false) == DEALERPULSE_OK ? 0 : -1;
}

static inline int
close_shop(void **state)
{
    struct shop *shop = *state;

    dealerpulse_close(shop->pulse);
    frame_close(&shop->frame);
    inbox_close(shop->inbox);
    transport_close(shop->transport);
    int removed = temp_dir_remove(shop->folder);
    free(shop);
    return removed;
}

// --- The collector -----------------------------------------------------------

static inline void
answer(struct shop *shop, struct writer *writer, size_t length)
{
    assert_true(length > 0);
    enum status status =
        inbox_send(shop->inbox, &shop->peer, span_of(writer->data, length));
    assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
}

static inline void
answer_hello(struct shop *shop)
{
    struct writer writer = writer_on(shop->buffer, sizeof shop->buffer);
    struct welcome welcome = {.session = SESSION_ID,
                              .server_time_ms = 1,
                              .incarnation = shop->incarnation,
                              .credit = 1000,
                              .max_event_bytes = 8192,
                              .max_batch_events = 256,
                              .max_batch_bytes = FRAME_MAX};

    welcome.store = span_text("sixteen bytes ok");
    shop->hellos += 1;
    answer(shop, &writer, welcome_write(&writer, &welcome, NULL, 0));
}

static inline void
answer_batch(struct shop *shop, const struct batch *batch)
{
    struct writer writer = writer_on(shop->buffer, sizeof shop->buffer);
    struct outcome outcome = outcome_of(shop->answer, "dealer");
    struct repeated parcels = batch->parcels;
    struct parcel parcel;

    assert_int_equal(batch->session, SESSION_ID);
    assert_true(batch_next_parcel(&parcels, &parcel));
    shop->batches += 1;
    shop->events += parcel.delivery_count;
    struct receipt receipt = {.session = SESSION_ID,
                              .batch = batch->number,
                              .events = parcel.delivery_count,
                              .credit = 1000,
                              .server_time_ms = 1,
                              .position = 1 + shop->batches};
    receipt_begin(&writer, &receipt);
    for (uint32_t i = 0; shop->answer && i < parcel.delivery_count; i++)
        receipt_outcome(&writer, i, &outcome);
    answer(shop, &writer, receipt_end(&writer, NULL, 0));
}

static inline void
serve(struct shop *shop)
{
    struct envelope envelope;

    while (inbox_receive(shop->inbox, &shop->peer, &shop->frame) == STATUS_OK) {
        if (shop->is_mute)
            continue;
        assert_int_equal(envelope_read(frame_span(&shop->frame),
                                       BATCH_EVENTS_MAX, &envelope),
                         CODE_NONE);
        if (envelope.kind == ENVELOPE_HELLO)
            answer_hello(shop);
        else if (envelope.kind == ENVELOPE_BATCH)
            answer_batch(shop, &envelope.batch);
    }
}

// pump_until lets both sides work until `count` outcomes are told.
static inline void
pump_until(struct shop *shop, size_t count)
{
    int64_t until = clock_steady_ms() + PATIENCE_MS;

    while (shop->outcome_count < count && clock_steady_ms() < until) {
        enum dealerpulse_status status = dealerpulse_pump(shop->pulse, 5, -1);
        assert_true(status == DEALERPULSE_OK || status == DEALERPULSE_AGAIN);
        serve(shop);
    }
    assert_int_equal(shop->outcome_count, count);
}

static inline struct dealerpulse_state
state_of(struct shop *shop)
{
    struct dealerpulse_state state;
    assert_int_equal(dealerpulse_state(shop->pulse, &state), DEALERPULSE_OK);
    return state;
}

static inline size_t
make_visit(struct shop *shop, uint8_t *body)
{
    struct event event = {.type = EVENT_VISIT_OPENED,
                          .dealer_id = span_text("D1"),
                          .occurred_at = 1769817600000,
                          .visit = span_text("v")};
    dealerpulse_new_id(shop->pulse, event.id.bytes);
    return event_write(&event, body, 512);
}

static inline uint64_t
submit(struct shop *shop)
{
    uint8_t body[512];
    uint64_t seq = 0;
    size_t length = make_visit(shop, body);

    assert_int_equal(dealerpulse_submit(shop->pulse, body, length, &seq),
                     DEALERPULSE_OK);
    return seq;
}

#define WITH_SHOP(f) cmocka_unit_test_setup_teardown(f, open_shop, close_shop)
