// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/domain/tally.h"

enum { CAPACITY = 64 };

static int64_t memory[CAPACITY * 2], other_memory[CAPACITY * 2];

static struct tally
empty_tally(void)
{
    struct tally tally;

    assert_true(tally_bytes(CAPACITY) <= sizeof memory);
    tally_init(&tally, CAPACITY, memory);
    return tally;
}

static enum status
add(struct tally *tally, uint32_t counter, int64_t value)
{
    const struct delta delta = {.counter = counter, .value = value};
    size_t done = 99;
    const enum status status = tally_add(tally, &delta, 1, &done);

    assert_int_equal(done, status == STATUS_OK);
    return status;
}

static void
tally_is_the_sum_of_its_deltas(void **state)
{
    (void)state;
    struct tally tally = empty_tally();
    const struct delta deltas[] = {{.counter = 3, .value = 5},
                                   {.counter = 9, .value = -2},
                                   {.counter = 9, .value = -3},
                                   {.counter = 12, .value = 0}};
    size_t done;

    assert_int_equal(tally_add(&tally, deltas, 4, &done), STATUS_OK);
    assert_int_equal(done, 4);
    assert_int_equal(tally_get(&tally, 3), 5);
    assert_int_equal(tally_get(&tally, 9), -5);
    assert_int_equal(tally_get(&tally, 4), 0);
    assert_int_equal(tally_get(&tally, 12), 0);
    assert_int_equal(tally.used, 2);
}

static void
counter_that_returns_to_zero_is_gone(void **state)
{
    (void)state;
    struct tally tally = empty_tally();

    assert_int_equal(add(&tally, 7, 4), STATUS_OK);
    assert_int_equal(add(&tally, 8, 1), STATUS_OK);
    assert_int_equal(add(&tally, 7, -4), STATUS_OK);
    assert_int_equal(tally.used, 1);
    assert_int_equal(tally_get(&tally, 8), 1);
}

static void
full_tally_is_left_as_it_was(void **state)
{
    (void)state;
    struct tally tally = empty_tally();
    struct delta deltas[CAPACITY + 1];
    size_t done;

    for (uint32_t i = 0; i <= CAPACITY; i++)
        deltas[i] = (struct delta){.counter = 2 * i, .value = 1};
    assert_int_equal(tally_add(&tally, deltas, CAPACITY + 1, &done),
                     STATUS_FULL);
    assert_int_equal(done, CAPACITY);
    assert_int_equal(tally.used, CAPACITY);
    assert_int_equal(add(&tally, 4, 1), STATUS_OK);
    assert_int_equal(add(&tally, 5, 1), STATUS_FULL);
    assert_int_equal(tally_get(&tally, 4), 2);
}

static void
sum_that_leaves_64_bits_is_refused(void **state)
{
    (void)state;
    struct tally tally = empty_tally();

    assert_int_equal(add(&tally, 1, INT64_MAX), STATUS_OK);
    assert_int_equal(add(&tally, 1, 1), STATUS_FULL);
    assert_int_equal(tally_get(&tally, 1), INT64_MAX);
    assert_int_equal(add(&tally, 2, INT64_MIN), STATUS_OK);
    assert_int_equal(add(&tally, 2, -1), STATUS_FULL);
}

// A plain array beside the tally, for as many random additions.
static void
additions_at_any_place_equal_a_plain_array(void **state)
{
    (void)state;
    enum { SPAN = 4000, ROUNDS = 2000, MOST = 40 };
    static int64_t truth[SPAN], space[SPAN * 2];
    struct tally tally;

    srandom(1);
    tally_init(&tally, SPAN, space);
    for (int round = 0; round < ROUNDS; round++) {
        struct delta deltas[MOST];
        uint32_t counter = (uint32_t)random() % SPAN;
        size_t count = 0, done;

        while (count < MOST && counter < SPAN) {
            deltas[count] =
                (struct delta){.counter = counter, .value = random() % 3 - 1};
            truth[counter] += deltas[count++].value;
            counter += 1 + (uint32_t)random() % (random() % 4 ? 5 : 900);
        }
        assert_int_equal(tally_add(&tally, deltas, count, &done), STATUS_OK);
    }
    uint32_t used = 0;
    for (uint32_t i = 0; i < SPAN; i++) {
        assert_int_equal(tally_get(&tally, i), truth[i]);
        used += truth[i] != 0;
    }
    assert_int_equal(tally.used, used);
    for (uint32_t i = 1; i < tally.used; i++)
        assert_true(tally.counters[i - 1] < tally.counters[i]);
}

static void
bytes_bring_back_the_tally(void **state)
{
    (void)state;
    static const int64_t values[] = {1, -1, 63, INT64_MAX, INT64_MIN};
    struct tally tally = empty_tally(), back;
    uint8_t bytes[1024];
    uint32_t count;

    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(
            add(&tally, i == 4 ? UINT32_MAX : i * 1000000, values[i]),
            STATUS_OK);
    const size_t length = tally_encode(&tally, bytes);
    const struct span span = span_of(bytes, length);

    assert_true(length <= tally_encoded_max(tally.used));
    assert_int_equal(tally_count(span, &count), STATUS_OK);
    assert_int_equal(count, 5);
    tally_init(&back, CAPACITY, other_memory);
    assert_int_equal(tally_decode(&back, span), STATUS_OK);
    assert_int_equal(back.used, 5);
    assert_memory_equal(back.counters, tally.counters, 5 * sizeof(uint32_t));
    assert_memory_equal(back.values, tally.values, 5 * sizeof(int64_t));
}

static void
empty_tally_is_no_bytes(void **state)
{
    (void)state;
    struct tally tally = empty_tally();
    uint8_t bytes[1];
    uint32_t count = 9;

    assert_int_equal(tally_encode(&tally, bytes), 0);
    assert_int_equal(tally_count((struct span){0}, &count), STATUS_OK);
    assert_int_equal(count, 0);
    assert_int_equal(tally_decode(&tally, (struct span){0}), STATUS_OK);
}

static void
bytes_of_another_hand_are_corrupt(void **state)
{
    (void)state;
    static const struct {
        uint8_t length, bytes[16];
    } bad[] = {
        {1, {0x01}},                                  // no value
        {2, {0x01, 0x00}},                            // a zero
        {3, {0x81, 0x00, 0x02}},                      // longer than need be
        {2, {0x01, 0x82}},                            // cut short
        {7, {0x80, 0x80, 0x80, 0x80, 0x10, 2, 2}},    // beyond 32 bits
        {8, {0xff, 0xff, 0xff, 0xff, 0x0f, 2, 0, 2}}, // one more after the last
        {12, {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0}},
    };
    struct tally tally = empty_tally();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(
            tally_decode(&tally, span_of(bad[i].bytes, bad[i].length)),
            STATUS_CORRUPT);
        assert_int_equal(tally.used, 0);
    }
}

// Whatever bytes decode are the bytes that tally_encode writes.
static void
what_decodes_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    int decoded = 0;

    srandom(2);
    for (int round = 0; round < 200000; round++) {
        uint8_t bytes[12], again[512];
        const size_t length = (size_t)random() % sizeof bytes;
        struct tally tally = empty_tally();
        uint32_t count;

        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)(random() >> 8) >> (random() % 8);
        const struct span span = span_of(bytes, length);
        if (tally_decode(&tally, span) != STATUS_OK)
            continue;
        decoded++;
        assert_int_equal(tally_count(span, &count), STATUS_OK);
        assert_int_equal(count, tally.used);
        assert_int_equal(tally_encode(&tally, again), length);
        assert_memory_equal(again, bytes, length);
    }
    assert_true(decoded > 1000);
}

static void
stored_keys_sort_as_the_struct(void **state)
{
    (void)state;
    static const struct tally_key keys[] = {
        {0, 0, 1},   {1, 0, 0},         {1, 255, 0},
        {1, 256, 0}, {1, 256, 1},       {255, 0, 0},
        {256, 0, 0}, {24321, 70000, 1}, {24321, 70001, 0}};
    uint8_t before[TALLY_KEY_SIZE], bytes[TALLY_KEY_SIZE];

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct tally_key back;

        tally_key_write(&keys[i], bytes);
        tally_key_read(&back, bytes);
        assert_memory_equal(&back, &keys[i], sizeof back);
        if (i > 0)
            assert_true(memcmp(before, bytes, sizeof bytes) < 0);
        memcpy(before, bytes, sizeof bytes);
    }
}

static void
every_count_is_found_by_its_lower_case_name(void **state)
{
    (void)state;
    static const char *const upper[] = {
#define X(name, text) #name,
        COUNT_MAP(X)
#undef X
    };

    for (unsigned i = 0; i < COUNT_END; i++) {
        const char *const name = count_name((enum count)i);

        assert_int_equal(strlen(name), strlen(upper[i]));
        for (size_t c = 0; name[c]; c++)
            assert_int_equal(name[c], tolower((unsigned char)upper[i][c]));
        assert_int_equal(count_by_name(name), i);
        assert_true(strlen(count_text((enum count)i)) > 0);
    }
    assert_int_equal(count_by_name("nobody counts this"), COUNT_END);
    assert_string_equal(count_name(COUNT_END), "unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tally_is_the_sum_of_its_deltas),
        cmocka_unit_test(counter_that_returns_to_zero_is_gone),
        cmocka_unit_test(full_tally_is_left_as_it_was),
        cmocka_unit_test(sum_that_leaves_64_bits_is_refused),
        cmocka_unit_test(additions_at_any_place_equal_a_plain_array),
        cmocka_unit_test(bytes_bring_back_the_tally),
        cmocka_unit_test(empty_tally_is_no_bytes),
        cmocka_unit_test(bytes_of_another_hand_are_corrupt),
        cmocka_unit_test(what_decodes_encodes_to_the_same_bytes),
        cmocka_unit_test(stored_keys_sort_as_the_struct),
        cmocka_unit_test(every_count_is_found_by_its_lower_case_name),
    };
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
