// SPDX-License-Identifier: Apache-2.0
//
// A terminal's session held against whatever a collector may say.  The input is
// a script: events given, time passing, links lost, frames made here from a few
// bytes or taken raw.  Whatever comes: an event that was given gets one outcome
// or stays held, nothing else gets one, a batch holds only what is held, no
// more is under way than was granted, and it never talks without end.
#include "client/session.h"
#include "common/wire/envelope.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"

enum { EVENTS_MOST = 4096, FLIGHTS_SEEN = 64, OUTPUTS_MOST = 20000 };

enum fate { UNKNOWN, HELD, SETTLED };

struct world {
    struct session *session;
    struct instant now;
    struct feed feed;
    uint64_t last_seq;
    uint8_t fates[EVENTS_MOST + 1]; // by seq
    uint64_t held, backed_up;
    // What was sent last, for receipts.
    size_t sent_count;
    struct sent {
        uint64_t session, number;
        uint32_t events;
    } sent[FLIGHTS_SEEN];
    uint8_t room[1 << 16]; // the frame being received
};

// --- What it says ------------------------------------------------------------

static void
note_sent(struct world *world, const struct batch *batch)
{
    struct sent sent = {batch->session, batch->number, batch->events};

    world->sent[world->sent_count++ % FLIGHTS_SEEN] = sent;
}

static void
batch_is_right(struct world *world, const struct batch *batch)
{
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    struct delivery delivery;
    uint64_t before = 0;
    size_t count = 0;

    must(batch->events >= 1 && batch->number >= 1, "no batch is empty");
    while (batch_next_parcel(&parcels, &parcel)) {
        count++;
        while (parcel_next_delivery(&parcel.deliveries, &delivery)) {
            must(delivery.seq > before && delivery.seq <= world->last_seq,
                 "a batch goes up, each event once");
            before = delivery.seq;
            must(world->fates[delivery.seq] == HELD,
                 "only what is held is sent");
        }
    }
    must(count == 1, "a terminal sends one parcel");
    note_sent(world, batch);
}

static void
frame_is_right(struct world *world, struct span frame)
{
    struct envelope envelope;

    must(frame.length <= FRAME_MAX, "a frame is within its limit");
    must(envelope_read(frame, BATCH_EVENTS_MAX, &envelope) == CODE_NONE,
         "what is sent can be read");
    must(envelope.kind == ENVELOPE_HELLO || envelope.kind == ENVELOPE_BATCH ||
             envelope.kind == ENVELOPE_PING,
         "a terminal says what terminals say");
    if (envelope.kind == ENVELOPE_BATCH)
        batch_is_right(world, &envelope.batch);
}

static void
settle(struct world *world, const struct settlement *settlement)
{
    must(settlement->seq >= 1 && settlement->seq <= world->last_seq &&
             world->fates[settlement->seq] == HELD,
         "only what is held gets an outcome, and one");
    must(settlement->kind <= OUTCOME_RETRY, "an outcome is one of four");
    world->fates[settlement->seq] = SETTLED;
    world->held--;
}

static void
open_or_fail(struct world *world, const char *endpoint)
{
    must(endpoint && endpoint[0], "a link leads somewhere");
    if (feed_below(&world->feed, 4) == 3)
        session_failed(world->session, world->now);
    else
        session_opened(world->session, world->now);
}

// drain performs every output, until there is none.
static void
drain(struct world *world)
{
    for (int i = 0; i < OUTPUTS_MOST; i++) {
        struct session_output output = session_next(world->session, world->now);
        switch (output.kind) {
        case SESSION_NONE:
            return;
        case SESSION_OPEN:
            open_or_fail(world, output.endpoint);
            break;
        case SESSION_CLOSE:
            break;
        case SESSION_SEND:
            frame_is_right(world, output.bytes);
            if (feed_below(&world->feed, 16) == 15)
                session_blocked(world->session, world->now);
            break;
        case SESSION_SETTLE:
            settle(world, &output.settlement);
            break;
        case SESSION_STORE:
            must(output.store.known, "a store has a name");
            world->backed_up = 0; // positions begin anew
            break;
        case SESSION_RELEASE:
            must(output.position > world->backed_up, "a backup only grows");
            world->backed_up = output.position;
            break;
        }
    }
    must(false, "it comes to rest while time stands still");
}

static void
view_is_right(const struct world *world)
{
    struct session_view view = session_view(world->session);

    must(view.held == world->held, "what has no outcome is held");
    must(view.in_flight <= view.held, "no more is under way than is held");
    must(strlen(view.refusal_text) < SESSION_TEXT_MAX, "a refusal ends");
    must(view.phase != SESSION_UP ||
             session_deadline(world->session) <= world->now.steady_ms + 15000,
         "silence is noticed");
}

// --- What it is told ---------------------------------------------------------

static void
receive(struct world *world, size_t length)
{
    // Of exactly its size, so that a sanitizer sees a step beyond it.
    uint8_t *frame = malloc(length ? length : 1);

    must(frame, "there is memory");
    memcpy(frame, world->room, length);
    session_received(world->session, world->now, span_of(frame, length));
    drain(world);
    free(frame);
}

static void
say_welcome(struct world *world)
{
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    struct span names[] = {feed_bytes(feed), span_text("tcp://b:1")};
    uint8_t store[SESSION_STORE_SIZE] = {(uint8_t)feed_below(feed, 3)};
    struct welcome welcome = {
        .session = feed_below(feed, 4),
        .store = span_of(store, store[0] ? sizeof store : 0),
        .incarnation = feed_byte(feed),
        .server_time_ms = (int64_t)feed_wide(feed),
        .backed_up_position = feed_byte(feed),
        .credit = (uint32_t)feed_wide(feed),
        .max_event_bytes = (uint32_t)feed_wide(feed),
        .max_batch_events = (uint32_t)feed_wide(feed),
        .max_batch_bytes = (uint32_t)feed_wide(feed),
        .refusal = feed_below(feed, 8) == 7 ? CODE_NOT_PERMITTED : CODE_NONE,
        .refusal_text = span_text("no"),
    };

    receive(world, welcome_write(&writer, &welcome, names, 2));
}

static void
say_receipt(struct world *world)
{
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    const struct sent *sent = &world->sent[feed_below(feed, FLIGHTS_SEEN)];
    struct receipt receipt = {
        .session = sent->session,
        .batch = sent->number,
        .events = sent->events,
        .credit = (uint32_t)feed_wide(feed),
        .position = feed_byte(feed),
        .backed_up_position = feed_byte(feed),
    };
    uint32_t outcomes = feed_below(feed, 8);

    if (feed_below(feed, 8) == 7)
        receipt.events = (uint32_t)feed_wide(feed);
    receipt_begin(&writer, &receipt);
    for (uint32_t i = 0; i < outcomes; i++) {
        struct receipt_outcome told = {
            .kind = (enum outcome_kind)feed_below(feed, 4),
            .code = (enum code)feed_below(feed, 128),
            .text = span_text("because"),
            .after_ms = (uint32_t)feed_wide(feed),
        };
        receipt_outcome_copy(&writer, (uint32_t)feed_wide(feed), &told);
    }
    receive(world, receipt_end(&writer, NULL, 0));
}

static void
say_sign(struct world *world, bool goodbye)
{
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    struct pong pong = {.credit = (uint32_t)feed_wide(feed)};
    struct goaway goaway = {.code = (enum code)feed_below(feed, 128),
                            .reconnect_after_ms = (uint32_t)feed_wide(feed),
                            .text = feed_bytes(feed)};

    receive(world, goodbye ? goaway_write(&writer, &goaway)
                           : pong_write(&writer, &pong));
}

static void
say_raw(struct world *world)
{
    struct span bytes = feed_bytes(&world->feed);

    if (bytes.length > sizeof world->room)
        bytes.length = sizeof world->room;
    if (bytes.length > 0)
        memcpy(world->room, bytes.data, bytes.length);
    receive(world, bytes.length);
}

// --- What else happens -------------------------------------------------------

static void
give(struct world *world)
{
    static const uint8_t body[10000];
    uint32_t count = feed_byte(&world->feed);
    size_t length = feed_number(&world->feed, 2) % sizeof body;

    for (uint32_t i = 0; i < count && world->last_seq < EVENTS_MOST; i++) {
        if (!session_wants(world->session))
            return;
        must(session_give(world->session, world->last_seq + 1,
                          world->now.wall_ms,
                          span_of(body, length)) == STATUS_OK,
             "what is wanted is taken");
        world->fates[++world->last_seq] = HELD;
        world->held++;
    }
    if (world->last_seq > 0 && world->fates[world->last_seq] == HELD)
        must(session_give(world->session, world->last_seq, 0,
                          span_of(body, 1)) == STATUS_BUSY,
             "nothing is held twice");
}

static void
pass_time(struct world *world)
{
    static const int64_t steps[] = {1, 20, 1000, 5000, 10000, 15000, 60000};
    uint32_t choice = feed_below(&world->feed, 8);
    int64_t ms =
        choice < 7 ? steps[choice] : (int64_t)feed_number(&world->feed, 3);

    world->now.steady_ms += ms;
    world->now.wall_ms += feed_below(&world->feed, 8) ? ms : -86400000;
    session_tick(world->session, world->now);
}

static void
step(struct world *world)
{
    switch (feed_below(&world->feed, 8)) {
    case 0:
        give(world);
        break;
    case 1:
        pass_time(world);
        break;
    case 2:
        say_welcome(world);
        break;
    case 3:
    case 4:
        say_receipt(world);
        break;
    case 5:
        say_sign(world, feed_below(&world->feed, 2));
        break;
    case 6:
        say_raw(world);
        break;
    case 7:
        session_learn(world->session, feed_bytes(&world->feed));
        break;
    }
    drain(world);
    view_is_right(world);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const dealers[] = {"D1", "D2"};
    static struct world world;
    struct session_options options = {.name = "T-1",
                                      .role = ROLE_DEALER,
                                      .dealers = dealers,
                                      .dealer_count = 2,
                                      .software = "fuzz 1",
                                      .epoch = 7,
                                      .seed = 7};

    memset(&world, 0, offsetof(struct world, room));
    world.now = (struct instant){1000, 1790000000000};
    world.feed = (struct feed){data, size};
    must(session_open(&world.session, &options) == STATUS_OK,
         "there is memory");
    session_learn(world.session, span_text("tcp://a:1"));
    while (world.feed.left > 0)
        step(&world);
    session_close(world.session);
    return 0;
}
