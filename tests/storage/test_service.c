// SPDX-License-Identifier: Apache-2.0
//
// What the aggregator grants its collectors, and how it says goodbye.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "aggregator/data.h"
#include "aggregator/service.h"
#include "common/config/programme.h"
#include "common/crypto/digest.h"
#include "common/wire/event_code.h"
#include "tests/support/temp_dir.h"

enum { MAP = 64 << 20, ROOM = 1 << 16, SENT_MAX = 8 };

static const struct instant NOW = {.steady_ms = 5000, .wall_ms = 1790000000000};
static const struct peer collector = {.length = 5, .id = {0, 1, 2, 3, 4}};

struct fixture {
    char dir[TEMP_DIR_MAX];
    char *programme, *dealers;
    size_t programme_length, dealers_length;
    struct problems problems;
    struct data data;
    struct data_report report;
    struct service *service;
    size_t sent_count, sent_taken;
    uint8_t sent[SENT_MAX][4096];
    size_t sent_length[SENT_MAX];
    uint8_t frame[ROOM];
    struct writer out;
};

static void
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct fixture *fixture = shell;

    assert_true(peer_equal(peer, &collector));
    assert_true(fixture->sent_count < SENT_MAX &&
                frame.length < sizeof *fixture->sent);
    memcpy(fixture->sent[fixture->sent_count], frame.data, frame.length);
    fixture->sent_length[fixture->sent_count++] = frame.length;
}

static void
link_told(void *shell, enum link_notice notice, enum code code,
          struct span about)
{
    (void)shell;
    (void)notice;
    (void)code;
    (void)about;
}

static enum status
append(void *shell, struct span record, const struct journal_end *end)
{
    struct fixture *fixture = shell;
    return data_append(&fixture->data, record, end);
}

static void
told(void *shell, enum service_notice notice, uint64_t position,
     enum status status)
{
    (void)shell;
    (void)position;
    fail_msg("notice %d, status %d", notice, status);
}

static int
set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    if (!fixture || crypto_start() != STATUS_OK ||
        temp_dir_make(fixture->dir) ||
        file_take(SAMPLES_DIR "/ecsi/programme.yaml", ROOM, &fixture->programme,
                  &fixture->programme_length,
                  &fixture->problems) != STATUS_OK ||
        file_take(SAMPLES_DIR "/ecsi/dealers.csv", ROOM, &fixture->dealers,
                  &fixture->dealers_length, &fixture->problems) != STATUS_OK)
        return -1;
    const struct data_options options = {
        .dir = fixture->dir,
        .journal_bytes = MAP,
        .state_bytes = MAP,
        .checkpoint_events = 400000,
        .checkpoint_ms = 1000,
        .credit = LINK_CREDIT,
        .programme = span_of(fixture->programme, fixture->programme_length),
        .dealers = span_of(fixture->dealers, fixture->dealers_length),
        .now = NOW.wall_ms,
    };
    if (data_open(&fixture->data, &options, &fixture->report,
                  &fixture->problems) != STATUS_OK)
        return -1;
    const struct service_options service = {
        .ledger = fixture->data.ledger,
        .history = fixture->data.history,
        .identity = &fixture->data.identity,
        .seed = 42,
        .sink = {.link = {.shell = fixture,
                          .to_peer = to_peer,
                          .notice = link_told},
                 .append = append,
                 .notice = told},
    };
    return service_open(&fixture->service, &service) == STATUS_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
    struct fixture *fixture = *state;

    service_close(fixture->service);
    data_close(&fixture->data);
    int failed = temp_dir_remove(fixture->dir);
    free(fixture->programme);
    free(fixture->dealers);
    free(fixture);
    return failed;
}

static struct writer *
begin(struct fixture *fixture)
{
    fixture->out = writer_on(fixture->frame, sizeof fixture->frame);
    return &fixture->out;
}

static void
bring(struct fixture *fixture, size_t length)
{
    enum service_taken taken;

    assert_true(length > 0);
    service_tend(fixture->service, NOW);
    service_begin(fixture->service, NOW);
    assert_int_equal(service_take(fixture->service, NOW, &collector,
                                  span_of(fixture->frame, length), &taken),
                     STATUS_OK);
    assert_int_equal(service_commit(fixture->service, NOW), STATUS_OK);
}

// next returns what the collector is told next.
static struct envelope
next(struct fixture *fixture, enum envelope_kind kind)
{
    struct envelope envelope;
    size_t at = fixture->sent_taken++;

    assert_true(at < fixture->sent_count);
    assert_int_equal(
        envelope_read(span_of(fixture->sent[at], fixture->sent_length[at]), 0,
                      &envelope),
        CODE_NONE);
    assert_int_equal(envelope.kind, kind);
    return envelope;
}

static struct welcome
greet(struct fixture *fixture)
{
    const struct hello hello = {
        .role = ROLE_COLLECTOR, .name = span_text("collector-1"), .epoch = 3};
    bring(fixture, hello_write(begin(fixture), &hello, NULL, 0));
    return next(fixture, ENVELOPE_WELCOME).welcome;
}

static struct receipt
send_one(struct fixture *fixture, uint64_t session, uint64_t number)
{
    struct writer *out = begin(fixture);
    uint8_t body[EVENT_BODY_MAX];
    const struct event event = {.id.bytes = {1, (uint8_t)number},
                                .dealer_id = span_text("D0"),
                                .occurred_at = NOW.wall_ms - DAY_MS,
                                .type = EVENT_VISIT_OPENED,
                                .visit = span_text("V1")};

    batch_begin(out, session, number);
    parcel_begin(out, span_text("till"), 9, NOW.wall_ms);
    parcel_delivery(out, number, NOW.wall_ms,
                    span_of(body, event_write(&event, body, sizeof body)));
    parcel_received(out, span_text("collector-1"), NOW.wall_ms);
    parcel_end(out);
    bring(fixture, batch_end(out));
    return next(fixture, ENVELOPE_RECEIPT).receipt;
}

static void
a_draining_aggregator_still_stores_and_grants_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct welcome welcome = greet(fixture);

    assert_int_equal(welcome.credit, LINK_CREDIT);
    assert_int_equal(send_one(fixture, welcome.session, 1).credit, LINK_CREDIT);
    service_drain(fixture->service, NOW);
    uint64_t before = ledger_end(fixture->data.ledger)->events;
    struct receipt receipt = send_one(fixture, welcome.session, 2);
    assert_int_equal(receipt.credit, 0);
    assert_int_equal(receipt.events, 1);
    assert_int_equal(ledger_end(fixture->data.ledger)->events, before + 1);
    bring(fixture, ping_write(begin(fixture), &(struct ping){.sent_at_ms = 1}));
    assert_int_equal(next(fixture, ENVELOPE_PONG).pong.credit, 0);

    service_part(fixture->service);
    assert_int_equal(next(fixture, ENVELOPE_GOAWAY).goaway.code,
                     CODE_SHUTTING_DOWN);
    assert_int_equal(greet(fixture).refusal, CODE_SHUTTING_DOWN);
}

static void
who_waits_for_credit_is_told_when_there_is_some(void **state)
{
    struct fixture *fixture = *state;
    struct link link = {
        .welcome = {.credit = LINK_CREDIT},
        .sink = {.shell = fixture, .to_peer = to_peer, .notice = link_told}};

    sessions_put(&link.sessions, &collector, 7, NOW.steady_ms);
    link_grant(&link, NOW, 0);
    assert_int_equal(fixture->sent_count, 0);
    link_grant(&link, NOW, 2048);
    assert_int_equal(next(fixture, ENVELOPE_PONG).pong.credit, 2048);
    link_grant(&link, NOW, LINK_CREDIT);
    assert_int_equal(fixture->sent_count, 1); // with the next receipt
}

static void
credit_shrinks_with_the_room_that_is_left(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger *ledger = fixture->data.ledger;

    assert_int_equal(ledger_credit(ledger, 1), LINK_CREDIT);
    uint32_t before = LINK_CREDIT;
    for (size_t collectors = 1; collectors < 100000; collectors *= 2) {
        uint32_t credit = ledger_credit(ledger, collectors);
        assert_true(credit <= before);
        before = credit;
    }
    assert_int_equal(before, 1); // little, but an empty cache never says 0
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_draining_aggregator_still_stores_and_grants_nothing),
        TEST(who_waits_for_credit_is_told_when_there_is_some),
        TEST(credit_shrinks_with_the_room_that_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
