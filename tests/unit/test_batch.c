// SPDX-License-Identifier: Apache-2.0
//
// BATCH, and the parcels and deliveries in it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/envelope_rig.h"

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
    parcel_told(out, 8);
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
    assert_int_equal(batch->events, 3);
    assert_true(batch_next_parcel(&batch->parcels, &parcel));
    assert_text(parcel.terminal, "T-1");
    assert_true(parcel.epoch == 99 && parcel.sent_at_ms == 1000 &&
                parcel.received_at_ms == 1001 && parcel.delivery_count == 2);
    assert_text(parcel.collector, "C-1");
    assert_int_equal(parcel.told_seq, 8);
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
    assert_int_equal(parcel.told_seq, 0);
    assert_false(batch_next_parcel(&batch->parcels, &parcel));
}

// put_range writes a settled range of one number.
static void
put_range(struct writer *out, uint64_t seq)
{
    const struct settled settled = {
        .first_seq = seq, .last_seq = seq, .digest = {9}};

    parcel_settled(out, &settled);
}

static void
the_lists_of_a_parcel_may_be_mixed(void **state)
{
    (void)state;
    static struct rig rig;
    struct parcel parcel;
    struct delivery delivery;
    struct settled settled;
    struct writer *out = begin(&rig);

    batch_begin(out, 77, 8);
    parcel_begin(out, span_text("T-1"), 99, 1000);
    put_range(out, 3);
    parcel_delivery(out, 1, 500, span_of(body, sizeof body));
    put_range(out, 4);
    parcel_received(out, span_text("C-1"), 1001);
    parcel_delivery(out, 2, 500, span_of(body, sizeof body));
    put_range(out, 5);
    parcel_end(out);
    read_fine(&rig, batch_end(out), ENVELOPE_BATCH);

    assert_int_equal(rig.envelope.batch.events, 2);
    assert_true(batch_next_parcel(&rig.envelope.batch.parcels, &parcel));
    assert_int_equal(parcel.delivery_count, 2);
    for (uint64_t seq = 1; seq <= 2; seq++) {
        assert_true(parcel_next_delivery(&parcel.deliveries, &delivery));
        assert_int_equal(delivery.seq, seq);
    }
    assert_false(parcel_next_delivery(&parcel.deliveries, &delivery));
    for (uint64_t seq = 3; seq <= 5; seq++) {
        assert_true(parcel_next_settled(&parcel.settled, &settled));
        assert_int_equal(settled.first_seq, seq);
    }
    assert_false(parcel_next_settled(&parcel.settled, &settled));
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
    put_unsigned(begin_parcel(&rig), 9, 1); // unknown
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
        cmocka_unit_test(a_batch_is_read_back),
        cmocka_unit_test(the_lists_of_a_parcel_may_be_mixed),
        cmocka_unit_test(a_delivery_is_passed_on_as_it_came),
        cmocka_unit_test(a_batch_holds_a_bounded_number_of_events),
        cmocka_unit_test(a_parcel_that_is_none_is_malformed),
        cmocka_unit_test(a_delivery_that_is_none_is_malformed),
        cmocka_unit_test(a_frame_cut_short_anywhere_is_malformed),
        cmocka_unit_test(a_writer_without_room_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
