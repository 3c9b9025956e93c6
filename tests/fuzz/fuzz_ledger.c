// SPDX-License-Identifier: Apache-2.0
//
// The aggregator and a collector who may say anything.  The input is a script:
// batches made here from a few bytes or frames taken raw, groups closed, a
// journal without room.  Whatever comes: a batch that joined gets one receipt
// of its own size, the records follow each other and can be read, and another
// ledger that replays them comes to the same figures, byte for byte.
#include "aggregator/service.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/runtime/crc32c.h"
#include "common/wire/commit.h"
#include "common/wire/event_code.h"
#include "tests/fuzz/feed.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/samples.h"

enum { PEERS = 2, RECORDS_MOST = 64, JOINED_MOST = 32 };

static const int64_t NOW_MS = 1790000000000;

struct world {
    struct service *service;
    struct ledger *ledger;
    struct feed feed;
    struct instant now;
    bool full; // the journal has no room
    uint64_t sessions[PEERS];
    size_t record_count;
    struct {
        uint8_t *bytes;
        uint32_t length;
    } records[RECORDS_MOST];
    size_t joined, answered; // batches of the group at hand
    uint32_t joined_events[JOINED_MOST];
    uint8_t *frames[JOINED_MOST]; // kept until the group is closed
    uint8_t room[1 << 16];
};

// --- A store with nothing in it, and what would be written into it -----------

static enum status
get(void *context, enum state_db db, struct span key, struct span *value)
{
    (void)context;
    (void)db;
    (void)key;
    (void)value;
    return STATUS_NOT_FOUND;
}

static enum status
last(void *context, enum state_db db, struct span *key)
{
    (void)context;
    (void)db;
    (void)key;
    return STATUS_NOT_FOUND;
}

static enum status
renew(void *context)
{
    (void)context;
    return STATUS_OK;
}

static enum status
put(void *context, enum state_db db, struct span key, struct span value)
{
    uint32_t *sum = context;

    *sum = *sum * 31 + (uint32_t)db;
    *sum = *sum * 31 + crc32c(key.data, key.length);
    *sum = *sum * 31 + crc32c(value.data, value.length);
    return STATUS_OK;
}

static enum status
take_out(void *context, enum state_db db, struct span key)
{
    return put(context, db, key, span_of("", 0));
}

static struct ledger *
open_ledger(const struct history *history)
{
    struct ledger *ledger;
    struct store store = {NULL, get, last, renew};
    struct ledger_options options = {
        .limits = {.ids = 4096,
                   .entities = 4096,
                   .tallies = 4096,
                   .others = 1024,
                   .bytes = 1 << 20,
                   .filter_bytes = 1 << 12},
        .hash_seed = 7,
        .credit = LINK_CREDIT,
    };

    must(ledger_open(&ledger, store, history, &options) == STATUS_OK,
         "a ledger can be opened");
    return ledger;
}

// figures is a checksum over all a checkpoint would hold.
static uint32_t
figures(struct ledger *ledger)
{
    uint32_t sum = 0;
    struct store_writer writer = {&sum, put, take_out};

    must(ledger_freeze(ledger) == STATUS_OK &&
             cache_write_to(ledger_cache(ledger), &writer) == STATUS_OK,
         "a checkpoint can be written");
    return sum;
}

static const struct history *
samples_published(void)
{
    static struct history *history;
    static struct problems problems;
    static const char *const files[] = {"samples/demo/programme.yaml",
                                        "samples/demo/dealers.csv"};

    for (int i = 0; !history && i < 1; i++)
        must(crypto_start() == STATUS_OK && history_open(&history) == STATUS_OK,
             "there is memory");
    if (history_newest(history, PUBLICATION_DEALERS)->content.length > 0)
        return history;
    for (int i = 0; i < 2; i++) {
        char *text;
        size_t length;
        struct publication publication = {.kind = PUBLICATION_PROGRAMME +
                                                  (enum publication_kind)i};
        must(file_take(samples_path(files[i]), 1 << 20, &text, &length,
                       &problems) == STATUS_OK,
             "the samples are there");
        publication.content = span_of(text, length);
        must(history_publish(history, &publication, &problems) == STATUS_OK,
             "the samples can be published");
        free(text);
    }
    return history;
}

// --- What leaves -------------------------------------------------------------

static void
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct world *world = shell;
    struct envelope envelope;

    must(envelope_read(frame, 0, &envelope) == CODE_NONE,
         "what a collector gets can be read");
    if (envelope.kind == ENVELOPE_WELCOME &&
        envelope.welcome.refusal == CODE_NONE)
        world->sessions[peer->id[0]] = envelope.welcome.session;
    if (envelope.kind != ENVELOPE_RECEIPT)
        return;
    must(world->answered < world->joined &&
             envelope.receipt.events == world->joined_events[world->answered],
         "a batch gets one receipt, in order");
    world->answered++;
}

static void
link_notice(void *shell, enum link_notice notice, enum code code,
            struct span about)
{
    (void)shell;
    (void)notice;
    (void)code;
    (void)about;
}

static void
service_notice(void *shell, enum service_notice notice, uint64_t position,
               enum status status)
{
    (void)shell;
    (void)position;
    (void)status;
    must(notice == SERVICE_JOURNAL_FULL, "the fold is total");
}

static enum status
append(void *shell, struct span record, const struct journal_end *end)
{
    struct world *world = shell;
    struct commit commit;
    uint8_t hash[HASH_SIZE] = {0};

    if (world->full || world->record_count == RECORDS_MOST)
        return STATUS_FULL;
    must(commit_read(record, &commit) == STATUS_OK &&
             commit.position == world->record_count + 1 &&
             end->position == commit.position,
         "records can be read and follow each other");
    if (world->record_count > 0)
        digest(span_of(world->records[world->record_count - 1].bytes,
                       world->records[world->record_count - 1].length),
               hash, HASH_SIZE);
    must(span_equal(commit.previous, span_of(hash, HASH_SIZE)),
         "the chain holds");
    uint8_t *copy = malloc(record.length);
    must(copy, "there is memory");
    memcpy(copy, record.data, record.length);
    world->records[world->record_count].bytes = copy;
    world->records[world->record_count++].length = record.length;
    return STATUS_OK;
}

// --- What comes --------------------------------------------------------------

static void
commit_group(struct world *world)
{
    must(service_commit(world->service, world->now) == STATUS_OK,
         "a group can be closed");
    must(world->answered == world->joined, "every batch has its receipt");
    for (size_t i = 0; i < world->joined; i++)
        free(world->frames[i]);
    world->joined = world->answered = 0;
    service_begin(world->service, world->now);
}

static void
bring(struct world *world, uint32_t number, size_t length)
{
    struct peer peer = {.length = 1, .id = {(uint8_t)number}};
    uint8_t *frame = malloc(length ? length : 1); // of exactly its size
    enum service_taken taken;
    struct envelope envelope;

    if (world->joined == JOINED_MOST)
        commit_group(world);
    must(frame, "there is memory");
    memcpy(frame, world->room, length);
    struct span bytes = span_of(frame, length);
    must(service_take(world->service, world->now, &peer, bytes, &taken) ==
             STATUS_OK,
         "no frame ends the aggregator");
    if (taken == SERVICE_JOINED &&
        envelope_read(bytes, LINK_BATCH_EVENTS_MAX, &envelope) == CODE_NONE) {
        world->joined_events[world->joined] = envelope.batch.events;
        world->frames[world->joined++] = frame;
        return;
    }
    free(frame);
}

static void
say_hello(struct world *world, uint32_t number)
{
    struct writer writer = writer_on(world->room, sizeof world->room);
    struct hello hello = {.role = ROLE_COLLECTOR,
                          .name = span_text(number ? "C-1" : "C-0"),
                          .software = span_text("fuzz")};

    bring(world, number, hello_write(&writer, &hello, NULL, 0));
}

static struct event_id
some_id(struct feed *feed)
{
    return (struct event_id){{1, (uint8_t)feed_below(feed, 16)}};
}

static void
some_control(struct feed *feed, struct event *event)
{
    static const enum event_type types[] = {EVENT_VOID, EVENT_UNVOID,
                                            EVENT_HOLD, EVENT_RELEASE};

    event->type = types[feed_below(feed, 4)];
    event->control = (struct control){
        .target = some_id(feed),
        .target_type = feed_below(feed, 2) ? EVENT_SURVEY_RESPONSE
                                           : EVENT_COMPLAINT_OPENED,
        .target_occurred_at = NOW_MS - feed_byte(feed) * (int64_t)DAY_MS,
    };
    if (event->type == EVENT_UNVOID || event->type == EVENT_RELEASE)
        event->control.control = some_id(feed);
}

static void
some_facts(struct feed *feed, struct event *event)
{
    switch (feed_below(feed, 5)) {
    case 0:
        event->type = EVENT_SURVEY_RESPONSE;
        event->survey.questionnaire = span_text("service");
        event->survey.version = 1;
        event->survey.answer_count = 1 + (uint16_t)feed_below(feed, 4);
        for (uint16_t i = 0; i < event->survey.answer_count; i++)
            event->survey.answers[i] =
                (struct answer){(uint16_t)(i + 1), feed_byte(feed)};
        return;
    case 1:
        event->type = EVENT_VISIT_CLOSED;
        return;
    case 2:
        event->type = EVENT_COMPLAINT_OPENED;
        event->complaint.class = CLASS_GENERAL;
        event->complaint.received_at = event->occurred_at;
        return;
    case 3:
        event->type = EVENT_COMPLAINT_ACTION;
        event->action.kind = (enum action_kind)(1 + feed_below(feed, 10));
        return;
    default:
        some_control(feed, event);
        return;
    }
}

static size_t
some_body(struct feed *feed, uint8_t *body)
{
    static const char *const names[] = {"BJ01", "BJ02", "HQ", "nobody"};
    struct event event = {
        .id = some_id(feed),
        .dealer_id = span_text(names[feed_below(feed, 4)]),
        .occurred_at = NOW_MS - feed_byte(feed) * (int64_t)DAY_MS,
        .visit = span_text(feed_below(feed, 2) ? "v" : "w"),
        .complaint_id = span_text("c"),
    };

    some_facts(feed, &event);
    return event_write(&event, body, EVENT_BODY_MAX);
}

static void
say_batch(struct world *world, uint32_t number)
{
    static uint8_t body[EVENT_BODY_MAX];
    struct feed *feed = &world->feed;
    struct writer writer = writer_on(world->room, sizeof world->room);
    uint32_t parcels = 1 + feed_below(feed, 3);

    batch_begin(&writer, world->sessions[number], feed_wide(feed));
    for (uint32_t i = 0; i < parcels; i++) {
        uint32_t count = feed_below(feed, 8);
        parcel_begin(&writer, span_text(feed_below(feed, 2) ? "T-1" : "T-2"),
                     feed_below(feed, 3), NOW_MS);
        for (uint32_t j = 0; j < count; j++) {
            size_t length = some_body(feed, body);
            if (feed_below(feed, 16) == 15)
                length /= 2;
            parcel_delivery(&writer, feed_wide(feed) | 1, NOW_MS,
                            span_of(body, length));
        }
        if (feed_below(feed, 4) == 3) {
            struct settled settled = {.first_seq = 1 + feed_wide(feed) / 4,
                                      .code = CODE_BAD_FIELD};
            settled.last_seq = settled.first_seq + feed_wide(feed) / 4;
            parcel_settled(&writer, &settled);
        }
        parcel_received(&writer, span_text("C-1"), NOW_MS);
        parcel_end(&writer);
    }
    bring(world, number, batch_end(&writer));
}

static void
say_raw(struct world *world, uint32_t number)
{
    struct span bytes = feed_bytes(&world->feed);

    if (bytes.length > sizeof world->room)
        bytes.length = sizeof world->room;
    if (bytes.length > 0)
        memcpy(world->room, bytes.data, bytes.length);
    bring(world, number, bytes.length);
}

static void
step(struct world *world)
{
    uint32_t number = feed_below(&world->feed, PEERS);

    switch (feed_below(&world->feed, 8)) {
    case 0:
        say_hello(world, number);
        break;
    case 1:
        say_raw(world, number);
        break;
    case 2:
    case 3:
        commit_group(world);
        world->full = feed_below(&world->feed, 8) == 7;
        break;
    default:
        say_batch(world, number);
        break;
    }
}

// replay has another ledger fold the records, and compares.
static void
replay(struct world *world)
{
    struct ledger *other = open_ledger(samples_published());

    for (size_t i = 0; i < world->record_count; i++)
        must(ledger_replay(other, span_of(world->records[i].bytes,
                                          world->records[i].length)) ==
                 STATUS_OK,
             "what was written can be replayed");
    must(ledger_position(other) == ledger_position(world->ledger) &&
             ledger_end(other)->events == ledger_end(world->ledger)->events &&
             memcmp(ledger_end(other)->head, ledger_end(world->ledger)->head,
                    CHAIN_SIZE) == 0,
         "a replay ends where the journal does");
    must(figures(other) == figures(world->ledger),
         "a replay gives the same bytes");
    ledger_close(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world world;
    static const struct store_identity identity = {{1}, 1};

    memset(&world, 0, offsetof(struct world, room));
    world.feed = (struct feed){data, size};
    world.now = (struct instant){1000, NOW_MS};
    world.ledger = open_ledger(samples_published());
    struct service_options options = {
        .ledger = world.ledger,
        .history = samples_published(),
        .identity = &identity,
        .seed = 7,
        .sink = {.link = {.shell = &world,
                          .to_peer = to_peer,
                          .notice = link_notice},
                 .append = append,
                 .notice = service_notice},
    };
    must(service_open(&world.service, &options) == STATUS_OK,
         "there is memory");
    service_begin(world.service, world.now);
    say_hello(&world, 0);
    while (world.feed.left > 0)
        step(&world);
    commit_group(&world);
    replay(&world);
    service_close(world.service);
    ledger_close(world.ledger);
    for (size_t i = 0; i < world.record_count; i++)
        free(world.records[i].bytes);
    return 0;
}
