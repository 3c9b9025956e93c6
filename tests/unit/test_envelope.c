// SPDX-License-Identifier: Apache-2.0
//
// The conversation: what is written is read back, also by protobuf-c, and what
// is not a frame of ours is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/wire/envelope.h"
#include "common/wire/put.h"
#include "terminal.pb-c.h"

// A frame being written, and the last one read.
struct rig {
    uint8_t room[65536];
    struct writer out;
    struct envelope envelope;
};

static const uint8_t hash[HASH_SIZE] = {1, 2, 3};
static const uint8_t body[] = {0x0a, 0x00, 0x12, 0x00};

static struct writer *
begin(struct rig *rig)
{
    rig->out = writer_on(rig->room, sizeof rig->room);
    return &rig->out;
}

static void
read_fine(struct rig *rig, size_t length, enum envelope_kind kind)
{
    assert_int_not_equal(length, 0);
    assert_int_equal(envelope_read(span_of(rig->room, length), BATCH_EVENTS_MAX,
                                   &rig->envelope),
                     CODE_NONE);
    assert_int_equal(rig->envelope.kind, kind);
    Dealerpulse__Envelope *mirror =
        dealerpulse__envelope__unpack(NULL, length, rig->room);
    assert_non_null(mirror);
    assert_int_equal(mirror->kind_case, kind);
    dealerpulse__envelope__free_unpacked(mirror, NULL);
}

static void
refused(struct rig *rig, enum code code)
{
    size_t length = put_closed(&rig->out);

    assert_int_equal(envelope_read(span_of(rig->room, length), BATCH_EVENTS_MAX,
                                   &rig->envelope),
                     code);
}

// begin_kind opens an envelope of a kind; put_closed ends it.
static struct writer *
begin_kind(struct rig *rig, enum envelope_kind kind)
{
    struct writer *out = begin(rig);

    put_unsigned(out, 1, PROTOCOL_VERSION);
    put_open(out, kind);
    return out;
}

static void
assert_text(struct span span, const char *text)
{
    assert_true(span_equal(span, span_text(text)));
}

static void
a_hello_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct span dealers[] = {span_text("D1"), span_text("D2")};
    const struct hello hello = {
        .role = ROLE_DEALER,
        .name = span_text("T-1"),
        .epoch = UINT64_MAX,
        .last_seq = 12,
        .previous_epoch = 3,
        .previous_last_seq = 4,
        .waiting = 5,
        .software = span_text("own 1.0"),
    };
    size_t length = hello_write(begin(&rig), &hello, dealers, 2);
    struct hello *read = &rig.envelope.hello;
    struct span dealer;

    read_fine(&rig, length, ENVELOPE_HELLO);
    assert_int_equal(read->role, ROLE_DEALER);
    assert_text(read->name, "T-1");
    assert_true(read->epoch == UINT64_MAX && read->last_seq == 12 &&
                read->previous_epoch == 3 && read->previous_last_seq == 4 &&
                read->waiting == 5);
    assert_text(read->software, "own 1.0");
    assert_true(hello_next_dealer(&read->dealers, &dealer));
    assert_text(dealer, "D1");
    assert_true(hello_next_dealer(&read->dealers, &dealer));
    assert_text(dealer, "D2");
    assert_false(hello_next_dealer(&read->dealers, &dealer));
    assert_false(hello_next_dealer(&read->dealers, &dealer));
}

static void
who_a_hello_is_from_is_left_to_the_receiver(void **state)
{
    (void)state;
    static struct rig rig;
    struct span dealer;

    begin_kind(&rig, ENVELOPE_HELLO);
    put_unsigned(&rig.out, 1, 100);
    put_bytes(&rig.out, 2, span_text("T 1"));
    put_bytes_always(&rig.out, 3, span_text(""));
    put_bytes_always(&rig.out, 3, span_text("经销商"));
    read_fine(&rig, put_closed(&rig.out), ENVELOPE_HELLO);
    struct hello *hello = &rig.envelope.hello;
    assert_int_equal(hello->role, 100);
    assert_text(hello->name, "T 1");
    assert_true(hello_next_dealer(&hello->dealers, &dealer));
    assert_int_equal(dealer.length, 0);
    assert_true(hello_next_dealer(&hello->dealers, &dealer));
    assert_text(dealer, "经销商");
    assert_false(hello_next_dealer(&hello->dealers, &dealer));
}

static void
a_hello_that_is_unreadable_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;

    put_bytes(begin_kind(&rig, ENVELOPE_HELLO), 3, span_text("\xff"));
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_kind(&rig, ENVELOPE_HELLO), 3, 1);
    refused(&rig, CODE_MALFORMED);
    put_bytes(begin_kind(&rig, ENVELOPE_HELLO), 2, span_of("T\0", 2));
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_kind(&rig, ENVELOPE_HELLO), 4, 1); // not fixed64
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_kind(&rig, ENVELOPE_HELLO), 10, 1);
    refused(&rig, CODE_MALFORMED);
}

static void
a_welcome_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct span collectors[] = {span_text("tcp://10.0.0.1:7070")};
    const struct welcome welcome = {
        .session = 77,
        .store = span_of(hash, 16),
        .incarnation = 2,
        .server_time_ms = -5,
        .credit = 1024,
        .max_event_bytes = 8192,
        .max_batch_events = 512,
        .max_batch_bytes = FRAME_MAX,
        .programme_hash = span_of(hash, HASH_SIZE),
        .dealers_hash = span_of(hash, HASH_SIZE),
        .backed_up_position = 9,
    };
    size_t length = welcome_write(begin(&rig), &welcome, collectors, 1);
    struct welcome *read = &rig.envelope.welcome;
    struct span collector;

    read_fine(&rig, length, ENVELOPE_WELCOME);
    assert_true(read->session == 77 && read->incarnation == 2 &&
                read->server_time_ms == -5 && read->credit == 1024);
    assert_true(span_equal(read->store, welcome.store));
    assert_true(span_equal(read->dealers_hash, welcome.dealers_hash));
    assert_int_equal(read->max_batch_bytes, FRAME_MAX);
    assert_int_equal(read->backed_up_position, 9);
    assert_int_equal(read->refusal, CODE_NONE);
    assert_true(welcome_next_collector(&read->collectors, &collector));
    assert_text(collector, "tcp://10.0.0.1:7070");
    assert_false(welcome_next_collector(&read->collectors, &collector));
}

static void
a_refusal_says_why(void **state)
{
    (void)state;
    static struct rig rig;
    const struct welcome welcome = {.refusal = CODE_NOT_PERMITTED,
                                    .refusal_text = span_text("not here")};
    size_t length = welcome_write(begin(&rig), &welcome, NULL, 0);

    read_fine(&rig, length, ENVELOPE_WELCOME);
    assert_int_equal(rig.envelope.welcome.refusal, CODE_NOT_PERMITTED);
    assert_text(rig.envelope.welcome.refusal_text, "not here");
    put_bytes_always(begin_kind(&rig, ENVELOPE_WELCOME), 14, span_text(""));
    refused(&rig, CODE_MALFORMED);
}

static void
a_welcome_asks_to_resend(void **state)
{
    (void)state;
    static struct rig rig;
    struct writer *out = begin_kind(&rig, ENVELOPE_WELCOME);
    uint64_t epoch, seq;

    for (uint64_t i = 1; i <= 2; i++) {
        put_open(out, 10);
        put_fixed64(out, 1, 100 * i);
        put_unsigned(out, 2, i);
        put_close(out);
    }
    read_fine(&rig, put_closed(out), ENVELOPE_WELCOME);
    struct repeated *list = &rig.envelope.welcome.resend_from;
    assert_true(welcome_next_resend(list, &epoch, &seq));
    assert_true(epoch == 100 && seq == 1);
    assert_true(welcome_next_resend(list, &epoch, &seq));
    assert_true(epoch == 200 && seq == 2);
    assert_false(welcome_next_resend(list, &epoch, &seq));
}

static void
batch_of_two_parcels(struct rig *rig)
{
    struct writer *out = begin(rig);
    const struct settled settled = {
        .first_seq = 3, .last_seq = 5, .code = CODE_BAD_TEXT, .digest = {9}};

    batch_begin(out, 77, 8);
    parcel_begin(out, span_text("T-1"), 99, 1000);
    parcel_delivery(out, 1, 500, span_of(body, sizeof body));
    parcel_delivery(out, 2, 501, (struct span){NULL, 0});
    parcel_settled(out, &settled);
    parcel_received(out, span_text("C-1"), 1001);
    parcel_end(out);
    parcel_begin(out, span_text("T-2"), 98, 1002);
    parcel_delivery(out, 7, 502, span_of(body, sizeof body));
    parcel_end(out);
    read_fine(rig, batch_end(out), ENVELOPE_BATCH);
}

static void
a_batch_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    struct parcel parcel;
    struct delivery delivery;
    struct settled settled;

    batch_of_two_parcels(&rig);
    struct batch *batch = &rig.envelope.batch;
    assert_true(batch->session == 77 && batch->number == 8);
    assert_true(batch_next_parcel(&batch->parcels, &parcel));
    assert_text(parcel.terminal, "T-1");
    assert_true(parcel.epoch == 99 && parcel.sent_at_ms == 1000 &&
                parcel.received_at_ms == 1001 && parcel.delivery_count == 2);
    assert_text(parcel.collector, "C-1");
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_true(delivery.seq == 1 && delivery.recorded_at_ms == 500);
    assert_true(span_equal(delivery.body, span_of(body, sizeof body)));
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_true(delivery.seq == 2 && delivery.body.length == 0);
    assert_false(parcel_next_delivery(&parcel.deliveries, &delivery));
    assert_true(parcel_next_settled(&parcel.settled, &settled));
    assert_true(settled.first_seq == 3 && settled.last_seq == 5 &&
                settled.code == CODE_BAD_TEXT && settled.digest[0] == 9);
    assert_false(parcel_next_settled(&parcel.settled, &settled));
    assert_true(batch_next_parcel(&batch->parcels, &parcel));
    assert_text(parcel.terminal, "T-2");
    assert_int_equal(parcel.collector.length, 0);
    assert_false(batch_next_parcel(&batch->parcels, &parcel));
}

static void
a_delivery_is_passed_on_as_it_came(void **state)
{
    (void)state;
    static struct rig rig, on;
    struct parcel parcel;
    struct delivery delivery, copy;
    struct writer *out = begin_kind(&rig, ENVELOPE_BATCH);

    // With a comment, and with its fields in an order of the sender's own.
    put_open(out, 3);
    put_bytes(out, 1, span_text("T-1"));
    put_open(out, 4);
    put_bytes(out, 5, span_text("good coffee"));
    put_bytes(out, 4, span_of(hash, SALT_SIZE));
    put_bytes(out, 3, span_of(body, sizeof body));
    put_unsigned(out, 1, 12);
    read_fine(&rig, put_closed(out), ENVELOPE_BATCH);
    assert_true(batch_next_parcel(&rig.envelope.batch.parcels, &parcel));
    assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));

    batch_begin(begin(&on), 1, 1);
    parcel_begin(&on.out, parcel.terminal, parcel.epoch, parcel.sent_at_ms);
    parcel_delivery_copy(&on.out, delivery.bytes);
    parcel_end(&on.out);
    parcel_copy_begin(&on.out, parcel.bytes);
    parcel_received(&on.out, span_text("C-1"), 1);
    parcel_end(&on.out);
    read_fine(&on, batch_end(&on.out), ENVELOPE_BATCH);
    for (int i = 0; i < 2; i++) {
        assert_true(batch_next_parcel(&on.envelope.batch.parcels, &parcel));
        assert_text(parcel.terminal, "T-1");
        assert_true(parcel_next_delivery(&parcel.deliveries, &copy));
        assert_true(span_equal(copy.bytes, delivery.bytes));
        assert_text(copy.comment, "good coffee");
        assert_int_equal(copy.salt.length, SALT_SIZE);
    }
    assert_text(parcel.collector, "C-1");
}

static void
a_batch_holds_a_bounded_number_of_events(void **state)
{
    (void)state;
    static struct rig rig;
    struct writer *out = begin(&rig);

    batch_begin(out, 1, 1);
    for (uint64_t seq = 1; seq <= BATCH_EVENTS_MAX; seq++) {
        parcel_begin(out, span_text("T-1"), 1, 1);
        parcel_delivery(out, seq, 1, span_of(body, sizeof body));
        parcel_end(out);
    }
    static struct rig full;
    full = rig;
    full.out.data = full.room;
    read_fine(&full, batch_end(&full.out), ENVELOPE_BATCH);
    parcel_begin(out, span_text("T-1"), 1, 1);
    parcel_delivery(out, 1000, 1, span_of(body, sizeof body));
    parcel_end(out);
    refused(&rig, CODE_TOO_LARGE);
}

static struct writer *
begin_parcel(struct rig *rig)
{
    struct writer *out = begin(rig);

    batch_begin(out, 1, 1);
    parcel_begin(out, span_text("T-1"), 1, 1);
    return out;
}

static void
a_parcel_that_is_none_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;
    struct settled settled = {.first_seq = 5, .last_seq = 4};

    batch_begin(begin(&rig), 1, 1);
    parcel_begin(&rig.out, (struct span){NULL, 0}, 1, 1);
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_parcel(&rig), 8, 1); // unknown
    refused(&rig, CODE_MALFORMED);
    put_bytes(begin_parcel(&rig), 1, span_text("T-2")); // twice
    refused(&rig, CODE_MALFORMED);
    parcel_settled(begin_parcel(&rig), &settled);
    refused(&rig, CODE_MALFORMED);
    parcel_received(begin_parcel(&rig), span_text("C 1"), 1);
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin_parcel(&rig), 4, 1); // a delivery that is a number
    refused(&rig, CODE_MALFORMED);
}

static void
a_delivery_that_is_none_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;

    put_open(begin_parcel(&rig), 4); // no seq
    refused(&rig, CODE_MALFORMED);
    put_open(begin_parcel(&rig), 4);
    put_unsigned(&rig.out, 1, 1);
    put_unsigned(&rig.out, 1, 2);
    refused(&rig, CODE_MALFORMED);
    put_open(begin_parcel(&rig), 4);
    put_unsigned(&rig.out, 1, UINT64_MAX);
    refused(&rig, CODE_MALFORMED);
    put_open(begin_parcel(&rig), 4);
    put_unsigned(&rig.out, 1, 1);
    put_unsigned(&rig.out, 7, 1);
    refused(&rig, CODE_MALFORMED);
}

static void
a_receipt_is_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct receipt receipt = {.session = 77,
                                    .batch = 8,
                                    .events = 10,
                                    .credit = 500,
                                    .server_time_ms = 1000,
                                    .position = 4,
                                    .backed_up_position = 3};
    const struct span collectors[] = {span_text("tcp://[::1]:7070")};
    const struct outcome rejected = outcome_of(CODE_OFF_SCALE, "values");
    const struct outcome again = outcome_of(CODE_UNKNOWN_DEALER, NULL);
    struct receipt_outcome outcome;

    receipt_begin(begin(&rig), &receipt);
    receipt_outcome(&rig.out, 0, &rejected);
    receipt_outcome(&rig.out, 9, &again);
    read_fine(&rig, receipt_end(&rig.out, collectors, 1), ENVELOPE_RECEIPT);
    struct receipt *read = &rig.envelope.receipt;
    assert_true(read->session == 77 && read->batch == 8 && read->events == 10 &&
                read->credit == 500 && read->position == 4 &&
                read->backed_up_position == 3);
    assert_true(receipt_next_outcome(&read->outcomes, &outcome));
    assert_true(outcome.index == 0 && outcome.kind == OUTCOME_REJECTED &&
                outcome.code == CODE_OFF_SCALE && outcome.after_ms == 0);
    assert_text(outcome.field, "values");
    assert_text(outcome.text, code_text(CODE_OFF_SCALE));
    assert_true(receipt_next_outcome(&read->outcomes, &outcome));
    assert_true(outcome.index == 9 && outcome.kind == OUTCOME_RETRY &&
                outcome.after_ms == again.after_ms);
    assert_false(receipt_next_outcome(&read->outcomes, &outcome));
    struct span collector;
    assert_true(welcome_next_collector(&read->collectors, &collector));
    assert_text(collector, "tcp://[::1]:7070");
}

static void
an_outcome_is_passed_on_under_another_index(void **state)
{
    (void)state;
    static struct rig rig;
    const struct receipt receipt = {.events = 100};
    const struct receipt_outcome from = {.index = 3,
                                         .kind = OUTCOME_RETRY,
                                         .code =
                                             (enum code)120, // of a newer one
                                         .field = span_text("f"),
                                         .text = span_text("t"),
                                         .after_ms = 9};
    struct receipt_outcome outcome;

    receipt_begin(begin(&rig), &receipt);
    receipt_outcome_copy(&rig.out, 42, &from);
    read_fine(&rig, receipt_end(&rig.out, NULL, 0), ENVELOPE_RECEIPT);
    assert_true(receipt_next_outcome(&rig.envelope.receipt.outcomes, &outcome));
    assert_true(outcome.index == 42 && outcome.kind == OUTCOME_RETRY &&
                (int)outcome.code == 120 && outcome.after_ms == 9);
    assert_text(outcome.field, "f");
    assert_text(outcome.text, "t");
}

static void
an_outcome_is_of_an_event_of_the_receipt(void **state)
{
    (void)state;
    static struct rig rig;
    const struct receipt receipt = {.events = 3};
    const struct outcome rejected = outcome_of(CODE_BAD_ID, "id");

    receipt_begin(begin(&rig), &receipt);
    receipt_outcome(&rig.out, 3, &rejected);
    refused(&rig, CODE_MALFORMED);
}

static void
signs_of_life_are_read_back(void **state)
{
    (void)state;
    static struct rig rig;
    const struct ping ping = {.sent_at_ms = 1790000000000};
    const struct pong pong = {
        .sent_at_ms = 1, .server_time_ms = -2, .credit = 3};
    const struct goaway goaway = {.reconnect_after_ms = 4000,
                                  .code = CODE_SHUTTING_DOWN,
                                  .text = span_text("bye")};

    read_fine(&rig, ping_write(begin(&rig), &ping), ENVELOPE_PING);
    assert_true(rig.envelope.ping.sent_at_ms == ping.sent_at_ms);
    read_fine(&rig, pong_write(begin(&rig), &pong), ENVELOPE_PONG);
    assert_true(rig.envelope.pong.sent_at_ms == 1 &&
                rig.envelope.pong.server_time_ms == -2 &&
                rig.envelope.pong.credit == 3);
    read_fine(&rig, goaway_write(begin(&rig), &goaway), ENVELOPE_GOAWAY);
    assert_int_equal(rig.envelope.goaway.reconnect_after_ms, 4000);
    assert_int_equal(rig.envelope.goaway.code, CODE_SHUTTING_DOWN);
    assert_text(rig.envelope.goaway.text, "bye");
}

static void
another_version_is_told_from_garbage(void **state)
{
    (void)state;
    static struct rig rig;

    put_unsigned(begin(&rig), 1, 2);
    refused(&rig, CODE_UNKNOWN_VERSION);
    put_unsigned(begin(&rig), 1, 2);
    put_unsigned(&rig.out, 900, 1); // whatever version 2 may hold
    refused(&rig, CODE_UNKNOWN_VERSION);
    put_unsigned_always(begin(&rig), 1, 0);
    put_bytes_always(&rig.out, ENVELOPE_PING, (struct span){NULL, 0});
    refused(&rig, CODE_UNKNOWN_VERSION);
}

static void
garbage_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;

    begin(&rig); // an empty frame
    refused(&rig, CODE_MALFORMED);
    put_unsigned(begin(&rig), 1, 1); // no kind
    refused(&rig, CODE_MALFORMED);
    put_bytes_always(begin(&rig), ENVELOPE_PING, (struct span){NULL, 0});
    refused(&rig, CODE_MALFORMED); // no version
    begin_kind(&rig, ENVELOPE_PING);
    put_close(&rig.out);
    put_bytes_always(&rig.out, ENVELOPE_PONG, (struct span){NULL, 0});
    refused(&rig, CODE_MALFORMED); // two kinds
    begin_kind(&rig, ENVELOPE_GOAWAY);
    put_bytes(&rig.out, 3, span_text("\xff"));
    refused(&rig, CODE_MALFORMED);
    begin_kind(&rig, (enum envelope_kind)9);
    refused(&rig, CODE_MALFORMED);
    begin_kind(&rig, ENVELOPE_PING);
    put_unsigned(&rig.out, 2, 1); // unknown
    refused(&rig, CODE_MALFORMED);
}

static void
a_frame_cut_short_anywhere_is_malformed(void **state)
{
    (void)state;
    static struct rig rig;
    struct envelope envelope;

    batch_of_two_parcels(&rig);
    size_t length = rig.out.used;
    for (size_t cut = 0; cut < length; cut++) {
        uint8_t exact[512];
        memcpy(exact, rig.room, cut);
        assert_int_equal(
            envelope_read(span_of(exact, cut), BATCH_EVENTS_MAX, &envelope),
            CODE_MALFORMED);
    }
}

static void
a_writer_without_room_says_so(void **state)
{
    (void)state;
    uint8_t room[64];

    for (size_t capacity = 0; capacity < sizeof room; capacity++) {
        struct writer out = writer_on(room, capacity);
        batch_begin(&out, 1, 1);
        parcel_begin(&out, span_text("T-1"), 1, 1);
        parcel_delivery(&out, 1, 1, span_of(body, sizeof body));
        parcel_end(&out);
        size_t length = batch_end(&out);
        assert_true(length == 0 ? out.failed : !out.failed);
        assert_true(out.used <= capacity);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_is_read_back),
        cmocka_unit_test(who_a_hello_is_from_is_left_to_the_receiver),
        cmocka_unit_test(a_hello_that_is_unreadable_is_malformed),
        cmocka_unit_test(a_welcome_is_read_back),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(a_welcome_asks_to_resend),
        cmocka_unit_test(a_batch_is_read_back),
        cmocka_unit_test(a_delivery_is_passed_on_as_it_came),
        cmocka_unit_test(a_batch_holds_a_bounded_number_of_events),
        cmocka_unit_test(a_parcel_that_is_none_is_malformed),
        cmocka_unit_test(a_delivery_that_is_none_is_malformed),
        cmocka_unit_test(a_receipt_is_read_back),
        cmocka_unit_test(an_outcome_is_passed_on_under_another_index),
        cmocka_unit_test(an_outcome_is_of_an_event_of_the_receipt),
        cmocka_unit_test(signs_of_life_are_read_back),
        cmocka_unit_test(another_version_is_told_from_garbage),
        cmocka_unit_test(garbage_is_malformed),
        cmocka_unit_test(a_frame_cut_short_anywhere_is_malformed),
        cmocka_unit_test(a_writer_without_room_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
