// SPDX-License-Identifier: Apache-2.0
//
// What answers add up to, and what chance leaves of a figure.
#include "common/domain/estimate.h"
#include "common/domain/rank.h"
#include "common/domain/sampling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/support/dice.h"

enum { ITEMS = 3, ROOM = 64, RESPONSES = 40, ROUNDS = 200 };

static const struct item items[] = {
    {.number = 1, .lo = 1, .hi = 10, .id = "A"},
    {.number = 2, .lo = 1, .hi = 10, .id = "B"},
    {.number = 3, .lo = 1, .hi = 10, .id = "C"}};
// The set names them in another order than the indices below.
static const struct item_set sets[] = {
    {.number = 7, .item_count = 3, .items = {3, 1, 2}}};
static const struct rulebook rules = {
    .item_count = 3, .items = items, .set_count = 1, .sets = sets};

struct store {
    uint32_t counters[ROOM];
    int64_t values[ROOM];
    struct tally tally;
};

// put keeps the counters ascending: callers put them in order.
static void
put(struct store *store, uint32_t number, int64_t value)
{
    struct tally *tally = &store->tally;

    assert_true(tally->used < ROOM);
    tally->counters = store->counters;
    tally->values = store->values;
    tally->counters[tally->used] = number;
    tally->values[tally->used++] = value;
}

// T8's dealers as histograms of one item.
static void
a_mean_of_one_item_gives_vector_t8(void **state)
{
    static const uint8_t answers[5][12] = {
        {9, 10, 10, 9},
        {8, 7, 9, 8, 8, 8},
        {7, 8, 6, 7, 9, 8, 7, 6, 8, 7},
        {10, 10, 10},
        {9, 8, 9, 7, 8, 9, 10, 8, 9, 8, 9, 8}};
    static const int64_t expected[] = {9325849, 8032358, 7365348, 9685290,
                                       8489921};
    static const int64_t weights[] = {853126, 897043, 935573, 813308, 945728};
    static const struct kpi_rule rule = {
        .form = KPI_MEAN, .item_count = 1, .items = {1}};
    struct sample samples[5] = {0};
    struct credibility credibility;
    struct kpi kpis[5];
    (void)state;

    for (size_t i = 0; i < 5; i++) {
        struct store store = {0};
        for (uint8_t value = 1; value <= 10; value++) {
            int64_t count = 0;
            for (size_t j = 0; j < 12; j++)
                count += answers[i][j] == value;
            if (count > 0)
                put(&store, counter(COUNTER_ANSWER, 1, value), count);
        }
        assert_true(sample_add(&samples[i], &rules, &rule, &store.tally, true));
        kpis[i] = kpi_of(&rules, &rule, &store.tally, true);
    }
    assert_int_equal(sample_unit(&rules, &rule), 1);
    assert_true(sample_spread(samples, 5, 1, &credibility));
    assert_int_equal(credibility.shrink.mean_micro, 8314286);
    assert_int_equal(credibility.shrink.strength_micro, 688640);
    for (size_t i = 0; i < 5; i++) {
        struct estimate estimate =
            estimate_of(&credibility, &rule, &kpis[i], true);
        assert_true(estimate.has_value);
        assert_int_equal(estimate.value_micro, expected[i]);
        assert_int_equal(estimate.weight_micro, weights[i]);
    }
}

// The moments of a set stand for the responses themselves: each one's index,
// summed and squared by hand.  Returns the unit.
static uint32_t
compare_index(struct dice *dice, const struct kpi_rule *rule)
{
    int64_t n = 0, sums[ITEMS] = {0}, squares[ITEMS][ITEMS] = {0};
    const uint32_t unit = sample_unit(&rules, rule);
    int64_t weight = 0, sum = 0, square = 0;
    struct store store = {0};
    struct sample sample = {0};

    for (size_t i = 0; i < ITEMS; i++)
        weight += rule->weights[i];
    for (; n < RESPONSES; n++) {
        int64_t answer[ITEMS], index = 0;
        for (size_t i = 0; i < ITEMS; i++)
            answer[i] = 1 + (int64_t)dice_below(dice, 10);
        for (size_t i = 0; i < ITEMS; i++)
            index += rule->weights[i] * (answer[rule->items[i] - 1] - 1);
        index = index * 100 * unit;
        assert_int_equal(index % (9 * weight), 0);
        index /= 9 * weight;
        sum += index;
        square += index * index;
        for (size_t i = 0; i < ITEMS; i++) {
            sums[i] += answer[sets[0].items[i] - 1];
            for (size_t j = i; j < ITEMS; j++)
                squares[i][j] +=
                    answer[sets[0].items[i] - 1] * answer[sets[0].items[j] - 1];
        }
    }
    put(&store, counter(COUNTER_SET, 7, 0), n);
    for (uint32_t i = 0; i < ITEMS; i++)
        put(&store, counter(COUNTER_SET, 7, 1 + i), sums[i]);
    for (uint32_t i = 0; i < ITEMS; i++)
        for (uint32_t j = i; j < ITEMS; j++)
            put(&store, counter(COUNTER_SQUARE, 7, i * 8 + j), squares[i][j]);
    assert_true(sample_add(&sample, &rules, rule, &store.tally, true));
    assert_int_equal(sample.n, n);
    assert_int_equal(sample.sum, sum);
    assert_int_equal(sample.squares, square);
    return unit;
}

static void
an_index_has_the_moments_of_its_responses(void **state)
{
    static const struct kpi_rule equal = {.form = KPI_INDEX,
                                          .item_count = 3,
                                          .items = {1, 2, 3},
                                          .weights = {1, 1, 1}};
    static const struct kpi_rule weighted = {
        .form = KPI_INDEX,
        .item_count = 3,
        .items = {2, 3, 1},
        .weights = {380000, 280000, 340000}};
    struct dice dice = {.state = 20261101};
    (void)state;

    printf("# seed %llu\n", (unsigned long long)dice.state);
    for (size_t i = 0; i < ROUNDS; i++) {
        assert_int_equal(compare_index(&dice, &equal), 27);
        assert_int_equal(compare_index(&dice, &weighted), 9);
    }
}

static void
an_index_no_set_holds_and_a_count_have_no_spread(void **state)
{
    static const struct item_set other[] = {
        {.number = 1, .item_count = 2, .items = {1, 2}}};
    struct rulebook without = rules;
    (void)state;

    without.sets = other;
    assert_int_equal(
        sample_unit(&without, &(struct kpi_rule){.form = KPI_INDEX,
                                                 .item_count = 3,
                                                 .items = {1, 2, 3},
                                                 .weights = {1, 1, 1}}),
        0);
    assert_int_equal(
        sample_unit(&rules, &(struct kpi_rule){.form = KPI_COUNTER}), 0);
}

static void
a_share_an_nps_and_a_gap_count_their_answers(void **state)
{
    static const struct kpi_rule share = {
        .form = KPI_SHARE, .item_count = 1, .items = {1}, .cut = 9};
    static const struct kpi_rule nps = {.form = KPI_NPS,
                                        .item_count = 1,
                                        .items = {1},
                                        .cut = 9,
                                        .detractor_cut = 6};
    static const struct kpi_rule gap = {.form = KPI_GAP, .pair = 4};
    struct store store = {0};
    struct sample sample = {0};
    (void)state;

    put(&store, counter(COUNTER_ANSWER, 1, 3), 2);
    put(&store, counter(COUNTER_ANSWER, 1, 8), 5);
    put(&store, counter(COUNTER_ANSWER, 1, 10), 4);
    put(&store, counter(COUNTER_ANSWER, 1, 255), 9); // not applicable
    put(&store, counter(COUNTER_GAP, 4, 128 - 2), 3);
    put(&store, counter(COUNTER_GAP, 4, 128 + 1), 1);
    assert_true(sample_add(&sample, &rules, &share, &store.tally, true));
    assert_int_equal(sample.n, 11);
    assert_int_equal(sample.sum, 400);
    assert_int_equal(sample.squares, 40000);
    sample = (struct sample){0};
    assert_true(sample_add(&sample, &rules, &nps, &store.tally, true));
    assert_int_equal(sample.n, 11);
    assert_int_equal(sample.sum, 200);
    assert_int_equal(sample.squares, 60000);
    sample = (struct sample){0};
    assert_true(sample_add(&sample, &rules, &gap, &store.tally, true));
    assert_int_equal(sample.n, 4);
    assert_int_equal(sample.sum, -5);
    assert_int_equal(sample.squares, 13);
}

// Within 900, n 100: a standard error of 3, and 1.959964 * 3 = 5.879892.
static void
the_interval_is_that_of_what_is_ranked_by(void **state)
{
    static const struct credibility credibility = {
        .shrink = {.mean_micro = 70000000, .strength_micro = 100000000},
        .within_micro = 900000000,
        .between_micro = 9000000};
    static const struct kpi_rule rule = {.form = KPI_SHARE};
    const struct kpi kpi = {.has_value = true,
                            .n = 100,
                            .num = 96,
                            .den = 100,
                            .value_micro = 96000000};
    (void)state;

    struct estimate raw = estimate_of(&credibility, &rule, &kpi, false);
    assert_int_equal(raw.value_micro, 83000000); // half way to 70
    assert_int_equal(raw.weight_micro, 500000);
    assert_in_range(raw.low_micro, 90120107, 90120108);
    assert_int_equal(raw.high_micro, 100000000); // no share is beyond
    struct estimate shrunken = estimate_of(&credibility, &rule, &kpi, true);
    assert_int_equal(shrunken.value_micro, 83000000);
    // 83 +- 1.959964 * 3 / sqrt 2 = 4.157711
    assert_in_range(shrunken.low_micro, 78842287, 78842289);
    assert_in_range(shrunken.high_micro, 87157711, 87157713);
}

static void
estimates_rank_and_their_ties_share_a_rank(void **state)
{
    struct rank_row rows[4] = {
        {.dealer = "lucky",
         .kpi = {.has_value = true, .n = 3, .value_micro = 99}},
        {.dealer = "b", .kpi = {.has_value = true, .n = 90, .value_micro = 80}},
        {.dealer = "a", .kpi = {.has_value = true, .n = 90, .value_micro = 81}},
        {.dealer = "huge",
         .kpi = {.has_value = true, .n = INT64_MAX, .value_micro = 98}}};
    (void)state;

    rows[0].estimate = (struct estimate){.has_value = true, .value_micro = 70};
    rows[1].estimate = (struct estimate){.has_value = true, .value_micro = 79};
    rows[2].estimate = (struct estimate){.has_value = true, .value_micro = 79};
    rank_estimates(rows, 4, &(struct kpi_rule){.min_n = 1});
    assert_string_equal(rows[0].dealer, "a");
    assert_int_equal(rows[0].rank, 1);
    assert_string_equal(rows[1].dealer, "b");
    assert_int_equal(rows[1].rank, 1);
    assert_string_equal(rows[2].dealer, "lucky");
    assert_int_equal(rows[2].rank, 3);
    assert_int_equal(rows[3].rank, 0);
    assert_string_equal(rows[3].reason, "no_estimate");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mean_of_one_item_gives_vector_t8),
        cmocka_unit_test(an_index_has_the_moments_of_its_responses),
        cmocka_unit_test(an_index_no_set_holds_and_a_count_have_no_spread),
        cmocka_unit_test(a_share_an_nps_and_a_gap_count_their_answers),
        cmocka_unit_test(the_interval_is_that_of_what_is_ranked_by),
        cmocka_unit_test(estimates_rank_and_their_ties_share_a_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
