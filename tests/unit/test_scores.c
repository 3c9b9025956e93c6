// SPDX-License-Identifier: Apache-2.0
#include "client/scores.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/figures_support.h"

// Top boxes and loyalty count the same; a sample is four top-box answers.
static struct scheme
sample_scheme(void)
{
    return (struct scheme){
        .consistency = 20,
        .dimension_count = 2,
        .dimensions = {{.kpi = "topbox",
                        .weight_ppm = 500000,
                        .min_n = 3,
                        .part = SCHEME_NO_PART,
                        .scale = {500000, 600000, 800000}},
                       {.kpi = "loyalty",
                        .weight_ppm = 500000,
                        .min_n = 1,
                        .part = SCHEME_NO_PART,
                        .scale = {500000, 600000, 800000}}},
        .ladder = {PAYOUT_LINEAR, 2, {{0, 0}, {100000000, 1000000}}},
        .max_rate_ppm = 10000};
}

static struct scores *
scores_by(const struct scheme *scheme, const struct tally_table *table)
{
    struct rulebook rulebook = sample_rules;
    struct scores *scores = NULL;
    const struct material material = {.rulebook = &rulebook,
                                      .directory = &sample_directory,
                                      .table = table,
                                      .now_ms = NOVEMBER_5};

    rulebook.scheme = scheme;
    assert_int_equal(scores_open(&scores, &material, OCTOBER, OCTOBER),
                     STATUS_OK);
    scores->period->rulebook = NULL; // the local one is not lent further
    return scores;
}

static void
every_dealer_is_scored_ranked_and_paid(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    const struct scheme scheme = sample_scheme();
    struct scores *scores = scores_by(&scheme, table);
    const struct scores_row *rows = scores->rows;

    assert_int_equal(scores->count, 5); // A B C D, and E that is not listed
    assert_string_equal(rows[0].dealer, "A");
    // A: 3 of 4 top boxes, 7 points (2 answers before are too few to improve
    // on); 2 of 3 would recommend: 4; (7 + 4) / 2 * 8 and 20 for consistency.
    assert_int_equal(rows[0].outcome.score.score_micro, 64000000);
    assert_int_equal(rows[0].rate_ppm, 6400);
    // B: 3 of 4, nothing before, nobody asked about loyalty: 7 * 8 and 20.
    assert_int_equal(rows[1].outcome.score.score_micro, 76000000);
    // C: too few top boxes, loyalty beyond the benchmark.
    assert_int_equal(rows[2].outcome.score.score_micro, 100000000);
    assert_int_equal(rows[2].rank, 1);
    assert_int_equal(rows[4].rank, 1); // E, too
    assert_int_equal(rows[1].rank, 3);
    assert_int_equal(rows[0].rank, 4);
    assert_int_equal(rows[3].rank, 0); // D has no figures
    scores_close(scores);
    tally_table_free(table);
}

static void
own_baselines_are_of_the_twelve_months_before(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    struct scheme scheme = sample_scheme();

    scheme.dimensions[0].min_n = 2;
    struct scores *scores = scores_by(&scheme, table);
    // From 0 of 2 to 3 of 4: 9 points for improving; (9 + 4) / 2 * 8 + 20.
    assert_int_equal(scores->rows[0].outcome.score.score_micro, 72000000);
    scores_close(scores);
    tally_table_free(table);
}

static void
who_has_no_score_is_paid_as_the_peers(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    const struct scheme scheme = sample_scheme();
    struct scores *scores = scores_by(&scheme, table);

    // The lower median of 64, 76, 100 and 100 %.
    assert_int_equal(scores->peer_ppm, 760000);
    assert_true(scores->rows[3].outcome.gates.insufficient);
    assert_int_equal(scores->rows[3].rate_ppm, 7600);
    assert_int_equal(scores->mean_rate_ppm,
                     (6400 + 7600 + 10000 + 7600 + 10000) / 5);
    scores_close(scores);
    tally_table_free(table);
}

static void
an_exchange_returns_what_it_takes(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    struct scheme scheme = sample_scheme();

    scheme.payout = SCHEME_EXCHANGE;
    scheme.withhold_ppm = 20000;
    struct scores *scores = scores_by(&scheme, table);
    int64_t sum = 0;
    for (size_t i = 0; i < scores->count; i++)
        sum += scores->rows[i].rate_ppm;
    // 64 + 76 + 100 + 0 + 100 = 340 share 100000 ppm, floored for display.
    assert_int_equal(scores->rows[0].rate_ppm, 18823);
    assert_int_equal(scores->rows[3].rate_ppm, 0);
    assert_in_range(sum, 100000 - 5, 100000);
    scores_close(scores);
    tally_table_free(table);
}

static void
without_a_rebate_there_is_nothing_to_score(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    struct scores *scores = NULL;
    const struct material material = {.rulebook = &sample_rules,
                                      .directory = &sample_directory,
                                      .table = table,
                                      .now_ms = NOVEMBER_5};

    assert_int_equal(scores_open(&scores, &material, OCTOBER, OCTOBER),
                     STATUS_MALFORMED);
    assert_null(scores);
    scores_close(NULL);
    tally_table_free(table);
}

// Of the same sums where months and due dates are alike, else of its own.
static void
scores_beside_others_are_those_of_their_own(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    struct scheme scheme = sample_scheme(), steep = sample_scheme();
    struct rulebook first = sample_rules, second = sample_rules;
    struct material material = {.rulebook = &first,
                                .directory = &sample_directory,
                                .table = table,
                                .now_ms = NOVEMBER_5};
    struct scores *now, *beside, *own;

    steep.dimensions[0].scale.threshold = 700000;
    first.scheme = &scheme;
    second.scheme = &steep;
    assert_int_equal(scores_open(&now, &material, OCTOBER, OCTOBER), STATUS_OK);
    material.rulebook = &second;
    for (uint32_t days = 0; days < 20; days += 10) {
        second.close_days = days; // 10 is the sample's
        assert_int_equal(scores_open(&own, &material, OCTOBER, OCTOBER),
                         STATUS_OK);
        assert_int_equal(scores_open_beside(&beside, &material, now),
                         STATUS_OK);
        assert_int_equal(beside->period->lent, days == 10);
        assert_int_equal(beside->open, own->open);
        assert_int_equal(beside->count, own->count);
        for (size_t i = 0; i < own->count; i++) {
            assert_int_equal(beside->rows[i].rank, own->rows[i].rank);
            assert_int_equal(beside->rows[i].rate_ppm, own->rows[i].rate_ppm);
            assert_int_equal(beside->rows[i].outcome.score.score_micro,
                             own->rows[i].outcome.score.score_micro);
        }
        scores_close(beside);
        scores_close(own);
    }
    scores_close(now);
    tally_table_free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dealer_is_scored_ranked_and_paid),
        cmocka_unit_test(own_baselines_are_of_the_twelve_months_before),
        cmocka_unit_test(who_has_no_score_is_paid_as_the_peers),
        cmocka_unit_test(an_exchange_returns_what_it_takes),
        cmocka_unit_test(scores_beside_others_are_those_of_their_own),
        cmocka_unit_test(without_a_rebate_there_is_nothing_to_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
