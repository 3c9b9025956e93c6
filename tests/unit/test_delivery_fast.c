// SPDX-License-Identifier: Apache-2.0
//
// What delivery_fast takes means what protobuf-c says, it takes all that our
// writers write, and what it leaves alone reads the same the other way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/wire/conversation.h"
#include "common/wire/delivery_fast.h"
#include "common/wire/put.h"
#include "terminal.pb-c.h"
#include "tests/support/dice.h"

enum { ROOM = 32768, BODY_MAX = 20000 };

static uint8_t room[ROOM], body[BODY_MAX];

static const uint64_t seqs[] = {1,
                                127,
                                128,
                                UINT64_C(1) << 32,
                                (UINT64_C(1) << 56) - 1,
                                UINT64_C(1) << 56,
                                INT64_MAX};
static const int64_t times[] = {
    0,
    -1,
    63,
    INT64_C(1760000000000),
    (INT64_C(1) << 55) - 1,
    INT64_C(1) << 55,
    INT64_MIN,
    INT64_MAX,
};
static const uint32_t lengths[] = {20, 127, 128, 200, 8192, 16383, 16384};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

// write_one returns a delivery's own bytes, without tag and length.
static struct span
write_one(uint64_t seq, int64_t recorded_at_ms, uint32_t length)
{
    struct writer out = writer_on(room, sizeof room);
    struct span bytes = {NULL, 0};

    parcel_delivery(&out, seq, recorded_at_ms, span_of(body, length));
    assert_false(out.failed);
    struct repeated list =
        repeated_of(span_of(room, out.used), PARCEL_DELIVERIES);
    assert_true(repeated_next(&list, &bytes));
    return bytes;
}

// backwards writes the same fields the other way round.
static struct span
backwards(uint64_t seq, int64_t recorded_at_ms, uint32_t length)
{
    struct writer out = writer_on(room, sizeof room);

    put_bytes_always(&out, DELIVERY_BODY, span_of(body, length));
    put_signed_always(&out, DELIVERY_RECORDED_AT, recorded_at_ms);
    put_unsigned_always(&out, DELIVERY_SEQ, seq);
    assert_false(out.failed);
    return span_of(room, out.used);
}

static void
assert_reads(struct span bytes, uint64_t seq, int64_t recorded_at_ms,
             uint32_t length)
{
    struct delivery delivery;

    memset(&delivery, 0x55, sizeof delivery);
    assert_true(delivery_read(bytes, &delivery));
    assert_true(delivery.seq == seq);
    assert_true(delivery.recorded_at_ms == recorded_at_ms);
    assert_true(span_equal(delivery.body, span_of(body, length)));
    assert_int_equal(delivery.salt.length, 0);
    assert_int_equal(delivery.comment.length, 0);
    assert_int_equal(delivery.signature.length, 0);
    assert_true(span_equal(delivery.bytes, bytes));
}

static void
both_ways_read_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(seqs); i++)
        for (size_t j = 0; j < COUNT(times); j++)
            for (size_t k = 0; k < COUNT(lengths); k++) {
                struct delivery delivery;
                assert_reads(write_one(seqs[i], times[j], lengths[k]), seqs[i],
                             times[j], lengths[k]);
                struct span other = backwards(seqs[i], times[j], lengths[k]);
                assert_false(delivery_fast(other, &delivery));
                assert_reads(other, seqs[i], times[j], lengths[k]);
            }
}

static void
an_ordinary_delivery_takes_the_short_way(void **state)
{
    (void)state;
    struct delivery delivery;

    for (uint64_t seq = 1; seq < UINT64_C(1) << 40; seq = seq * 3 + 1)
        for (uint32_t length = 20; length <= EVENT_BODY_MAX;
             length += 1 + length / 3) {
            struct span bytes = write_one(seq, INT64_C(1760000000000), length);
            assert_true(delivery_fast(bytes, &delivery));
        }
}

// assert_agrees holds what delivery_fast makes of bytes against protobuf-c.
// The bytes are copied into a block of exactly their size, so that reading
// beyond the end shows.
static bool
assert_agrees(struct span bytes)
{
    struct delivery delivery;
    uint8_t *block = malloc(bytes.length);

    assert_non_null(block);
    memcpy(block, bytes.data, bytes.length);
    bool taken = delivery_fast(span_of(block, bytes.length), &delivery);
    if (taken) {
        Dealerpulse__Delivery *mirror =
            dealerpulse__delivery__unpack(NULL, bytes.length, block);
        assert_non_null(mirror);
        assert_true(mirror->seq == delivery.seq && delivery.seq >= 1);
        assert_true(mirror->recorded_at_ms == delivery.recorded_at_ms);
        assert_true(span_equal(delivery.body,
                               span_of(mirror->body.data, mirror->body.len)));
        assert_true(!mirror->has_salt && !mirror->comment &&
                    !mirror->has_signature && !mirror->has_sealed);
        dealerpulse__delivery__free_unpacked(mirror, NULL);
    }
    free(block);
    return taken;
}

// Any byte of the head changed, and the end cut off or moved out.
static void
what_it_takes_means_what_protobuf_says(void **state)
{
    (void)state;
    struct dice dice = {20251};
    unsigned taken = 0, left = 0;

    for (int round = 0; round < 40000; round++) {
        uint64_t seq = (dice_roll(&dice) >> dice_below(&dice, 64) >> 1) + 1;
        int64_t at = (int64_t)(dice_roll(&dice) >> dice_below(&dice, 64));
        struct span bytes = write_one(seq, at, dice_below(&dice, 300));
        uint8_t *data = room + (bytes.data - room);
        uint32_t head = bytes.length < 24 ? bytes.length : 24;
        for (uint32_t n = dice_below(&dice, 3); n > 0; n--)
            data[dice_below(&dice, head)] ^= (uint8_t)dice_roll(&dice);
        if (dice_below(&dice, 4) == 0)
            bytes.length -= dice_below(&dice, bytes.length);
        else if (dice_below(&dice, 8) == 0)
            bytes.length += dice_below(&dice, 40);
        assert_agrees(bytes) ? taken++ : left++;
    }
    assert_true(taken > 5000 && left > 5000);
}

// The list around deliveries: short and long lengths, and lengths that lie.
static void
a_delivery_ends_within_its_parcel(void **state)
{
    (void)state;
    struct span found = {NULL, 0};

    for (size_t k = 0; k < COUNT(lengths); k++) {
        struct span bytes = write_one(5, 6, lengths[k]);
        size_t all = (size_t)(bytes.data - room) + bytes.length;
        uint8_t *block = malloc(all);
        assert_non_null(block);
        memcpy(block, room, all);
        const uint8_t *next = delivery_span(block, block + all, &found);
        if (bytes.length < 16384) {
            assert_ptr_equal(next, block + all);
            assert_true(span_equal(found, bytes));
        } else {
            assert_null(next); // a length of three bytes: looked at elsewhere
        }
        for (size_t left = 0; left < all; left += 1 + left / 8)
            assert_null(delivery_span(block, block + left, &found));
        free(block);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_read_the_same),
        cmocka_unit_test(an_ordinary_delivery_takes_the_short_way),
        cmocka_unit_test(what_it_takes_means_what_protobuf_says),
        cmocka_unit_test(a_delivery_ends_within_its_parcel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
