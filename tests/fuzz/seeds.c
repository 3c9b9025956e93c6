// SPDX-License-Identifier: Apache-2.0
//
// seeds <corpus folder>: writes what the fuzzers start from: real encodings of
// everything, as our writers and as protobuf-c make them, and hostile ones
// made of them.  The same on every machine.
#include <sys/stat.h>

#include "common/wire/event_code.h"
#include "common/wire/query.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mirror.h"
#include "tests/fuzz/seeds.h"

void
seed_write(const char *folder, const char *target, const char *name,
           struct span bytes)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes.data, 1, bytes.length, file) != bytes.length ||
        fclose(file) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

// hostile_write adds the same bytes cut short, with a bit turned, and doubled.
static void
hostile_write(const char *folder, const char *target, const char *name,
              struct span bytes)
{
    uint8_t room[2 * EVENT_BODY_MAX];
    char made[64];

    seed_write(folder, target, name, bytes);
    if (bytes.length < 4 || bytes.length > EVENT_BODY_MAX)
        return;
    snprintf(made, sizeof made, "%s-cut", name);
    seed_write(folder, target, made, span_of(bytes.data, bytes.length * 2 / 3));
    memcpy(room, bytes.data, bytes.length);
    room[bytes.length / 2] ^= 0x80;
    snprintf(made, sizeof made, "%s-bit", name);
    seed_write(folder, target, made, span_of(room, bytes.length));
    memcpy(room, bytes.data, bytes.length);
    memcpy(room + bytes.length, bytes.data, bytes.length);
    snprintf(made, sizeof made, "%s-twice", name);
    seed_write(folder, target, made, span_of(room, 2 * bytes.length));
}

// event_draw draws events of a type and keeps the one that says most, in room.
static void
event_draw(enum event_type type, struct dice *dice, uint8_t *room,
           struct event *kept)
{
    enum { DRAWS = 50 };
    uint8_t texts[EVENT_TEXTS_MAX], body[EVENT_BODY_MAX];
    size_t longest = 0;
    struct event event;

    for (int draws = 0; draws < DRAWS;) {
        event_random(&event, dice, texts);
        if (event.type != type)
            continue;
        size_t length = event_write(&event, body, sizeof body);
        if (length > longest) {
            longest = length;
            memcpy(room, body, length);
        }
        draws++;
    }
    if (event_read(span_of(room, longest), kept).code)
        abort();
}

// One of every type, by our writer and by protobuf-c.  The corpus also keeps
// those of earlier writers: what was once accepted must be for ever.
static void
events_write(const char *folder)
{
    static const enum event_type types[] = {
#define X(name, number) EVENT_##name,
        EVENT_TYPE_MAP(X)
#undef X
    };
    struct dice dice = {.state = 20261122};
    uint8_t kept[EVENT_BODY_MAX], body[EVENT_BODY_MAX];
    struct event event;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char name[64];
        event_draw(types[i], &dice, kept, &event);
        size_t length = event_write(&event, body, sizeof body);
        snprintf(name, sizeof name, "full-%s", event_type_name(types[i]));
        hostile_write(folder, "event", name, span_of(body, length));
        length = mirror_write(&event, true, body);
        snprintf(name, sizeof name, "full-%s-defaults",
                 event_type_name(types[i]));
        seed_write(folder, "event", name, span_of(body, length));
    }
}

static const uint8_t hash[HASH_SIZE] = {7, 7, 7};

static void
batch_fill(struct writer *writer, bool commit)
{
    static const uint8_t body[] = {0x0a, 0x01, 0x00};
    struct settled settled = {.first_seq = 3, .last_seq = 5, .code = 4};

    if (commit)
        commit_begin(writer, 1, hash, 1790000000000);
    else
        batch_begin(writer, 77, 1);
    parcel_begin(writer, span_text("T-1"), 99, 1790000000000);
    parcel_delivery(writer, 1, 1790000000000, span_of(body, sizeof body));
    parcel_delivery(writer, 2, 1790000000001, (struct span){NULL, 0});
    parcel_settled(writer, &settled);
    parcel_received(writer, span_text("C-1"), 1790000000002);
    parcel_end(writer);
    parcel_begin(writer, span_text("T-2"), 98, 0);
    parcel_end(writer);
}

static void
greetings_write(const char *folder)
{
    uint8_t room[4096];
    struct span names[] = {span_text("D1"), span_text("tcp://10.0.0.1:7070")};
    struct hello hello = {.role = ROLE_DEALER,
                          .name = span_text("T-1"),
                          .epoch = 99,
                          .last_seq = 12,
                          .waiting = 3,
                          .software = span_text("dealerpulse-terminal 0.1.0")};
    struct welcome welcome = {.session = 77,
                              .store = span_of(hash, 16),
                              .incarnation = 1,
                              .credit = 1024,
                              .programme_hash = span_of(hash, HASH_SIZE)};
    struct writer writer = writer_on(room, sizeof room);
    size_t length = hello_write(&writer, &hello, names, 1);
    hostile_write(folder, "envelope", "hello", span_of(room, length));
    writer = writer_on(room, sizeof room);
    length = welcome_write(&writer, &welcome, names + 1, 1);
    hostile_write(folder, "envelope", "welcome", span_of(room, length));
    welcome.refusal = CODE_NOT_PERMITTED;
    welcome.refusal_text = span_text("not here");
    writer = writer_on(room, sizeof room);
    length = welcome_write(&writer, &welcome, NULL, 0);
    seed_write(folder, "envelope", "refusal", span_of(room, length));
}

static void
envelopes_write(const char *folder)
{
    uint8_t room[4096];
    struct ping ping = {.sent_at_ms = 1790000000000};
    struct pong pong = {.sent_at_ms = 1, .server_time_ms = 2, .credit = 3};
    struct goaway goaway = {.code = CODE_SHUTTING_DOWN,
                            .reconnect_after_ms = 1000};
    struct receipt receipt = {.session = 77, .batch = 1, .events = 2};
    struct outcome outcome = outcome_of(CODE_BAD_FIELD, "items");
    struct writer writer = writer_on(room, sizeof room);

    batch_fill(&writer, false);
    size_t length = batch_end(&writer);
    hostile_write(folder, "envelope", "batch", span_of(room, length));
    writer = writer_on(room, sizeof room);
    receipt_begin(&writer, &receipt);
    receipt_outcome(&writer, 1, &outcome);
    length = receipt_end(&writer, NULL, 0);
    hostile_write(folder, "envelope", "receipt", span_of(room, length));
    writer = writer_on(room, sizeof room);
    length = ping_write(&writer, &ping);
    hostile_write(folder, "envelope", "ping", span_of(room, length));
    room[1] = 2;
    seed_write(folder, "envelope", "version-2", span_of(room, length));
    writer = writer_on(room, sizeof room);
    length = pong_write(&writer, &pong);
    seed_write(folder, "envelope", "pong", span_of(room, length));
    writer = writer_on(room, sizeof room);
    length = goaway_write(&writer, &goaway);
    seed_write(folder, "envelope", "goaway", span_of(room, length));
}

static void
commits_write(const char *folder)
{
    static const uint8_t body[] = {0x00};
    const struct delivery delivery = {.seq = 7,
                                      .body = span_of(body, sizeof body)};
    struct publication publication = {PUBLICATION_PROGRAMME,
                                      span_of(hash, HASH_SIZE),
                                      span_text("programme: demo\n")};
    uint8_t room[4096];
    struct writer writer = writer_on(room, sizeof room);

    batch_fill(&writer, true);
    commit_conflict(&writer, span_text("T-1"), 99, &delivery);
    commit_publication(&writer, &publication);
    size_t length = commit_end(&writer);
    hostile_write(folder, "commit", "commit", span_of(room, length));
    writer = writer_on(room, sizeof room);
    commit_begin(&writer, 2, hash, 0);
    length = commit_end(&writer);
    hostile_write(folder, "commit", "empty", span_of(room, length));
}

static void
queries_write(const char *folder)
{
    uint8_t room[4096];

    for (int question = QUESTION_STATUS; question <= QUESTION_ALERTS;
         question++) {
        struct query query = {.number = 5,
                              .question = (enum question)question,
                              .kind = PUBLICATION_DEALERS,
                              .hash = span_of(hash, HASH_SIZE),
                              .first_month = 24312,
                              .last_month = 24321,
                              .limit = 100,
                              .after_case = {.length = 2, .bytes = {2, 7}},
                              .after_position = 9,
                              .since_ms = 1790000000000};
        struct writer writer = writer_on(room, sizeof room);
        char name[32];
        size_t length = query_write(&writer, &query);
        snprintf(name, sizeof name, "question-%d", question);
        hostile_write(folder, "query", name, span_of(room, length));
    }
}

static void
answers_write(const char *folder)
{
    static const uint32_t months[] = {24312, 24313}, counters[] = {1, 70000};
    static const int64_t values[] = {-5, INT64_MAX};
    struct store_status status = {.store = span_of(hash, 16),
                                  .incarnation = 1,
                                  .journal_position = 9,
                                  .events = 1000};
    struct quarantine_row row = {.position = 4, .index = 2, .reason = 1};
    struct publication publication = {
        PUBLICATION_DEALERS, span_of(hash, HASH_SIZE), span_text("id,name\n")};
    uint8_t room[4096];
    struct writer writer = writer_on(room, sizeof room);

    answer_begin(&writer, 5, 9);
    answer_status(&writer, &status, months, 2);
    answer_publication(&writer, &publication);
    answer_tally(&writer, 24312, span_text("D1"), 0, counters, values, 2);
    answer_tally(&writer, 0, span_text("HQ"), 1, NULL, NULL, 0);
    answer_quarantine(&writer, &row);
    size_t length = answer_end(&writer);
    hostile_write(folder, "query", "answer", span_of(room, length));
    writer = writer_on(room, sizeof room);
    answer_begin(&writer, 6, 9);
    answer_error(&writer, CODE_STORE_FULL, "no room");
    length = answer_end(&writer);
    seed_write(folder, "query", "error", span_of(room, length));
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: fuzz_seeds <corpus folder>\n");
        return 64;
    }
    events_write(argv[1]);
    greetings_write(argv[1]);
    envelopes_write(argv[1]);
    commits_write(argv[1]);
    queries_write(argv[1]);
    answers_write(argv[1]);
    pages_write(argv[1]);
    return 0;
}
