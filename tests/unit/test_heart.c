// SPDX-License-Identifier: Apache-2.0
//
// The promise of the heart (domain.md T17): whatever order, repetition, split
// or taking back and forth, the same events give the same bytes, and those are
// what an oracle counts that knows nothing of sets.
//
// HEART_SEED=n runs one seed, HEART_ROUNDS=n as many from 1 on.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "tests/unit/heart_judge.h"
#include "tests/unit/heart_shard.h"
#include "tests/unit/heart_stream.h"

enum { ROUNDS = 60, SHARDS = 3 };

static struct shard whole, parts[SHARDS];
static struct stream stream;
static uint8_t expected[SHARD_DUMP_MAX], actual[SHARD_DUMP_MAX];
static size_t expected_length;

static uint64_t
setting(const char *name, uint64_t otherwise)
{
    const char *const text = getenv(name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

static const struct rulebook_history *
history_of(uint64_t seed)
{
    return seed % 3 == 0 ? &one_version : &two_versions;
}

// for_each_seed runs a check over fresh streams and names the seed it fails at.
static void
for_each_seed(bool (*check)(struct dice *dice,
                            const struct rulebook_history *history))
{
    const uint64_t only = setting("HEART_SEED", 0);
    const uint64_t last = only ? only : setting("HEART_ROUNDS", ROUNDS);

    for (uint64_t seed = only ? only : 1; seed <= last; seed++) {
        struct dice dice = {seed * 0x9e3779b97f4a7c15};

        stream_make(&stream, &dice);
        shard_clear(&whole, history_of(seed), 0, 1);
        for (size_t i = 0; i < stream.count; i++)
            shard_fold(&whole, &stream.events[i]);
        expected_length = shard_dump(&whole, expected);
        if (!check(&dice, history_of(seed)))
            fail_msg("HEART_SEED=%llu", (unsigned long long)seed);
    }
}

static bool
dumps_as_expected(struct shard *shard)
{
    const size_t length = shard_dump(shard, actual);

    return length == expected_length &&
           memcmp(actual, expected, expected_length) == 0;
}

// --- Order, repetition, shards -----------------------------------------------

static bool
check_permutations(struct dice *dice, const struct rulebook_history *history)
{
    for (int round = 0; round < 3; round++) {
        size_t order[3 * STREAM_MAX], count = 0;

        for (size_t i = 0; i < stream.count; i++)
            for (uint32_t times = dice_below(dice, 3) + 1; times > 0; times--)
                order[count++] = i;
        dice_shuffle(dice, order, count);
        shard_clear(&whole, history, 0, 1);
        for (size_t i = 0; i < count; i++)
            shard_fold(&whole, &stream.events[order[i]]);
        if (!dumps_as_expected(&whole))
            return false;
    }
    return true;
}

static void
any_order_and_repetition_gives_the_same_bytes(void **state)
{
    (void)state;
    for_each_seed(check_permutations);
}

static bool
check_shards(struct dice *dice, const struct rulebook_history *history)
{
    size_t order[STREAM_MAX];

    for (uint32_t part = 0; part < SHARDS; part++) {
        for (size_t i = 0; i < stream.count; i++)
            order[i] = i;
        dice_shuffle(dice, order, stream.count);
        shard_clear(&parts[part], history, part, SHARDS);
        for (size_t i = 0; i < stream.count; i++)
            shard_fold(&parts[part], &stream.events[order[i]]);
    }
    shard_clear(&whole, history, 0, 1);
    for (uint32_t part = 0; part < SHARDS; part++)
        shard_merge(&whole, &parts[part]);
    return dumps_as_expected(&whole);
}

static void
shards_add_up_to_the_same_bytes(void **state)
{
    (void)state;
    for_each_seed(check_shards);
}

// --- Voids -------------------------------------------------------------------

// add_voids adds a VOID of every event that is no control and, behind them, an
// UNVOID of each; returns how many there are of either.
static size_t
add_voids(struct dice *dice)
{
    const size_t before = stream.count;
    size_t voids = 0;

    stream.first_id += STREAM_IDS; // that no mistaken control hits by chance
    for (size_t i = 0; i < before; i++)
        if (!event_type_is_control(stream.events[i].type)) {
            stream_control(&stream, dice, EVENT_VOID, &stream.events[i]);
            voids++;
        }
    for (size_t i = 0; i < voids; i++)
        stream_undo(&stream, dice, EVENT_UNVOID, &stream.events[before + i]);
    return voids;
}

// only_traces_of_voids tells whether nothing is left but the statistics of
// controls, with `voids` events counted out.
static bool
only_traces_of_voids(size_t voids)
{
    const uint32_t voided = counter(COUNTER_COUNT, COUNT_VOIDED, 0);
    const uint32_t orphan = counter(COUNTER_COUNT, COUNT_CONTROL_ORPHAN, 0);
    int64_t sum = 0;

    for (size_t r = 0; r < whole.row_count; r++)
        for (uint32_t i = 0; i < whole.rows[r].tally.used; i++)
            if (whole.rows[r].tally.counters[i] == voided)
                sum += whole.rows[r].tally.values[i];
            else if (whole.rows[r].tally.counters[i] != orphan)
                return false;
    return sum == (int64_t)voids;
}

static bool
check_voids(struct dice *dice, const struct rulebook_history *history)
{
    const size_t before = stream.count;
    const size_t voids = add_voids(dice);
    size_t order[STREAM_MAX];

    (void)history;
    for (size_t i = before; i < before + voids; i++)
        shard_fold(&whole, &stream.events[i]);
    if (!only_traces_of_voids(voids))
        return false;
    for (size_t i = 0; i < voids; i++)
        order[i] = before + voids + i;
    dice_shuffle(dice, order, voids);
    for (size_t i = 0; i < voids; i++)
        shard_fold(&whole, &stream.events[order[i]]);
    return dumps_as_expected(&whole);
}

static void
voided_events_leave_no_figure_and_unvoid_brings_all_back(void **state)
{
    (void)state;
    for_each_seed(check_voids);
}

static bool
check_interleaving(struct dice *dice, const struct rulebook_history *history)
{
    size_t order[STREAM_MAX];

    add_voids(dice);
    for (size_t i = 0; i < stream.count; i++)
        order[i] = i;
    dice_shuffle(dice, order, stream.count);
    shard_clear(&whole, history, 0, 1);
    for (size_t i = 0; i < stream.count; i++)
        shard_fold(&whole, &stream.events[order[i]]);
    return dumps_as_expected(&whole);
}

static void
voids_before_their_targets_and_unvoids_before_voids_change_nothing(void **state)
{
    (void)state;
    for_each_seed(check_interleaving);
}

// --- The oracle --------------------------------------------------------------

static int64_t
figure(const struct shard *shard, const struct delta *delta)
{
    for (size_t r = 0; r < shard->row_count; r++)
        if (memcmp(&shard->rows[r].key, &delta->key, sizeof delta->key) == 0)
            return tally_get(&shard->rows[r].tally, delta->counter);
    return 0;
}

static bool
check_oracle(struct dice *dice, const struct rulebook_history *history)
{
    static struct oracle oracle;
    size_t figures = 0, used = 0;

    (void)dice;
    oracle_judge(&oracle, history, stream.events, stream.count);
    for (size_t i = 0; i < oracle.count; i++) {
        const struct delta *const truth = &oracle.figures[i];

        if (figure(&whole, truth) != truth->value) {
            print_message("month %u dealer %u slice %u counter %08x: %lld, "
                          "should be %lld\n",
                          truth->key.month, truth->key.dealer, truth->key.slice,
                          truth->counter, (long long)figure(&whole, truth),
                          (long long)truth->value);
            return false;
        }
        figures += truth->value != 0;
    }
    for (size_t r = 0; r < whole.row_count; r++)
        used += whole.rows[r].tally.used;
    return used == figures;
}

static void
figures_are_those_of_an_oracle_over_all_events(void **state)
{
    (void)state;
    for_each_seed(check_oracle);
}

// --- Too large ---------------------------------------------------------------

static void
set_too_large_is_so_in_any_order(void **state)
{
    (void)state;
    enum { EVENTS = ENTITY_EVENTS_MAX + 1 };
    static struct event events[EVENTS];
    struct dice dice = {1};
    size_t order[EVENTS];

    for (size_t i = 0; i < EVENTS; i++) {
        events[i] = event_of((uint32_t)i + 1, EVENT_VISIT_CLOSED,
                             OCTOBER_15 + (int64_t)i);
        events[i].visit = span_text("v1");
        order[i] = i;
    }
    for (int round = 0; round < 4; round++) {
        dice_shuffle(&dice, order, EVENTS);
        shard_clear(&whole, &one_version, 0, 1);
        for (size_t i = 0; i < EVENTS; i++)
            shard_fold(&whole, &events[order[i]]);
        size_t used = 0;
        for (size_t r = 0; r < whole.row_count; r++)
            used += whole.rows[r].tally.used;
        assert_int_equal(used, 1);
        assert_int_equal(
            figure(&whole, &(struct delta){.key = {MONTH_NONE, 1, SLICE_ALL},
                                           .counter = counter(
                                               COUNTER_COUNT,
                                               COUNT_ENTITY_TOO_LARGE, 0)}),
            1);
    }
}

static int
free_shards(void **state)
{
    (void)state;
    shard_clear(&whole, &one_version, 0, 1);
    for (uint32_t part = 0; part < SHARDS; part++)
        shard_clear(&parts[part], &one_version, part, SHARDS);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_and_repetition_gives_the_same_bytes),
        cmocka_unit_test(shards_add_up_to_the_same_bytes),
        cmocka_unit_test(
            voided_events_leave_no_figure_and_unvoid_brings_all_back),
        cmocka_unit_test(
            voids_before_their_targets_and_unvoids_before_voids_change_nothing),
        cmocka_unit_test(figures_are_those_of_an_oracle_over_all_events),
        cmocka_unit_test(set_too_large_is_so_in_any_order),
    };
    return cmocka_run_group_tests_name("heart", tests, NULL, free_shards);
}
