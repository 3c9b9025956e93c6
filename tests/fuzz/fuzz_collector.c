// SPDX-License-Identifier: Apache-2.0
//
// A collector's core between terminals and an aggregator who may say anything.
// The input is a script: frames made here from a few bytes or taken raw, time
// passing, links that do not take what is sent.  Whatever comes: every frame
// that leaves can be read, a batch gets at most one receipt, and as long as the
// aggregator's frames are made here, a terminal is told ACCEPTED only of what
// the aggregator accepted.
#include "collector/core.h"
#include "common/wire/event_code.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

enum { PEERS = 4, BATCHES_MOST = 64, EVENTS_MOST = 12, BUNDLES_SEEN = 16 };

// Of an event, by its seq below 256.
enum fate { UNSEEN, FORWARDED, TAKEN };

struct sent_batch {
    uint64_t session, number;
    uint32_t events;
    uint8_t seqs[EVENTS_MOST];
    bool answered;
};

struct terminal {
    uint64_t session; // as last welcomed
    uint64_t number;
    size_t count;
    struct sent_batch batches[BATCHES_MOST];
    uint8_t fates[256];
};

struct world {
    struct core *core;
    struct instant now;
    struct feed feed;
    bool fair; // the aggregator's frames are made here
    bool deaf_peers, deaf_link;
    struct terminal terminals[PEERS];
    uint8_t store[16]; // another one for every input
    bool drained;
    size_t bundle_count;
    struct bundle_seen {
        uint64_t session, number;
        uint32_t events;
        uint16_t whose[1024]; // terminal << 8 | seq
    } bundles[BUNDLES_SEEN];
    uint8_t room[1 << 16];
};

static struct peer
peer_of(uint32_t number)
{
    return (struct peer){.length = 1, .id = {(uint8_t)(number + 1)}};
}

// --- What leaves -------------------------------------------------------------

static struct sent_batch *
find_batch(struct terminal *terminal, const struct receipt *receipt)
{
    for (size_t i = 0; i < terminal->count && i < BATCHES_MOST; i++) {
        struct sent_batch *batch = &terminal->batches[i];
        if (batch->session == receipt->session &&
            batch->number == receipt->batch)
            return batch;
    }
    return NULL;
}

static void
receipt_is_right(struct world *world, struct terminal *terminal,
                 const struct receipt *receipt)
{
    struct sent_batch *batch = find_batch(terminal, receipt);
    struct repeated outcomes = receipt->outcomes;
    struct receipt_outcome outcome;
    bool excepted[EVENTS_MOST] = {false};

    if (!batch)
        return; // of a raw frame, or long ago
    must(receipt->events == batch->events, "a receipt is of the whole batch");
    must(!batch->answered, "a batch gets one receipt");
    batch->answered = true;
    while (receipt_next_outcome(&outcomes, &outcome)) {
        must(!excepted[outcome.index], "an event has one outcome");
        excepted[outcome.index] = outcome.kind != OUTCOME_ACCEPTED;
    }
    for (uint32_t i = 0; world->fair && i < batch->events; i++)
        must(excepted[i] || terminal->fates[batch->seqs[i]] == TAKEN,
             "nothing is acknowledged here");
}

static enum status
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct world *world = shell;
    struct terminal *terminal = &world->terminals[peer->id[0] - 1];
    struct envelope envelope;

    must(peer->length == 1 && peer->id[0] >= 1 && peer->id[0] <= PEERS,
         "only who spoke is answered");
    must(envelope_read(frame, 0, &envelope) == CODE_NONE,
         "what a terminal gets can be read");
    must(envelope.kind != ENVELOPE_HELLO && envelope.kind != ENVELOPE_BATCH &&
             envelope.kind != ENVELOPE_PING,
         "a collector says what collectors say");
    if (world->deaf_peers)
        return feed_below(&world->feed, 2) ? STATUS_NOT_FOUND : STATUS_FULL;
    if (envelope.kind == ENVELOPE_WELCOME &&
        envelope.welcome.refusal == CODE_NONE)
        terminal->session = envelope.welcome.session;
    if (envelope.kind == ENVELOPE_RECEIPT)
        receipt_is_right(world, terminal, &envelope.receipt);
    return STATUS_OK;
}

// note_bundle remembers whose events are in a batch for the aggregator.
static void
note_bundle(struct world *world, const struct batch *batch)
{
    struct bundle_seen *seen =
        &world->bundles[world->bundle_count++ % BUNDLES_SEEN];
    struct repeated parcels = batch->parcels;
    struct parcel parcel;
    struct delivery delivery;

    *seen = (struct bundle_seen){.session = batch->session,
                                 .number = batch->number};
    while (batch_next_parcel(&parcels, &parcel)) {
        uint32_t number = (uint32_t)parcel.epoch % PEERS;
        must(parcel.collector.length > 0 && parcel.received_at_ms != 0,
             "a parcel says by whom it was brought");
        while (parcel_next_delivery(&parcel.deliveries, &delivery)) {
            uint8_t seq = (uint8_t)delivery.seq;
            if (seen->events < 1024)
                seen->whose[seen->events] = (uint16_t)(number << 8 | seq);
            seen->events++;
            if (world->terminals[number].fates[seq] == UNSEEN)
                world->terminals[number].fates[seq] = FORWARDED;
        }
    }
    must(seen->events == batch->events, "every event is counted");
}

static bool
to_aggregator(void *shell, struct span frame)
{
    struct world *world = shell;
    struct envelope envelope;

    must(frame.length <= LINK_FRAME_MAX &&
             envelope_read(frame, LINK_BATCH_EVENTS_MAX, &envelope) ==
                 CODE_NONE,
         "what the aggregator gets can be read");
    if (world->deaf_link)
        return false;
    if (envelope.kind == ENVELOPE_BATCH)
        note_bundle(world, &envelope.batch);
    return true;
}

static void
reset_link(void *shell)
{
    (void)shell;
}

static void
notice(void *shell, enum core_notice notice, enum code code)
{
    (void)shell;
    (void)notice;
    (void)code;
}

// --- What terminals say ------------------------------------------------------

static void
from_peer(struct world *world, uint32_t number, size_t length)
{
    struct peer peer = peer_of(number);
    uint8_t *frame = malloc(length ? length : 1); // of exactly its size

    must(frame, "there is memory");
    memcpy(frame, world->room, length);
    core_frame(world->core, world->now, &peer, span_of(frame, length));
    free(frame);
}

static void
say_hello(struct world *world, uint32_t number)
{
    struct writer writer = writer_on(world->room, sizeof world->room);
    char name[] = {'T', (char)('0' + number), 0};
    struct span dealers[] = {span_text("BJ01"), span_text("TJ01")};
    struct hello hello = {.role = feed_below(&world->feed, 8) ? ROLE_DEALER
                                                              : ROLE_HQ,
                          .name = span_text(name),
                          .epoch = number,
                          .software = span_text("fuzz")};

    from_peer(
        world, number,
        hello_write(&writer, &hello, dealers, 1 + feed_below(&world->feed, 2)));
}

// write_body makes a survey response that may be right.
static size_t
write_body(struct world *world, uint8_t seq, uint8_t *body, size_t size)
{
    struct feed *feed = &world->feed;
    uint32_t flaw = feed_below(feed, 16);
    struct event event = {
        .id = {{1, seq}},
        .dealer_id = span_text(flaw == 1 ? "TJ01" : "BJ01"),
        .occurred_at = world->now.wall_ms + (flaw == 2 ? 1000000000000 : 0),
        .type = flaw == 3 ? EVENT_VOID : EVENT_VISIT_OPENED,
        .visit = span_text("v"),
    };

    if (flaw == 3)
        event.control = (struct control){.target = {{9}},
                                         .target_type = EVENT_VISIT_OPENED,
                                         .target_occurred_at = 1};
    size_t length = event_write(&event, body, size);
    return flaw == 4 ? length / 2 : length;
}

static void
say_batch(struct world *world, uint32_t number)
{
    static uint8_t body[EVENT_BODY_MAX];
    struct terminal *terminal = &world->terminals[number];
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    struct sent_batch batch = {.session = terminal->session,
                               .number = ++terminal->number,
                               .events = 1 + feed_below(feed, EVENTS_MOST)};
    char name[] = {'T', (char)('0' + number), 0};

    if (terminal->count == BATCHES_MOST)
        return;
    batch_begin(&writer, batch.session, batch.number);
    parcel_begin(&writer, span_text(name), number, world->now.wall_ms);
    for (uint32_t i = 0; i < batch.events; i++) {
        uint8_t seq = (uint8_t)(1 + feed_below(feed, 255));
        batch.seqs[i] = seq;
        size_t length = write_body(world, seq, body, sizeof body);
        parcel_delivery(&writer, seq, world->now.wall_ms,
                        span_of(body, length));
    }
    parcel_end(&writer);
    terminal->batches[terminal->count++] = batch;
    from_peer(world, number, batch_end(&writer));
}

static void
say_sign(struct world *world, uint32_t number)
{
    struct writer writer = writer_on(world->room, sizeof world->room);
    struct ping ping = {.sent_at_ms = (int64_t)feed_wide(&world->feed)};
    struct goaway goaway = {.code = CODE_SHUTTING_DOWN};

    from_peer(world, number,
              feed_below(&world->feed, 2) ? ping_write(&writer, &ping)
                                          : goaway_write(&writer, &goaway));
}

static size_t
take_raw(struct world *world)
{
    struct span bytes = feed_bytes(&world->feed);

    if (bytes.length > sizeof world->room)
        bytes.length = sizeof world->room;
    if (bytes.length > 0)
        memcpy(world->room, bytes.data, bytes.length);
    return bytes.length;
}

// --- What the aggregator says ------------------------------------------------

static void
from_link(struct world *world, size_t length)
{
    uint8_t *frame = malloc(length ? length : 1);

    must(frame, "there is memory");
    memcpy(frame, world->room, length);
    core_link_frame(world->core, world->now, span_of(frame, length));
    free(frame);
}

static void
link_welcomes(struct world *world)
{
    static const uint8_t hash[HASH_SIZE];
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    uint8_t store[16];

    memcpy(store, world->store, sizeof store);
    store[0] = feed_below(feed, 16) == 15; // and sometimes yet another
    struct welcome welcome = {
        .session = 1 + feed_below(feed, 3),
        .store = span_of(store, sizeof store),
        .incarnation = 1 + feed_below(feed, 2),
        .credit = (uint32_t)feed_wide(feed),
        .programme_hash = span_of(hash, HASH_SIZE),
        .dealers_hash = span_of(hash, HASH_SIZE),
        .refusal = feed_below(feed, 16) == 15 ? CODE_NOT_PERMITTED : CODE_NONE,
    };

    from_link(world, welcome_write(&writer, &welcome, NULL, 0));
}

// take_events notes what a receipt says was taken, before the core hears it.
static void
take_events(struct world *world, const struct bundle_seen *seen,
            const bool *excepted)
{
    for (uint32_t i = 0; i < seen->events && i < 1024; i++)
        if (!excepted[i])
            world->terminals[seen->whose[i] >> 8].fates[seen->whose[i] & 0xff] =
                TAKEN;
}

static void
link_receipt(struct world *world)
{
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    const struct bundle_seen *seen =
        &world->bundles[feed_below(feed, BUNDLES_SEEN)];
    struct receipt receipt = {.session = seen->session,
                              .batch = seen->number,
                              .events = seen->events,
                              .credit = (uint32_t)feed_wide(feed),
                              .position = feed_byte(feed)};
    bool excepted[1024] = {false};
    uint32_t outcomes = feed_below(feed, 8);

    receipt_begin(&writer, &receipt);
    for (uint32_t i = 0, index = 0; i < outcomes; i++) {
        struct receipt_outcome told = {
            .kind = (enum outcome_kind)(1 + feed_below(feed, 3)),
            .code = (enum code)(1 + feed_below(feed, 127)),
            .after_ms = feed_byte(feed)};
        index += feed_below(feed, 4);
        if (index >= seen->events || index >= 1024)
            break;
        excepted[index] = true;
        receipt_outcome_copy(&writer, index++, &told);
    }
    take_events(world, seen, excepted);
    from_link(world, receipt_end(&writer, NULL, 0));
}

static void
link_sign(struct world *world)
{
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    struct pong pong = {.credit = (uint32_t)feed_wide(feed)};
    struct goaway goaway = {.code = (enum code)feed_below(feed, 128)};

    from_link(world, feed_below(feed, 4) ? pong_write(&writer, &pong)
                                         : goaway_write(&writer, &goaway));
}

// --- What else happens -------------------------------------------------------

static void
pass_time(struct world *world)
{
    static const int64_t steps[] = {1,    50,    500,   1000,
                                    5000, 15000, 30000, 60000};
    int64_t ms = steps[feed_below(&world->feed, 8)];

    world->now.steady_ms += ms;
    world->now.wall_ms += ms;
    core_tick(world->core, world->now);
    core_flush(world->core, world->now);
}

static void
step(struct world *world)
{
    uint32_t number = feed_below(&world->feed, PEERS);

    switch (feed_below(&world->feed, 12)) {
    case 0:
        say_hello(world, number);
        break;
    case 1:
    case 2:
        say_batch(world, number);
        break;
    case 3:
        say_sign(world, number);
        break;
    case 4:
        from_peer(world, number, take_raw(world));
        break;
    case 5:
        link_welcomes(world);
        break;
    case 6:
    case 7:
        link_receipt(world);
        break;
    case 8:
        link_sign(world);
        break;
    case 9:
        world->fair = false;
        from_link(world, take_raw(world));
        break;
    case 10:
        pass_time(world);
        break;
    case 11:
        world->deaf_peers = feed_below(&world->feed, 8) == 7;
        world->deaf_link = feed_below(&world->feed, 8) == 7;
        if (feed_below(&world->feed, 32) == 31) {
            world->drained = true;
            core_drain(world->core, world->now);
        }
        break;
    }
    core_flush(world->core, world->now);
    must(core_sessions(world->core) <= PEERS, "a terminal has one session");
}

// A core takes 256 MiB of address space, so it is used again: without sessions
// and link, and with a store it has not heard of.
static void
start_over(struct world *world, struct published *published)
{
    static uint64_t inputs;

    world->fair = false;
    world->deaf_peers = world->deaf_link = true;
    for (uint32_t i = 0; world->core && i < PEERS; i++) {
        struct writer writer = writer_on(world->room, sizeof world->room);
        struct goaway goaway = {.code = CODE_SHUTTING_DOWN};
        from_peer(world, i, goaway_write(&writer, &goaway));
        from_link(world, 0); // not a frame
    }
    struct core *core = world->core;
    struct instant now = world->now;
    memset(world, 0, offsetof(struct world, room));
    world->fair = true;
    world->now = (struct instant){now.steady_ms + 600000, 1790000000000};
    inputs++;
    memcpy(world->store + 8, &inputs, sizeof inputs);
    world->core =
        core ? core
             : core_open(&(struct core_options){
                   .name = "C-1",
                   .endpoint = "tcp://c:1",
                   .credit = 64,
                   .seed = 7,
                   .sessions_max = PEERS,
                   .published = published,
                   .sink = {world, to_peer, to_aggregator, reset_link, notice},
               });
    must(world->core && core_sessions(world->core) == 0, "it is as new");
    core_tick(world->core, world->now);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world world;
    static struct published published;

    published_init(&published);
    published.rulebook = samples_rulebook();
    published.versions[0] = published.rulebook;
    published.history = (struct rulebook_history){1, published.versions};
    published.directory = samples_directory();
    published.ready = true;
    start_over(&world, &published);
    world.feed = (struct feed){data, size};
    while (world.feed.left > 0)
        step(&world);
    if (world.drained) { // it takes no more, for good
        core_close(world.core);
        world.core = NULL;
    }
    return 0;
}
