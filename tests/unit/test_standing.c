// SPDX-License-Identifier: Apache-2.0
//
// Shrinkage, rank intervals and bands: the specification's vectors, the null
// experiment on real respondents, and the coverage the rulings ask for.
#include "common/domain/credibility.h"
#include "common/domain/kpi.h"
#include "common/domain/standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/dice.h"

enum { DEALERS_MAX = 2000, DRAWS = 20000 };

static bool
value_of(const struct credibility *credibility, const struct kpi *kpi,
         int64_t scale, int64_t *micro)
{
    return shrink_value(&credibility->shrink, kpi->n, kpi->num, kpi->den, scale,
                        micro);
}

// T8 of the specification.
static const struct sample T8[] = {{.n = 4, .sum = 38, .squares = 362},
                                   {.n = 6, .sum = 48, .squares = 386},
                                   {.n = 10, .sum = 73, .squares = 541},
                                   {.n = 3, .sum = 30, .squares = 300},
                                   {.n = 12, .sum = 102, .squares = 874}};

static struct kpi
mean_of(const struct sample *sample)
{
    return (struct kpi){.has_value = true,
                        .n = sample->n,
                        .num = sample->sum,
                        .den = sample->n};
}

static void
vector_t8_is_reproduced_exactly(void **state)
{
    static const int64_t expected[] = {9325849, 8032358, 7365348, 9685290,
                                       8489921};
    struct credibility credibility;
    int64_t micro;
    (void)state;

    assert_true(credibility_of(T8, 5, &credibility));
    assert_int_equal(credibility.shrink.mean_micro, 8314286);
    assert_int_equal(credibility.within_micro, 603333);
    assert_int_equal(credibility.between_micro, 876123);
    assert_int_equal(credibility.shrink.strength_micro, 688640);
    assert_false(credibility.shrink.is_flat);
    for (size_t i = 0; i < 5; i++) {
        const struct kpi kpi = mean_of(&T8[i]);
        assert_true(value_of(&credibility, &kpi, 1, &micro));
        assert_int_equal(micro, expected[i]);
    }
}

static void
without_spread_between_dealers_all_get_the_mean(void **state)
{
    static const struct sample same[] = {{.n = 2, .sum = 10, .squares = 58},
                                         {.n = 2, .sum = 10, .squares = 52}};
    struct credibility credibility;
    struct kpi kpi = mean_of(&same[0]);
    int64_t micro;
    (void)state;

    assert_true(credibility_of(same, 2, &credibility));
    assert_true(credibility.shrink.is_flat);
    assert_true(value_of(&credibility, &kpi, 1, &micro));
    assert_int_equal(micro, 5000000);
}

static void
nothing_is_estimated_from_too_little(void **state)
{
    static const struct sample ones[] = {{.n = 1, .sum = 3, .squares = 9},
                                         {.n = 1, .sum = 4, .squares = 16}};
    static const struct sample huge[] = {
        {.n = SHRINK_N_MAX + 1, .sum = 3, .squares = 9},
        {.n = 2, .sum = 4, .squares = 16}};
    struct credibility credibility;
    (void)state;

    assert_false(credibility_of(T8, 1, &credibility));
    assert_false(credibility_of(ones, 2, &credibility));
    assert_false(credibility_of(huge, 2, &credibility));
}

// T10: (mean, standard error) a to e.
static void
vector_t10_is_reproduced_exactly(void **state)
{
    static const uint32_t narrow[][2] = {
        {1, 2}, {1, 2}, {3, 4}, {3, 4}, {5, 5}};
    static const uint32_t wide[][2] = {{1, 2}, {1, 4}, {2, 4}, {2, 4}, {5, 5}};
    struct standing rows[] = {
        {.value_micro = 90000000, .variance = 1000000000000},
        {.value_micro = 88000000, .variance = 2250000000000},
        {.value_micro = 84000000, .variance = 1000000000000},
        {.value_micro = 80000000, .variance = 9000000000000},
        {.value_micro = 70000000, .variance = 1000000000000}};
    (void)state;

    standing_intervals(rows, 5, 1960);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(rows[i].first, narrow[i][0]);
        assert_int_equal(rows[i].last, narrow[i][1]);
    }
    standing_intervals(rows, 5, STANDING_C_MILLI);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(rows[i].first, wide[i][0]);
        assert_int_equal(rows[i].last, wide[i][1]);
    }
}

static int
best_first(const void *a, const void *b)
{
    int64_t x = ((const struct standing *)a)->value_micro;
    int64_t y = ((const struct standing *)b)->value_micro;

    return x > y ? -1 : x < y;
}

// Every pair, by the definition.
static void
assert_by_pairs(const struct standing *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t better = 0, worse = 0;
        for (size_t j = 0; j < count; j++) {
            __int128 d = (__int128)rows[j].value_micro - rows[i].value_micro;
            __int128 v = (__int128)rows[j].variance + rows[i].variance;
            if (d * d <= 9 * v)
                continue;
            better += d > 0;
            worse += d < 0;
        }
        assert_int_equal(rows[i].first, 1 + better);
        assert_int_equal(rows[i].last, count - worse);
    }
}

static void
the_fast_way_counts_what_every_pair_says(void **state)
{
    static struct standing rows[200];
    struct dice dice = {.state = 11};
    (void)state;

    for (int round = 0; round < 300; round++) {
        size_t count = dice_below(&dice, 200) + 1;
        uint32_t spread = 1 + dice_below(&dice, 3000);
        for (size_t i = 0; i < count; i++)
            rows[i] =
                (struct standing){.value_micro = dice_below(&dice, spread),
                                  .variance = dice_below(&dice, 40) * 1000};
        qsort(rows, count, sizeof *rows, best_first);
        standing_intervals(rows, count, STANDING_C_MILLI);
        assert_by_pairs(rows, count);
    }
}

// --- The null experiment: 250 real respondents, ten groups by chance. -------

static bool
read_triples(int64_t triples[][3], size_t *count)
{
    char line[512], path[1024];
    int column[3];

    snprintf(path, sizeof path, "%s/ecsi_mobi.csv", DATA_DIR);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file))
        return false;
    int at = 0;
    for (char *name = strtok(line, ",\r\n"); name;
         name = strtok(NULL, ",\r\n"), at++)
        for (int i = 0; i < 3; i++)
            if (strncmp(name, "CUSA", 4) == 0 && name[4] == '1' + i)
                column[i] = at;
    for (*count = 0; fgets(line, sizeof line, file); ++*count) {
        at = 0;
        for (char *cell = strtok(line, ",\r\n"); cell;
             cell = strtok(NULL, ",\r\n"), at++)
            for (int i = 0; i < 3; i++)
                if (at == column[i])
                    triples[*count][i] = atoi(cell);
    }
    fclose(file);
    return true;
}

static void
ten_groups_made_by_chance_are_not_told_apart(void **state)
{
    static int64_t triples[1000][3];
    struct sample samples[10] = {0};
    struct standing rows[10];
    struct credibility sums, index;
    size_t count = 0;
    (void)state;

    if (!read_triples(triples, &count)) {
        print_message("no shared data: the null experiment is skipped\n");
        skip();
    }
    for (size_t i = 0; i < count; i++) {
        int64_t sum = triples[i][0] + triples[i][1] + triples[i][2];
        samples[i % 10].n++;
        samples[i % 10].sum += sum;
        samples[i % 10].squares += sum * sum;
    }
    assert_true(credibility_of(samples, 10, &sums));
    // The index is 100/27 of (sum - 3): so are its mean and, squared, spreads.
    index = sums;
    index.shrink.mean_micro =
        kpi_round((__int128)(sums.shrink.mean_micro - 3000000) * 100, 27, 1) /
        1000000;
    index.within_micro = sums.within_micro * 10000 / 729;
    index.between_micro = sums.between_micro * 10000 / 729;
    for (size_t i = 0; i < 10; i++) {
        struct kpi kpi = {.has_value = true,
                          .n = samples[i].n,
                          .num = samples[i].sum - 3 * samples[i].n,
                          .den = 27 * samples[i].n};
        assert_true(value_of(&index, &kpi, 100, &rows[i].value_micro));
        rows[i].variance = credibility_variance(&index, samples[i].n);
        assert_int_equal(
            band_of_mean(&index, kpi_round(kpi.num, kpi.den, 100), kpi.n),
            BAND_NOT_DISTINGUISHABLE);
    }
    qsort(rows, 10, sizeof *rows, best_first);
    assert_int_equal(rows[0].value_micro / 10000, 7272); // 72.72
    assert_int_equal(rows[9].value_micro / 10000, 7094); // 70.94
    standing_intervals(rows, 10, STANDING_C_MILLI);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(rows[i].first, 1);
        assert_int_equal(rows[i].last, 10);
    }
}

// --- Coverage, rulings D23 --------------------------------------------------

static double
normal(struct dice *dice)
{
    double u = ((double)dice_below(dice, 1u << 30) + 0.5) / (1u << 30);
    double w = ((double)dice_below(dice, 1u << 30) + 0.5) / (1u << 30);

    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * w);
}

struct drawn {
    struct standing standing;
    double truth;
};

static int
best_drawn_first(const void *a, const void *b)
{
    return best_first(&((const struct drawn *)a)->standing,
                      &((const struct drawn *)b)->standing);
}

static void
draw(struct dice *dice, const struct credibility *credibility, double tau,
     struct drawn *dealer)
{
    static const int64_t sizes[] = {30, 40, 60, 100, 150, 200, 400};
    int64_t n = sizes[dice_below(dice, 7)];

    dealer->truth = 72 + tau * normal(dice);
    double mean = dealer->truth + 14.7 / sqrt((double)n) * normal(dice);
    struct kpi kpi = {
        .has_value = true, .n = n, .num = llround(mean * 1e6), .den = 1000000};
    assert_true(value_of(credibility, &kpi, 1, &dealer->standing.value_micro));
    dealer->standing.variance = credibility_variance(credibility, n);
}

// What a round adds: all, the true top 5 %, and the widths of the intervals.
struct coverage {
    int64_t all, covered, top, top_covered, width;
};

static void
one_round(struct dice *dice, const struct credibility *credibility, double tau,
          size_t k, struct coverage *coverage)
{
    static struct drawn dealers[DEALERS_MAX];
    static struct standing rows[DEALERS_MAX];

    for (size_t i = 0; i < k; i++)
        draw(dice, credibility, tau, &dealers[i]);
    qsort(dealers, k, sizeof *dealers, best_drawn_first);
    for (size_t i = 0; i < k; i++)
        rows[i] = dealers[i].standing;
    standing_intervals(rows, k, STANDING_C_MILLI);
    for (size_t i = 0; i < k; i++) {
        size_t rank = 1;
        for (size_t j = 0; j < k && tau > 0; j++)
            rank += dealers[j].truth > dealers[i].truth;
        bool covered = rows[i].first <= rank && rank <= rows[i].last;
        coverage->all++;
        coverage->covered += covered;
        coverage->top += rank <= k / 20;
        coverage->top_covered += covered && rank <= k / 20;
        coverage->width += rows[i].last - rows[i].first + 1;
    }
}

static void
true_ranks_lie_in_their_intervals_and_these_say_something(void **state)
{
    static const size_t sizes[] = {20, 300, 2000};
    static const double taus[] = {0, 0.5, 2, 5};
    struct dice dice = {.state = 20261122};
    (void)state;

    print_message("k tau coverage%% top5%% width%%\n");
    for (size_t s = 0; s < 3; s++)
        for (size_t t = 0; t < 4; t++) {
            double tau = taus[t];
            struct credibility credibility = {
                .shrink = {.is_flat = tau == 0,
                           .mean_micro = 72000000,
                           .strength_micro =
                               tau > 0 ? llround(216.09 / (tau * tau) * 1e6)
                                       : 0},
                .within_micro = 216090000, // 14.7^2
                .between_micro = llround(tau * tau * 1e6)};
            struct coverage sum = {0};
            while (sum.all < DRAWS)
                one_round(&dice, &credibility, tau, sizes[s], &sum);
            double width =
                100.0 * (double)sum.width / (double)sum.all / (double)sizes[s];
            print_message("%zu %.1f %.2f %.2f %.1f\n", sizes[s], tau,
                          100.0 * (double)sum.covered / (double)sum.all,
                          100.0 * (double)sum.top_covered / (double)sum.top,
                          width);
            assert_true(sum.covered * 100 >= sum.all * 95);
            assert_true(sum.top_covered * 100 >= sum.top * 95);
            if (tau == 5)
                assert_true(width <= 70);
        }
}

// --- Bands ------------------------------------------------------------------

static void
a_mean_stands_out_beyond_three_standard_deviations(void **state)
{
    // 3 sqrt(216.09 / 100 + 4) = 7.446348...
    struct credibility credibility = {.shrink.mean_micro = 72000000,
                                      .within_micro = 216090000,
                                      .between_micro = 4000000};
    (void)state;

    assert_int_equal(band_of_mean(&credibility, 72000000 + 7446348, 100),
                     BAND_NOT_DISTINGUISHABLE);
    assert_int_equal(band_of_mean(&credibility, 72000000 + 7446349, 100),
                     BAND_ABOVE);
    assert_int_equal(band_of_mean(&credibility, 72000000 - 7446349, 100),
                     BAND_BELOW);
}

// At a rate of one half the tail is a sum of binomials over 2^n.
static void
a_rate_stands_out_where_the_exact_tail_says_so(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 60; n++) {
        uint64_t row[61] = {1}, tail = 0;
        for (int64_t i = 1; i <= n; i++)
            for (int64_t j = i; j > 0; j--)
                row[j] += row[j - 1];
        for (int64_t hits = n; hits > n / 2; hits--) {
            tail += row[hits];
            bool out = (unsigned __int128)tail * 100000 <
                       ((unsigned __int128)135 << n);
            assert_int_equal(band_of_rate(hits, n, 500000),
                             out ? BAND_ABOVE : BAND_NOT_DISTINGUISHABLE);
            assert_int_equal(band_of_rate(n - hits, n, 500000),
                             out ? BAND_BELOW : BAND_NOT_DISTINGUISHABLE);
        }
    }
}

// At n = 30 and 90 % all 30 hits are likely (0.9^30 = 4.2 %).
static void
a_perfect_small_sample_does_not_stand_out(void **state)
{
    (void)state;
    assert_int_equal(band_of_rate(30, 30, 900000), BAND_NOT_DISTINGUISHABLE);
    assert_int_equal(band_of_rate(100, 100, 900000), BAND_ABOVE);
    assert_int_equal(band_of_rate(0, 0, 900000), BAND_NOT_DISTINGUISHABLE);
    assert_int_equal(band_of_rate(16000000, 16700000, 900000), BAND_ABOVE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_t8_is_reproduced_exactly),
        cmocka_unit_test(without_spread_between_dealers_all_get_the_mean),
        cmocka_unit_test(nothing_is_estimated_from_too_little),
        cmocka_unit_test(vector_t10_is_reproduced_exactly),
        cmocka_unit_test(the_fast_way_counts_what_every_pair_says),
        cmocka_unit_test(ten_groups_made_by_chance_are_not_told_apart),
        cmocka_unit_test(
            true_ranks_lie_in_their_intervals_and_these_say_something),
        cmocka_unit_test(a_mean_stands_out_beyond_three_standard_deviations),
        cmocka_unit_test(a_rate_stands_out_where_the_exact_tail_says_so),
        cmocka_unit_test(a_perfect_small_sample_does_not_stand_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
