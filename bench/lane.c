// SPDX-License-Identifier: Apache-2.0
#include "bench/lane.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/crypto/digest.h"
#include "common/runtime/clock.h"

static size_t
name_of(const struct lane *lane, char name[16])
{
    return (size_t)snprintf(name, 16, "%.9s-%u", lane->name, lane->terminal);
}

enum status
lane_open(struct lane *lane, struct transport *transport, const char *endpoint,
          const struct curve_client *keys, struct mill *mill, uint32_t terminal,
          uint64_t first_event)
{
    *lane = (struct lane){
        .mill = mill,
        .name = "bench",
        .terminal = terminal,
        .next_batch = 1,
        .next_event = first_event,
        .first_event = first_event,
    };
    random_fill(&lane->epoch, sizeof lane->epoch);
    return outbox_open_curve(&lane->outbox, transport, endpoint, FRAME_MAX,
                             keys);
}

void
lane_close(struct lane *lane)
{
    outbox_close(lane->outbox);
    lane->outbox = NULL;
}

bool
lane_greet(struct lane *lane)
{
    static struct span dealers[HELLO_DEALERS_MAX];
    static char ids[HELLO_DEALERS_MAX][MILL_DEALER_SIZE + 1];
    char name[16];

    for (uint32_t i = 0; i < lane->mill->share; i++) {
        mill_dealer(lane->mill, lane->terminal, i, ids[i]);
        dealers[i] = span_text(ids[i]);
    }
    struct hello hello = {
        .role = ROLE_DEALER,
        .name = span_of(name, name_of(lane, name)),
        .epoch = lane->epoch,
        .software = span_text("dealerpulse-bench " PROJECT_VERSION),
    };
    struct writer writer = writer_on(lane->frame, sizeof lane->frame);
    size_t length = hello_write(&writer, &hello, dealers, lane->mill->share);
    return outbox_send(lane->outbox, span_of(lane->frame, length)) == STATUS_OK;
}

bool
lane_may_send(const struct lane *lane, uint32_t events, uint32_t window)
{
    uint32_t most =
        lane->credit < window && !lane->flood ? lane->credit : window;
    const struct flight *place =
        &lane->flights[lane->next_batch % LANE_FLIGHTS];
    return lane->ready && lane->on_the_way + events <= most &&
           place->number == 0;
}

bool
lane_send(struct lane *lane, uint32_t events, int64_t due_us)
{
    char name[16];
    int64_t now_ms = clock_wall_ms();
    struct writer writer = writer_on(lane->frame, sizeof lane->frame);

    batch_begin(&writer, lane->session, lane->next_batch);
    parcel_begin(&writer, span_of(name, name_of(lane, name)), lane->epoch,
                 now_ms);
    for (uint32_t i = 0; i < events; i++) {
        uint64_t n = lane->next_event + i;
        parcel_delivery(&writer, n - lane->first_event + 1, now_ms,
                        mill_event(lane->mill, lane->terminal, n));
    }
    parcel_end(&writer);
    size_t length = batch_end(&writer);
    if (length == 0 ||
        outbox_send(lane->outbox, span_of(lane->frame, length)) != STATUS_OK)
        return false;

    lane->flights[lane->next_batch % LANE_FLIGHTS] =
        (struct flight){lane->next_batch, events, due_us};
    lane->next_batch++;
    lane->next_event += events;
    lane->on_the_way += events;
    return true;
}

static void
count(struct totals *totals, const struct receipt *receipt)
{
    struct repeated outcomes = receipt->outcomes;
    struct receipt_outcome outcome;
    uint64_t listed = 0;

    while (receipt_next_outcome(&outcomes, &outcome)) {
        listed++;
        if (outcome.kind == OUTCOME_DUPLICATE)
            totals->duplicates++;
        else if (outcome.kind == OUTCOME_REJECTED)
            totals->rejected++;
        else if (outcome.kind == OUTCOME_RETRY)
            totals->retried++;
        else
            totals->accepted++;
        if ((outcome.kind == OUTCOME_REJECTED ||
             outcome.kind == OUTCOME_RETRY) &&
            totals->rejected + totals->retried == 1)
            fprintf(stderr, "bench: %s\n", code_name((uint32_t)outcome.code));
    }
    totals->accepted += receipt->events - listed;
}

static bool
take_receipt(struct lane *lane, int64_t now_us, const struct receipt *receipt,
             struct totals *totals)
{
    struct flight *flight = &lane->flights[receipt->batch % LANE_FLIGHTS];
    if (receipt->session != lane->session || flight->number != receipt->batch ||
        flight->events != receipt->events)
        return true; // not for us
    count(totals, receipt);
    lane->credit = receipt->credit;
    lane->on_the_way -= flight->events;
    flight->number = 0;
    return latency_add(&totals->latency, now_us - flight->due_us);
}

static bool
take(struct lane *lane, int64_t now_us, struct span frame,
     struct totals *totals)
{
    struct envelope envelope;
    if (envelope_read(frame, BATCH_EVENTS_MAX, &envelope) != CODE_NONE)
        return false;
    if (envelope.kind == ENVELOPE_RECEIPT)
        return take_receipt(lane, now_us, &envelope.receipt, totals);
    if (envelope.kind == ENVELOPE_PONG) {
        lane->credit = envelope.pong.credit;
        return true;
    }
    if (envelope.kind != ENVELOPE_WELCOME)
        return false;
    if (envelope.welcome.refusal != CODE_NONE)
        return false;
    lane->session = envelope.welcome.session;
    lane->credit = envelope.welcome.credit;
    lane->ready = true;
    return true;
}

bool
lane_receive(struct lane *lane, int64_t now_us, struct totals *totals)
{
    struct frame frame;
    bool fine = true;

    frame_init(&frame);
    while (fine && outbox_receive(lane->outbox, &frame) == STATUS_OK)
        fine = take(lane, now_us, frame_span(&frame), totals);
    frame_close(&frame);
    return fine;
}
