// SPDX-License-Identifier: Apache-2.0
//
// lane: one terminal of the load generator: a link, a session, batches on the
// way.  It has no spool: what is lost ends the run, and says so.
#pragma once

#include "bench/latency.h"
#include "bench/mill.h"
#include "common/transport/outbox.h"
#include "common/wire/envelope.h"

enum { LANE_FLIGHTS = 8192 }; // a power of two

struct flight {
    uint64_t number; // 0: answered
    uint32_t events;
    int64_t due_us; // when it was, or should have been, sent
};

struct totals {
    uint64_t accepted, duplicates, rejected, retried;
    struct latency latency; // of each batch
};

struct lane {
    struct outbox *outbox;
    struct mill *mill;
    uint32_t terminal;
    const char *name; // and the terminal's number
    bool flood;       // heeds no credit
    uint64_t session, epoch;
    bool ready;
    uint32_t credit, on_the_way;
    uint64_t next_batch, next_event, first_event;
    struct flight flights[LANE_FLIGHTS];
    uint8_t frame[FRAME_MAX];
};

// lane_open connects, with keys NULL in the clear; the HELLO goes with the
// first lane_greet that returns true.  The first event sent is the
// first_event-th.
MUST_USE enum status lane_open(struct lane *lane, struct transport *transport,
                               const char *endpoint,
                               const struct curve_client *keys,
                               struct mill *mill, uint32_t terminal,
                               uint64_t first_event);
void lane_close(struct lane *lane);
bool lane_greet(struct lane *lane);

// lane_may_send tells whether `events` more may be on the way.
bool lane_may_send(const struct lane *lane, uint32_t events, uint32_t window);

// lane_send sends the next `events` events as one batch; false: not now.
bool lane_send(struct lane *lane, uint32_t events, int64_t due_us);

// lane_receive takes what has arrived.  False when the session is over.
bool lane_receive(struct lane *lane, int64_t now_us, struct totals *totals);
