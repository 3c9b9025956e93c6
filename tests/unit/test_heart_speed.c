// SPDX-License-Identifier: Apache-2.0
//
// How long one new survey of ten answers takes through the heart: keys, decode,
// add, encode, contribution, change, tallies of 5,000 dealers.  The CPU time is
// printed, not judged (bench/ does that); the figures are checked.
//
// HEART_ROUNDS=n folds so many rounds of 4,096 events instead of a few.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "tests/unit/heart_stream.h"

enum {
    ROUNDS = 12,
    DEALERS = 5000,
    ANSWERS = 10,
    LIVE = 4096, // events of one round, made beforehand
    ROWS = 1 << 14,
    COUNTERS = 256,
};

struct row {
    bool taken;
    struct tally_key key;
    struct tally tally;
};

struct bench {
    struct event events[LIVE];
    char visits[LIVE][16], customers[LIVE][20];
    struct row rows[ROWS];
    struct member members[ENTITY_MEMBERS_MAX];
    struct contribution before, after, change;
    uint8_t bytes[ENTITY_BYTES_MAX];
    size_t stored; // bytes that entities would take
};

static struct event
survey_of(struct bench *bench, size_t i, struct dice *dice)
{
    uint8_t values[ANSWERS];
    const uint64_t u = dice_below(dice, 1 << 16);

    for (size_t a = 0; a < ANSWERS; a++)
        values[a] = (uint8_t)(1 + dice_below(dice, 10));
    struct event event = response(
        (uint32_t)i, OCTOBER_15 + dice_below(dice, 30) * (int64_t)DAY_MS,
        ANSWERS, values);
    event.dealer = 1 + (uint32_t)(u * u * DEALERS >> 32); // few are large
    snprintf(bench->visits[i], sizeof *bench->visits, "V%010zu", i);
    event.visit = span_text(bench->visits[i]);
    memset(bench->customers[i], 'c', sizeof *bench->customers);
    memcpy(bench->customers[i], &i, sizeof i);
    event.customer = span_of(bench->customers[i], 16);
    return event;
}

static struct tally *
find_tally(struct bench *bench, const struct tally_key *key)
{
    uint64_t hash =
        (uint64_t)key->month << 40 | (uint64_t)key->slice << 32 | key->dealer;
    struct row *row;

    hash *= 0x9e3779b97f4a7c15;
    row = &bench->rows[hash >> 50];
    while (row->taken && memcmp(&row->key, key, sizeof *key) != 0)
        row = row == &bench->rows[ROWS - 1] ? bench->rows : row + 1;
    if (!row->taken) {
        void *const memory = malloc(tally_bytes(COUNTERS));

        assert_non_null(memory);
        tally_init(&row->tally, COUNTERS, memory);
        row->key = *key;
        row->taken = true;
    }
    return &row->tally;
}

static void
fold(struct bench *bench, const struct event *event, size_t entities)
{
    struct entity_key keys[ENTITY_KEYS_MAX];
    size_t count = entity_keys(event, &two_versions, keys);

    assert_int_equal(count, entities);
    for (size_t k = 0; k < count; k++) {
        const enum entity_kind kind = entity_kind_of(&keys[k]);
        struct entity entity = {.members = bench->members};
        size_t done;

        assert_int_equal(entity_decode(kind, (struct span){0}, &entity),
                         STATUS_OK);
        contribution_of(&keys[k], &entity, &two_versions, &bench->before);
        entity_add(kind, &entity, event);
        contribution_of(&keys[k], &entity, &two_versions, &bench->after);
        contribution_change(&bench->before, &bench->after, &bench->change);
        assert_int_equal(
            tally_add(find_tally(bench, &bench->change.deltas[0].key),
                      bench->change.deltas, bench->change.count, &done),
            STATUS_OK);
        bench->stored += entity_encode(kind, &entity, bench->bytes);
    }
}

static int64_t
sum_of(const struct bench *bench, enum count count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < ROWS; i++)
        if (bench->rows[i].taken)
            sum += tally_get(&bench->rows[i].tally,
                             counter(COUNTER_COUNT, count, 0));
    return sum;
}

static uint64_t
now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// fold_round folds all events once more, each at another dealer than before,
// and returns the nanoseconds that took.
static uint64_t
fold_round(struct bench *bench, bool customers)
{
    const uint64_t start = now_ns();

    for (size_t i = 0; i < LIVE; i++) {
        bench->events[i].dealer = 1 + (bench->events[i].dealer + 617) % DEALERS;
        fold(bench, &bench->events[i], customers ? 2 : 1);
    }
    return now_ns() - start;
}

static void
measure(bool customers)
{
    struct bench *const bench = calloc(1, sizeof *bench);
    const char *const wanted = getenv("HEART_ROUNDS");
    const uint64_t rounds = wanted ? strtoull(wanted, NULL, 10) : ROUNDS;
    struct dice dice = {7};
    uint64_t total = 0, best = UINT64_MAX;

    assert_non_null(bench);
    for (size_t i = 0; i < LIVE; i++) {
        bench->events[i] = survey_of(bench, i, &dice);
        if (!customers)
            bench->events[i].customer = (struct span){0};
    }
    for (uint64_t round = 0; round < rounds; round++) {
        const uint64_t spent = fold_round(bench, customers);

        best = spent < best ? spent : best;
        total += spent;
    }
    print_message("%s: %llu ns per event, best round %llu, %zu bytes\n",
                  customers ? "survey and customer" : "survey",
                  (unsigned long long)(total / rounds / LIVE),
                  (unsigned long long)(best / LIVE),
                  bench->stored / (size_t)rounds / LIVE);
    assert_int_equal(sum_of(bench, COUNT_RESPONSES), rounds * LIVE);
    assert_int_equal(sum_of(bench, COUNT_CUSTOMERS),
                     customers ? rounds * LIVE : 0);
    for (size_t i = 0; i < ROWS; i++)
        free(bench->rows[i].tally.values);
    free(bench);
}

static void
every_survey_folded_is_a_response(void **state)
{
    (void)state;
    measure(false);
}

static void
every_survey_of_a_customer_counts_both(void **state)
{
    (void)state;
    measure(true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_survey_folded_is_a_response),
        cmocka_unit_test(every_survey_of_a_customer_counts_both),
    };
    return cmocka_run_group_tests_name("heart speed", tests, NULL, NULL);
}
