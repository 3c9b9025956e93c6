// SPDX-License-Identifier: Apache-2.0
#include "common/domain/kpi.h"

#include "common/domain/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

enum { COUNTERS_MAX = 512 };

// A tally written by hand.
struct sheet {
    struct tally tally;
    uint32_t counters[COUNTERS_MAX];
    int64_t values[COUNTERS_MAX];
};

static struct tally *
open_sheet(struct sheet *sheet)
{
    *sheet = (struct sheet){.tally.capacity = COUNTERS_MAX};
    sheet->tally.counters = sheet->counters;
    sheet->tally.values = sheet->values;
    return &sheet->tally;
}

static void
count(struct tally *tally, uint32_t counter, int64_t value)
{
    uint32_t place = tally->used;

    while (place > 0 && tally->counters[place - 1] >= counter)
        place--;
    if (place == tally->used || tally->counters[place] != counter) {
        assert_true(tally->used < tally->capacity);
        for (uint32_t i = tally->used++; i > place; i--) {
            tally->counters[i] = tally->counters[i - 1];
            tally->values[i] = tally->values[i - 1];
        }
        tally->counters[place] = counter;
        tally->values[place] = 0;
    }
    tally->values[place] += value;
}

static void
answer(struct tally *tally, uint16_t item, uint8_t value, int64_t times)
{
    count(tally, counter(COUNTER_ANSWER, item, value), times);
}

static const struct item items[] = {
    {.number = 1, .lo = 1, .hi = 10}, {.number = 2, .lo = 1, .hi = 10},
    {.number = 3, .lo = 1, .hi = 10}, {.number = 4, .lo = 0, .hi = 10},
    {.number = 5, .lo = 1, .hi = 5},  {.number = 6, .lo = 0, .hi = 1},
    {.number = 7, .lo = 0, .hi = 1},  {.number = 8, .lo = 0, .hi = 1},
    {.number = 9, .lo = 0, .hi = 1},  {.number = 10, .lo = 0, .hi = 1},
    {.number = 11, .lo = 0, .hi = 1}, {.number = 12, .lo = 0, .hi = 1},
    {.number = 13, .lo = 0, .hi = 1}, {.number = 14, .lo = 3, .hi = 3},
};
static const struct rulebook rulebook = {
    .item_count = sizeof items / sizeof *items,
    .items = items,
};

static const struct kpi_rule acsi = {
    .form = KPI_INDEX,
    .item_count = 3,
    .items = {1, 2, 3},
    .weights = {1, 1, 1},
};
static const struct kpi_rule nps = {
    .form = KPI_NPS,
    .item_count = 1,
    .items = {4},
    .cut = 9,
    .detractor_cut = 6,
};
static const struct kpi_rule loyalty = {
    .form = KPI_SHARE,
    .item_count = 1,
    .items = {4},
    .cut = 8,
    .flag_ppm = 600000,
};

static struct kpi
form(const struct kpi_rule *rule, const struct tally *tally)
{
    return kpi_of(&rulebook, rule, tally, true);
}

static void
assert_figure(struct kpi kpi, int64_t n, int64_t num, int64_t den,
              int64_t micro)
{
    assert_true(kpi.has_value);
    assert_int_equal(kpi.n, n);
    assert_int_equal(kpi.num, num);
    assert_int_equal(kpi.den, den);
    assert_int_equal(kpi.value_micro, micro);
}

static void
assert_sides(struct kpi kpi, int64_t above, int64_t equal, int64_t below)
{
    assert_int_equal(kpi.above, above);
    assert_int_equal(kpi.equal, equal);
    assert_int_equal(kpi.below, below);
}

// domain.md T1
static void
t1_index_of_four_responses_and_of_three(void **state)
{
    (void)state;
    static const uint8_t responses[][3] = {
        {9, 8, 8}, {7, 7, 6}, {10, 9, 10}, {5, 4, 5}};
    struct kpi_rule weighted = acsi;
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    weighted.weights[0] = 38;
    weighted.weights[1] = 28;
    weighted.weights[2] = 34;
    for (size_t i = 0; i < 4; i++)
        for (uint16_t j = 0; j < 3; j++)
            answer(tally, j + 1, responses[i][j], 1);
    assert_figure(form(&acsi, tally), 4, 76, 108, 70370370); // 1900/27
    assert_int_equal(form(&weighted, tally).value_micro, 70777778);

    for (uint16_t j = 0; j < 3; j++) // the fourth is voided
        answer(tally, j + 1, responses[3][j], -1);
    assert_figure(form(&acsi, tally), 3, 65, 81, 80246914); // 6500/81
}

// domain.md T2
static void
t2_promoters_less_detractors(void **state)
{
    (void)state;
    static const struct {
        int64_t promoters, neutral, detractors, micro;
    } rows[] = {
        {95, 95, 60, 14000000},
        {41, 62, 45, -2702703},
        {24, 37, 41, -16666667},
        {50, 30, 20, 30000000},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sheet sheet;
        struct tally *tally = open_sheet(&sheet);
        int64_t n = rows[i].promoters + rows[i].neutral + rows[i].detractors;

        answer(tally, 4, 9, rows[i].promoters - 1);
        answer(tally, 4, 10, 1);
        answer(tally, 4, 7, rows[i].neutral - 1);
        answer(tally, 4, 8, 1);
        answer(tally, 4, 0, 1);
        answer(tally, 4, 6, rows[i].detractors - 1);
        answer(tally, 4, ANSWER_NOT_APPLICABLE, 1000);
        assert_figure(form(&nps, tally), n,
                      rows[i].promoters - rows[i].detractors, n, rows[i].micro);
    }
}

static struct kpi
share(int64_t reached, int64_t n, uint32_t flag_ppm)
{
    struct kpi_rule rule = loyalty;
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    rule.flag_ppm = flag_ppm;
    if (reached > 0)
        answer(tally, 4, 8, reached);
    if (n > reached)
        answer(tally, 4, 7, n - reached);
    return form(&rule, tally);
}

// domain.md T3: a share is proven to reach c exactly up to its lower bound.
// Bounds are of rounded micro, so they are tried one ppm to either side.
static void
t3_a_flag_is_proven_up_to_the_lower_wilson_bound(void **state)
{
    (void)state;
    static const struct {
        int64_t k, n;
        uint32_t lower_ppm;
    } rows[] = {
        {1, 1, 206549},     {1, 2, 94531},       {5, 10, 236593},
        {10, 10, 722467},   {27, 30, 743789},    {30, 30, 886487},
        {90, 100, 825634},  {95, 100, 888250},   {100, 100, 963007},
        {67, 250, 216911},  {600, 1000, 569309}, {950, 1000, 934686},
        {228, 228, 983431}, // the rest are of real complaints
        {209, 220, 912700}, {33, 33, 895730},    {216, 217, 974363},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t lower = rows[i].lower_ppm;
        struct kpi below = share(rows[i].k, rows[i].n, lower - 1);
        struct kpi above = share(rows[i].k, rows[i].n, lower + 1);

        assert_true(below.flagged && below.proven);
        assert_true(above.flagged);
        assert_false(above.proven);
    }
    assert_false(share(0, 1, 1).proven);
    assert_false(share(0, 10, 1).flagged);
}

// domain.md T4
static void
t4_sixty_per_cent_is_flagged_but_not_proven(void **state)
{
    (void)state;
    struct kpi on = share(600, 1000, 600000), off = share(599, 1000, 600000);

    assert_figure(on, 1000, 600, 1000, 60000000);
    assert_true(on.flagged);
    assert_false(on.proven);
    assert_false(off.flagged);
    assert_false(off.proven);
    assert_true(share(631, 1000, 600000).proven);
    assert_false(share(630, 1000, 600000).proven); // lower bound 59.96 %
}

static void
a_flag_of_certainty_is_never_proven(void **state)
{
    (void)state;
    assert_true(share(50, 50, 1000000).flagged);
    assert_false(share(50, 50, 1000000).proven);
    assert_false(share(600, 1000, 0).flagged); // no flag in the rule
}

static void
proof_holds_for_samples_beyond_64_bit_products(void **state)
{
    (void)state;
    const int64_t n = INT64_C(1) << 60;

    assert_true(share(n / 10 * 7, n, 600000).proven);
    assert_true(share(n, n, 999999).proven);
    assert_false(share(n / 2, n, 600000).proven);
}

// domain.md T14
static void
t14_gaps_of_perception_and_expectation(void **state)
{
    (void)state;
    static const struct {
        int gaps[4];
        int64_t num, micro, above, equal, below;
    } rows[] = {
        {{-1, -1, -1, -1}, -4, -1000000, 0, 0, 4},
        {{0, 0, 1, 0}, 1, 250000, 1, 3, 0},
        {{2, -9, 9, 0}, 2, 500000, 2, 1, 1},
        {{-1, -1, -1, 0}, -3, -750000, 0, 1, 3},
        {{-2, 1, 0, -1}, -2, -500000, 1, 1, 2},
    };
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    for (uint8_t pair = 1; pair <= 5; pair++)
        for (size_t i = 0; i < 4; i++)
            count(tally,
                  counter(COUNTER_GAP, pair,
                          (uint32_t)(128 + rows[pair - 1].gaps[i])),
                  1);
    for (uint8_t pair = 1; pair <= 5; pair++) {
        const struct kpi_rule gap = {.form = KPI_GAP, .pair = pair};
        assert_figure(form(&gap, tally), 4, rows[pair - 1].num, 4,
                      rows[pair - 1].micro);
        assert_sides(form(&gap, tally), rows[pair - 1].above,
                     rows[pair - 1].equal, rows[pair - 1].below);
    }
    struct kpi_rule all = {.form = KPI_GAPS,
                           .item_count = 5,
                           .items = {1, 2, 3, 4, 5},
                           .weights = {32, 19, 11, 16, 22}};
    assert_figure(form(&all, tally), 4, -179, 400, -447500);
    all.items[4] = 6; // nobody answered that one
    assert_false(form(&all, tally).has_value);
}

static void
gaps_of_large_uneven_samples_round_exactly(void **state)
{
    (void)state;
    // Primes just below 2^40: their product leaves 128 bits.
    static const int64_t samples[] = {1099511627689, 1099511627609,
                                      1099511627581, 1099511627573};
    struct kpi_rule rule = {.form = KPI_GAPS,
                            .item_count = 4,
                            .items = {1, 2, 3, 4},
                            .weights = {1, 1, 1, 1}};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    for (uint8_t pair = 1; pair <= 4; pair++)
        count(tally, counter(COUNTER_GAP, pair, pair < 4 ? 127 : 130),
              samples[pair - 1]);
    // (-1 - 1 - 1 + 2) / 4
    assert_figure(form(&rule, tally), samples[3], -250000, 1000000, -250000);
    rule.weights[3] = 2; // (-3 + 4) / 5
    assert_figure(form(&rule, tally), samples[3], 200000, 1000000, 200000);
}

static void
only_a_gap_tells_answers_above_at_and_below_expectation(void **state)
{
    (void)state;
    const struct kpi_rule mean = {.form = KPI_MEAN, .items = {1}},
                          gap = {.form = KPI_GAP, .pair = 1};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    answer(tally, 1, 9, 3);
    assert_sides(form(&gap, tally), 0, 0, 0);    // nobody answered both
    count(tally, counter(COUNTER_GAP, 1, 0), 5); // the ends of the histogram
    count(tally, counter(COUNTER_GAP, 1, 255), 7);
    assert_sides(form(&gap, tally), 7, 0, 5);
    assert_sides(form(&mean, tally), 0, 0, 0);
}

static void
items_of_an_index_may_have_different_samples_and_scales(void **state)
{
    (void)state;
    const struct kpi_rule rule = {
        .form = KPI_INDEX,
        .item_count = 2,
        .items = {1, 5},
        .weights = {2, 1},
    };
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    answer(tally, 1, 7, 1); // 13/18 of the scale
    answer(tally, 1, 8, 1);
    answer(tally, 5, 3, 2); // 7/12
    answer(tally, 5, 4, 1);
    assert_figure(form(&rule, tally), 2, 73, 108, 67592593);
}

static void
an_index_needs_all_its_items(void **state)
{
    (void)state;
    struct kpi_rule rule = acsi;
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    answer(tally, 1, 9, 5);
    answer(tally, 2, 9, 5);
    answer(tally, 3, ANSWER_NOT_APPLICABLE, 5);
    assert_false(form(&acsi, tally).has_value);
    answer(tally, 3, 9, 1);
    assert_true(form(&acsi, tally).has_value);
    assert_int_equal(form(&acsi, tally).n, 1);

    rule.items[2] = 99; // not in the catalogue
    assert_false(form(&rule, tally).has_value);
    rule.items[2] = 14; // a scale of one point says nothing
    answer(tally, 14, 3, 5);
    assert_false(form(&rule, tally).has_value);
    rule.item_count = 0;
    assert_false(form(&rule, tally).has_value);
}

static void
no_data_is_no_value(void **state)
{
    (void)state;
    const struct kpi_rule mean = {.form = KPI_MEAN, .items = {4}},
                          gap = {.form = KPI_GAP, .pair = 1},
                          sla = {.form = KPI_SLA, .class_mask = 0xff},
                          cases = {.form = KPI_COUNTER, .count = COUNT_CASES};
    const struct kpi_rule *const rules[] = {&acsi, &nps, &loyalty, &mean,
                                            &gap,  &sla, &cases};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct kpi kpi = form(rules[i], tally);
        assert_false(kpi.has_value || kpi.flagged || kpi.proven);
        assert_int_equal(kpi.n, 0);
        assert_int_equal(kpi.value_micro, 0);
    }
    answer(tally, 4, ANSWER_NOT_APPLICABLE, 3);
    assert_false(form(&mean, tally).has_value);
    assert_false(form(&nps, tally).has_value);
    assert_false(form(&loyalty, tally).has_value);
}

static void
kpis_read_their_own_counters_only(void **state)
{
    (void)state;
    const struct kpi_rule mean = {.form = KPI_MEAN, .items = {4}};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    answer(tally, 4, 0, 1);
    answer(tally, 4, 10, 2);
    answer(tally, 3, 255, 7);
    answer(tally, 3, 10, 7);
    answer(tally, 5, 0, 7);
    count(tally, counter(COUNTER_SET, 4, 10), 7);
    count(tally, counter(COUNTER_COUNT, 4, 0), 7);
    assert_figure(form(&mean, tally), 3, 20, 3, 6666667);
}

static void
cases_are_due_when_met_late_or_left_unanswered(void **state)
{
    (void)state;
    const struct kpi_rule sla = {
        .form = KPI_SLA,
        .class_mask = 1 << CLASS_COMPLEX | 1 << CLASS_HARD,
    };
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    count(tally, counter(COUNTER_SLA, CLASS_GENERAL, SLA_LATE), 100);
    count(tally, counter(COUNTER_SLA, CLASS_COMPLEX, SLA_MET), 5);
    count(tally, counter(COUNTER_SLA, CLASS_COMPLEX, SLA_LATE), 1);
    count(tally, counter(COUNTER_SLA, CLASS_HARD, SLA_MET), 2);
    count(tally, counter(COUNTER_SLA, CLASS_HARD, SLA_UNANSWERED), 2);
    assert_figure(kpi_of(&rulebook, &sla, tally, true), 10, 7, 10, 70000000);
    // While the period is open, who has not answered may still do so.
    assert_figure(kpi_of(&rulebook, &sla, tally, false), 8, 7, 8, 87500000);
}

// The complaint sample's figures.
static void
real_timely_shares_are_exact(void **state)
{
    (void)state;
    static const int64_t rows[][3] = {
        {3093, 3186, 97080979}, {216, 217, 99539171}, {209, 220, 95000000}};
    const struct kpi_rule sla = {.form = KPI_SLA,
                                 .class_mask = 1 << CLASS_COMPLEX};

    for (size_t i = 0; i < 3; i++) {
        struct sheet sheet;
        struct tally *tally = open_sheet(&sheet);
        count(tally, counter(COUNTER_SLA, CLASS_COMPLEX, SLA_MET), rows[i][0]);
        count(tally, counter(COUNTER_SLA, CLASS_COMPLEX, SLA_LATE),
              rows[i][1] - rows[i][0]);
        assert_figure(form(&sla, tally), rows[i][1], rows[i][0], rows[i][1],
                      rows[i][2]);
    }
}

static void
a_dealer_with_other_figures_has_a_count_of_zero(void **state)
{
    (void)state;
    const struct kpi_rule cases = {.form = KPI_COUNTER, .count = COUNT_CASES};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    count(tally, counter(COUNTER_COUNT, COUNT_VISITS, 0), 4);
    assert_figure(form(&cases, tally), 0, 0, 1, 0);
    count(tally, counter(COUNTER_COUNT, COUNT_CASES, 0), 3);
    assert_figure(form(&cases, tally), 3, 3, 1, 3000000);
}

// n_j = 2 * 10^8 * p_j with k * p_j ones each: the index is k / (2 * 10^8),
// half a micro for an odd k, and its common denominator leaves 128 bits.
static void
fill_with_primes(struct tally *tally, int64_t k)
{
    static const int64_t primes[] = {5003, 5009, 5011, 5021,
                                     5023, 5039, 5051, 5059};

    for (uint16_t j = 0; j < 8; j++) {
        answer(tally, 6 + j, 1, k * primes[j]);
        answer(tally, 6 + j, 0, (200000000 - k) * primes[j]);
    }
}

static void
an_index_of_large_uneven_samples_rounds_exactly(void **state)
{
    (void)state;
    struct kpi_rule rule = {.form = KPI_INDEX, .item_count = 8};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    for (uint16_t j = 0; j < 8; j++) {
        rule.items[j] = 6 + j;
        rule.weights[j] = 100000 + j;
    }
    fill_with_primes(tally, 123456789);
    struct kpi half = form(&rule, tally);
    assert_int_equal(half.n, 5003 * INT64_C(200000000));
    assert_int_equal(half.value_micro, 61728395); // 61728394.5

    answer(tally, 13, 1, -1); // one answer in ten million million less
    answer(tally, 13, 0, 1);
    struct kpi below = form(&rule, tally);
    assert_figure(below, half.n, 61728394, 100000000, 61728394);
    assert_int_equal(kpi_round(below.num, below.den, 100), below.value_micro);
}

static void
fractions_leave_their_form_only_to_fit(void **state)
{
    (void)state;
    const struct kpi_rule rule = {
        .form = KPI_INDEX,
        .item_count = 2,
        .items = {6, 7},
        .weights = {4000000000u, 4000000000u},
    };
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    // 1/2 and 1/4 of 2^33 answers: 3 * 2^31 w of 2^34 w, w = 4 * 10^9.
    answer(tally, 6, 1, INT64_C(1) << 32);
    answer(tally, 6, 0, INT64_C(1) << 32);
    answer(tally, 7, 1, INT64_C(1) << 31);
    answer(tally, 7, 0, INT64_C(3) << 31);
    assert_figure(form(&rule, tally), INT64_C(1) << 33, 3, 8, 37500000);
}

static void
a_sample_beyond_the_bound_has_no_index(void **state)
{
    (void)state;
    const struct kpi_rule rule = {
        .form = KPI_INDEX, .item_count = 1, .items = {6}, .weights = {1}};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    answer(tally, 6, 1, INT64_C(1) << 40);
    assert_true(form(&rule, tally).has_value);
    answer(tally, 6, 0, 1);
    assert_false(form(&rule, tally).has_value);
}

static void
no_count_makes_a_form_fail(void **state)
{
    (void)state;
    const struct kpi_rule mean = {.form = KPI_MEAN, .items = {4}},
                          cases = {.form = KPI_COUNTER, .count = COUNT_CASES};
    struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    for (uint8_t value = 0; value <= 10; value++)
        answer(tally, 4, value, INT64_MAX);
    count(tally, counter(COUNTER_COUNT, COUNT_CASES, 0), INT64_MAX);
    assert_int_equal(form(&mean, tally).value_micro, 5000000);
    assert_true(form(&nps, tally).has_value);
    assert_true(form(&loyalty, tally).has_value);
    assert_int_equal(form(&cases, tally).value_micro, INT64_MAX);

    tally = open_sheet(&sheet); // part of a sum that is not complete
    answer(tally, 4, 3, -5);
    assert_false(form(&mean, tally).has_value);
    assert_false(form(&nps, tally).has_value);
}

static void
rounding_is_half_away_from_zero(void **state)
{
    (void)state;
    assert_int_equal(kpi_round(1, 3, 1), 333333);
    assert_int_equal(kpi_round(2, 3, 1), 666667);
    assert_int_equal(kpi_round(-2, 3, 1), -666667);
    assert_int_equal(kpi_round(1, 2000000, 1), 1); // exactly half
    assert_int_equal(kpi_round(-1, 2000000, 1), -1);
    assert_int_equal(kpi_round(3, 2000000, 1), 2);
    assert_int_equal(kpi_round(499999, 1000000000000, 1), 0);
    assert_int_equal(kpi_round(0, 7, 100), 0);
    assert_int_equal(kpi_round(7, 7, 100), 100000000);
    for (int num = -300; num <= 300; num++)
        for (int den = 1; den < 60; den++) {
            int size = num < 0 ? -num : num;
            int64_t rounded = (2 * size * INT64_C(1000000) + den) / (2 * den);
            assert_int_equal(kpi_round(num, den, 1),
                             num < 0 ? -rounded : rounded);
        }
}

static void
rounding_has_room_for_any_fraction(void **state)
{
    (void)state;
    const __int128 most = (__int128)(~(unsigned __int128)0 >> 1);
    const __int128 factor = (__int128)1 << 110;

    assert_int_equal(kpi_round(most, most, 100), 100000000);
    assert_int_equal(kpi_round(-most, most, 100), -100000000);
    assert_int_equal(kpi_round(factor / 8 * 3, factor, 1), 375000);
    assert_int_equal(kpi_round(2 * factor, 3 * factor, 1), 666667);
    assert_int_equal(kpi_round(1, most, 100), 0);
    assert_true(kpi_round(most, 1, 100) == INT64_MAX); // saturates
    assert_true(kpi_round(-most, 1, 100) == -INT64_MAX);
}

static void
figures_are_written_with_six_places(void **state)
{
    (void)state;
    static const struct {
        int64_t micro;
        const char *text;
    } rows[] = {
        {71970370, "71.970370"},
        {-2702703, "-2.702703"},
        {0, "0.000000"},
        {1, "0.000001"},
        {-1, "-0.000001"},
        {999999, "0.999999"},
        {1000000, "1.000000"},
        {100000000, "100.000000"},
        {INT64_MAX, "9223372036854.775807"},
        {INT64_MIN, "-9223372036854.775808"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[KPI_TEXT_MAX];
        kpi_text(rows[i].micro, text);
        assert_string_equal(text, rows[i].text);
    }
}

static const struct kpi_rule connected = {
    .form = KPI_RATIO,
    .num = {1, {COUNT_CONFIRMED}},
    .den = {2, {COUNT_VISITS, COUNT_CASES}},
    .minus = {1, {COUNT_SURPLUS}},
    .scale = 100,
};

static void
a_ratio_is_counts_over_counts_less_counts(void **state)
{
    (void)state;
    static struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);
    struct kpi_rule rule = connected;

    count(tally, counter(COUNTER_COUNT, COUNT_CONFIRMED, 0), 2);
    count(tally, counter(COUNTER_COUNT, COUNT_VISITS, 0), 5);
    count(tally, counter(COUNTER_COUNT, COUNT_CASES, 0), 2);
    count(tally, counter(COUNTER_COUNT, COUNT_SURPLUS, 0), 1);
    assert_figure(form(&rule, tally), 6, 2, 6, 33333333);
    rule.scale = 1000;
    assert_figure(form(&rule, tally), 6, 2, 6, 333333333);
    rule.scale = 1;
    assert_figure(form(&rule, tally), 6, 2, 6, 333333);
    rule.flag_ppm = 333333;
    assert_true(form(&rule, tally).flagged);
    assert_false(form(&rule, tally).proven); // its counts are not its cases
    rule.flag_ppm = 333334;
    assert_false(form(&rule, tally).flagged);
}

static void
a_ratio_over_nothing_has_no_value(void **state)
{
    (void)state;
    static struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);

    assert_false(form(&connected, tally).has_value);
    count(tally, counter(COUNTER_COUNT, COUNT_CONFIRMED, 0), 2);
    count(tally, counter(COUNTER_COUNT, COUNT_CASES, 0), 3);
    count(tally, counter(COUNTER_COUNT, COUNT_SURPLUS, 0), 3);
    assert_false(form(&connected, tally).has_value);
    count(tally, counter(COUNTER_COUNT, COUNT_SURPLUS, 0), 1);
    assert_false(form(&connected, tally).has_value);
    assert_int_equal(form(&connected, tally).n, 0);
    // More of the one than of the other is more than the whole, not an error.
    count(tally, counter(COUNTER_COUNT, COUNT_VISITS, 0), 2);
    assert_figure(form(&connected, tally), 1, 2, 1, 200000000);
}

static void
a_quantile_is_the_time_so_many_took_at_most(void **state)
{
    (void)state;
    static struct sheet sheet;
    struct tally *tally = open_sheet(&sheet);
    struct kpi_rule rule = {
        .form = KPI_QUANTILE, .timed = TIME_RESPOND, .per_cent = 50};

    assert_false(form(&rule, tally).has_value);
    for (uint8_t minutes = 1; minutes <= 10; minutes++)
        count(tally,
              counter(COUNTER_TIME, TIME_RESPOND,
                      bucket_of(minutes * INT64_C(60000))),
              1);
    count(tally, counter(COUNTER_TIME, TIME_RESOLVE, 0), 100);
    // The 5th: 300 s lie in 288..319 of steps of 32, which ends with 319.
    assert_figure(form(&rule, tally), 10, 319, 60, 5316667);
    rule.per_cent = 51; // the 6th: 360 s
    assert_figure(form(&rule, tally), 10, 383, 60, 6383333);
    rule.per_cent = 1; // the 1st: 60 s
    assert_figure(form(&rule, tally), 10, 63, 60, 1050000);
    rule.per_cent = 99; // the last: 600 s
    assert_figure(form(&rule, tally), 10, 639, 60, 10650000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t1_index_of_four_responses_and_of_three),
        cmocka_unit_test(t2_promoters_less_detractors),
        cmocka_unit_test(t3_a_flag_is_proven_up_to_the_lower_wilson_bound),
        cmocka_unit_test(t4_sixty_per_cent_is_flagged_but_not_proven),
        cmocka_unit_test(a_flag_of_certainty_is_never_proven),
        cmocka_unit_test(proof_holds_for_samples_beyond_64_bit_products),
        cmocka_unit_test(t14_gaps_of_perception_and_expectation),
        cmocka_unit_test(gaps_of_large_uneven_samples_round_exactly),
        cmocka_unit_test(
            only_a_gap_tells_answers_above_at_and_below_expectation),
        cmocka_unit_test(
            items_of_an_index_may_have_different_samples_and_scales),
        cmocka_unit_test(an_index_needs_all_its_items),
        cmocka_unit_test(no_data_is_no_value),
        cmocka_unit_test(kpis_read_their_own_counters_only),
        cmocka_unit_test(cases_are_due_when_met_late_or_left_unanswered),
        cmocka_unit_test(real_timely_shares_are_exact),
        cmocka_unit_test(a_dealer_with_other_figures_has_a_count_of_zero),
        cmocka_unit_test(a_ratio_is_counts_over_counts_less_counts),
        cmocka_unit_test(a_ratio_over_nothing_has_no_value),
        cmocka_unit_test(a_quantile_is_the_time_so_many_took_at_most),
        cmocka_unit_test(an_index_of_large_uneven_samples_rounds_exactly),
        cmocka_unit_test(fractions_leave_their_form_only_to_fit),
        cmocka_unit_test(a_sample_beyond_the_bound_has_no_index),
        cmocka_unit_test(no_count_makes_a_form_fail),
        cmocka_unit_test(rounding_is_half_away_from_zero),
        cmocka_unit_test(rounding_has_room_for_any_fraction),
        cmocka_unit_test(figures_are_written_with_six_places),
    };
    return cmocka_run_group_tests_name("kpi", tests, NULL, NULL);
}
