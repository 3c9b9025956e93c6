// SPDX-License-Identifier: Apache-2.0
#include "common/domain/sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

// A small generator with a fixed seed, so that a failure comes back.
static uint32_t
draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static size_t
encoded(const struct sequence *sequence, uint8_t *out)
{
    size_t length = sequence_encode(sequence, out);

    assert_true(length <= SEQUENCE_BYTES_MAX);
    return length;
}

static void
assert_same(const struct sequence *a, const struct sequence *b)
{
    static uint8_t of_a[SEQUENCE_BYTES_MAX], of_b[SEQUENCE_BYTES_MAX];
    size_t length = encoded(a, of_a);

    assert_int_equal(length, encoded(b, of_b));
    assert_memory_equal(of_a, of_b, length);
}

static void
nothing_arrived_at_first(void **state)
{
    (void)state;
    static struct sequence sequence;

    assert_false(sequence_has(&sequence, 0));
    assert_false(sequence_has(&sequence, 1));
    assert_int_equal(sequence_missing(&sequence), 0);
    sequence_add(&sequence, 0, 0); // names nothing
    sequence_add(&sequence, 5, 4);
    assert_int_equal(sequence.high, 0);
}

static void
what_lies_below_the_mark_is_missing_until_it_comes(void **state)
{
    (void)state;
    static struct sequence sequence;

    sequence_add(&sequence, 3, 5);
    assert_int_equal(sequence.high, 5);
    assert_int_equal(sequence.gap_count, 1);
    assert_int_equal(sequence_missing(&sequence), 2);
    sequence_add(&sequence, 10, 20);
    sequence_add(&sequence, 7, 7); // splits 6..9
    assert_int_equal(sequence.gap_count, 3);
    assert_true(sequence_has(&sequence, 7));
    assert_false(sequence_has(&sequence, 6));
    assert_false(sequence_has(&sequence, 8));
    assert_false(sequence_has(&sequence, 21));
    sequence_add(&sequence, 1, 30); // over all gaps and the mark
    assert_int_equal(sequence.gap_count, 0);
    assert_int_equal(sequence.high, 30);
    assert_int_equal(sequence.forgotten, 0);
}

enum { NUMBERS = 400, ROUNDS = 300 };

// Against a plain array of flags, and the same ranges in another order with
// repeats.
static void
any_order_and_repetition_gives_the_same_bytes(void **state)
{
    (void)state;
    static struct sequence one, other, read;
    static uint8_t bytes[SEQUENCE_BYTES_MAX];
    uint64_t seed = 20260101;

    for (int round = 0; round < ROUNDS; round++) {
        struct sequence_gap ranges[60];
        bool arrived[NUMBERS + 1] = {false};
        size_t count = 1 + draw(&seed, 60);
        uint64_t high = 0, missing = 0;

        memset(&one, 0, sizeof one);
        memset(&other, 0, sizeof other);
        for (size_t i = 0; i < count; i++) {
            uint64_t first = 1 + draw(&seed, NUMBERS - 20);
            uint64_t last = first + draw(&seed, 20);
            ranges[i] = (struct sequence_gap){first, last};
            sequence_add(&one, first, last);
            for (uint64_t n = first; n <= last; n++)
                arrived[n] = true;
            high = last > high ? last : high;
        }
        for (size_t i = 0; i < count; i++) {
            size_t with = i + draw(&seed, (uint32_t)(count - i));
            struct sequence_gap range = ranges[with];
            ranges[with] = ranges[i];
            ranges[i] = range;
            sequence_add(&other, range.first, range.last);
            if (i > 0 && draw(&seed, 3) == 0) {
                range = ranges[draw(&seed, (uint32_t)i)];
                sequence_add(&other, range.first, range.last);
            }
        }
        assert_same(&one, &other);
        assert_int_equal(one.high, high);
        for (uint64_t n = 1; n <= NUMBERS; n++) {
            assert_int_equal(sequence_has(&one, n), arrived[n]);
            missing += n < high && !arrived[n];
        }
        assert_int_equal(sequence_missing(&one), missing);

        size_t length = encoded(&one, bytes);
        assert_int_equal(sequence_decode(&read, span_of(bytes, length)),
                         STATUS_OK);
        assert_same(&one, &read);
    }
}

static void
the_oldest_gap_is_forgotten_beyond_the_bound(void **state)
{
    (void)state;
    static struct sequence sequence;

    // 2, 4, 6 ...: the gaps 1, 3, 5 ...
    for (uint64_t n = 1; n <= SEQUENCE_GAPS_MAX; n++)
        sequence_add(&sequence, 2 * n, 2 * n);
    assert_int_equal(sequence.gap_count, SEQUENCE_GAPS_MAX);
    assert_int_equal(sequence.forgotten, 0);
    assert_false(sequence_has(&sequence, 1));

    sequence_add(&sequence, 3000, 3000);
    assert_int_equal(sequence.gap_count, SEQUENCE_GAPS_MAX);
    assert_int_equal(sequence.forgotten, 1);
    assert_true(sequence_has(&sequence, 1)); // reads as arrived
    assert_false(sequence_has(&sequence, 3));

    // Splitting the newest gap forgets the oldest again.
    sequence_add(&sequence, 2500, 2500);
    assert_int_equal(sequence.forgotten, 2);
    assert_true(sequence_has(&sequence, 3));
    assert_false(sequence_has(&sequence, 2499));
    assert_false(sequence_has(&sequence, 2501));
}

static void
splitting_the_oldest_gap_when_full_forgets_its_lower_part(void **state)
{
    (void)state;
    static struct sequence sequence;

    sequence_add(&sequence, 11, 11); // the gap 1..10
    for (uint64_t n = 1; n < SEQUENCE_GAPS_MAX; n++)
        sequence_add(&sequence, 11 + 2 * n, 11 + 2 * n);
    assert_int_equal(sequence.gap_count, SEQUENCE_GAPS_MAX);
    sequence_add(&sequence, 5, 6);
    assert_int_equal(sequence.gap_count, SEQUENCE_GAPS_MAX);
    assert_int_equal(sequence.forgotten, 4);
    assert_true(sequence_has(&sequence, 4));
    assert_true(sequence_has(&sequence, 6));
    assert_false(sequence_has(&sequence, 7));
}

static void
the_largest_number_has_its_place(void **state)
{
    (void)state;
    static struct sequence sequence, read;
    static uint8_t bytes[SEQUENCE_BYTES_MAX];

    sequence_add(&sequence, UINT64_MAX, UINT64_MAX);
    sequence_add(&sequence, 100, 200);
    assert_true(sequence_has(&sequence, UINT64_MAX));
    assert_false(sequence_has(&sequence, UINT64_MAX - 1));
    size_t length = encoded(&sequence, bytes);
    assert_int_equal(sequence_decode(&read, span_of(bytes, length)), STATUS_OK);
    assert_same(&sequence, &read);
    sequence_add(&sequence, 1, UINT64_MAX);
    assert_int_equal(sequence.gap_count, 0);
}

static void
the_worst_case_fits_its_bound(void **state)
{
    (void)state;
    static struct sequence sequence, read;
    static uint8_t bytes[SEQUENCE_BYTES_MAX];
    const uint64_t step = UINT64_MAX / (SEQUENCE_GAPS_MAX + 2);

    for (uint64_t n = 1; n <= SEQUENCE_GAPS_MAX + 1; n++)
        sequence_add(&sequence, n * step, n * step + step / 2);
    assert_true(sequence.forgotten > 0);
    size_t length = encoded(&sequence, bytes);
    assert_int_equal(sequence_decode(&read, span_of(bytes, length)), STATUS_OK);
    assert_same(&sequence, &read);
}

static void
decode(const char *bytes, size_t length, enum status expected)
{
    static struct sequence sequence;

    assert_int_equal(sequence_decode(&sequence, span_of(bytes, length)),
                     expected);
}

static void
bytes_that_encode_would_not_write_are_corrupt(void **state)
{
    (void)state;
    decode("\x00\x00\x00", 3, STATUS_OK);
    decode("\x05\x00\x01\x00\x01", 5, STATUS_OK);      // 1..2 missing of 5
    decode("", 0, STATUS_CORRUPT);                     // nothing
    decode("\x05\x00", 2, STATUS_CORRUPT);             // cut short
    decode("\x05\x00\x01\x00", 4, STATUS_CORRUPT);     // half a gap
    decode("\x05\x00\x00\x00", 4, STATUS_CORRUPT);     // more than told
    decode("\x85\x00\x00\x00", 4, STATUS_CORRUPT);     // a longer 5
    decode("\x05\x00\x81\x10", 4, STATUS_CORRUPT);     // too many gaps
    decode("\x05\x00\x01\x00\x04", 5, STATUS_CORRUPT); // gap at the mark
    decode("\x05\x00\x01\x04\x00", 5, STATUS_CORRUPT); // gap above it
    decode("\x00\x00\x01\x00\x00", 5, STATUS_CORRUPT); // gap in nothing
    decode("\x05\x06\x00", 3, STATUS_CORRUPT);         // forgot too many
    decode("\x05\x00\x02\x00\x01\x01\x00", 7, STATUS_CORRUPT); // 2nd at mark
    decode("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x00\x00", 12,
           STATUS_CORRUPT); // beyond 64 bits
}

// Small bytes, so that a good share of them is readable.
static void
whatever_is_read_is_written_the_same(void **state)
{
    (void)state;
    static struct sequence sequence;
    static uint8_t again[SEQUENCE_BYTES_MAX];
    uint64_t seed = 4;
    size_t readable = 0;

    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[16];
        size_t length = 3 + draw(&seed, sizeof bytes - 3);

        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)draw(&seed, draw(&seed, 8) == 0 ? 256 : 6);
        bytes[0] = (uint8_t)(bytes[0] + 20);
        bytes[2] = (uint8_t)((length - 3) / 2);
        if (sequence_decode(&sequence, span_of(bytes, length)) != STATUS_OK)
            continue;
        readable++;
        assert_int_equal(encoded(&sequence, again), length);
        assert_memory_equal(again, bytes, length);
        for (size_t i = 1; i < sequence.gap_count; i++)
            assert_true(sequence.gaps[i].first > sequence.gaps[i - 1].last + 1);
    }
    assert_true(readable > 1000);
}

static void
sending_again_from_the_lowest_gap_closes_every_one(void **state)
{
    (void)state;
    static struct sequence sequence;

    assert_int_equal(sequence_resend_from(&sequence), 1);
    sequence_add(&sequence, 1, 10);
    assert_int_equal(sequence_resend_from(&sequence), 11);
    sequence_add(&sequence, 20, 30);
    sequence_add(&sequence, 40, 50);
    assert_int_equal(sequence_resend_from(&sequence), 11);
    sequence_add(&sequence, 11, 19);
    assert_int_equal(sequence_resend_from(&sequence), 31);
    for (uint64_t i = 0; i <= SEQUENCE_GAPS_MAX; i++)
        sequence_add(&sequence, 100 + 2 * i, 100 + 2 * i);
    assert_true(sequence.forgotten > 0);
    assert_int_equal(sequence_resend_from(&sequence), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_arrived_at_first),
        cmocka_unit_test(what_lies_below_the_mark_is_missing_until_it_comes),
        cmocka_unit_test(any_order_and_repetition_gives_the_same_bytes),
        cmocka_unit_test(the_oldest_gap_is_forgotten_beyond_the_bound),
        cmocka_unit_test(
            splitting_the_oldest_gap_when_full_forgets_its_lower_part),
        cmocka_unit_test(the_largest_number_has_its_place),
        cmocka_unit_test(the_worst_case_fits_its_bound),
        cmocka_unit_test(bytes_that_encode_would_not_write_are_corrupt),
        cmocka_unit_test(whatever_is_read_is_written_the_same),
        cmocka_unit_test(sending_again_from_the_lowest_gap_closes_every_one),
    };
    return cmocka_run_group_tests_name("sequence", tests, NULL, NULL);
}
