// SPDX-License-Identifier: Apache-2.0
//
// Where spreads come from, and what they do to a ranking.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/ranking.h"
#include "figures_support.h"

static struct tally_table *table;
static struct figures *figures;
static struct ranking *ranking;

static int
end(void **state)
{
    (void)state;
    ranking_close(ranking);
    figures_close(figures);
    tally_table_free(table);
    ranking = NULL;
    figures = NULL;
    table = NULL;
    return 0;
}

// Answers 9 or 10 and below, of a dealer in a month.
static void
give(const char *dealer, uint32_t month, int64_t low, int64_t top)
{
    row(table, dealer, month);
    answers(table, ITEM_OVERALL, 5, low);
    answers(table, ITEM_OVERALL, 9, top);
}

// The year before: A and B far apart, of south only D.
static void
begin_table(void)
{
    table = tally_table_alloc();
    assert_non_null(table);
    give("A", SEPTEMBER, 10, 90);
    give("B", SEPTEMBER, 60, 40);
    give("D", SEPTEMBER, 50, 50);
}

static const struct ranking *
rank_topbox(const char *scope, const struct ranking_rule *how)
{
    static struct rulebook rules;

    rules = sample_rules;
    rules.ranking = *how;
    tally_table_seal(table);
    assert_int_equal(figures_open(&figures, &rules, &sample_directory, table,
                                  OCTOBER, OCTOBER, NOVEMBER_5),
                     STATUS_OK);
    assert_int_equal(
        ranking_open(&ranking, figures, &rules.kpis[0], scope, "P"), STATUS_OK);
    return ranking;
}

static const struct rank_row *
row_of(const char *dealer)
{
    for (size_t i = 0; i < ranking->row_count; i++)
        if (strcmp(ranking->rows[i].dealer, dealer) == 0)
            return &ranking->rows[i];
    fail_msg("no row of %s", dealer);
    return NULL;
}

static void
a_year_before_the_quarter_is_what_a_period_is_judged_by(void **state)
{
    uint32_t first, last;
    (void)state;

    spread_before(OCTOBER, &first, &last);
    assert_int_equal(first, OCTOBER - 12);
    assert_int_equal(last, SEPTEMBER);
    spread_before(OCTOBER + 2, &first, &last); // December: the same quarter
    assert_int_equal(first, OCTOBER - 12);
    assert_int_equal(last, SEPTEMBER);
}

static void
no_answer_of_the_period_moves_what_it_is_judged_by(void **state)
{
    int64_t estimates[2];

    for (int64_t i = 0; i < 2; i++) {
        begin_table();
        give("A", OCTOBER, 10, 30);
        give("B", OCTOBER, 10 + i * 400, 30); // a rival's bad month
        const struct ranking *got =
            rank_topbox("nation", &(struct ranking_rule){0});
        assert_int_equal(got->spread.source, SPREAD_BEFORE);
        assert_int_equal(got->spread.last, SEPTEMBER);
        assert_int_equal(got->spread.credibility.shrink.mean_micro, 60000000);
        estimates[i] = row_of("A")->estimate.value_micro;
        end(state);
    }
    assert_int_equal(estimates[0], estimates[1]);
}

static void
without_a_year_before_the_period_itself_tells_the_spread(void **state)
{
    (void)state;
    table = tally_table_alloc();
    give("A", SEPTEMBER, 10, 90); // one dealer says nothing about dealers
    give("A", OCTOBER, 10, 30);
    give("B", OCTOBER, 30, 10);
    const struct ranking *got =
        rank_topbox("nation", &(struct ranking_rule){0});
    assert_int_equal(got->spread.source, SPREAD_PERIOD);
    assert_int_equal(got->spread.first, OCTOBER);
    assert_int_equal(got->spread.credibility.shrink.mean_micro, 50000000);
}

static void
the_rulebook_may_ask_for_the_period_itself(void **state)
{
    (void)state;
    begin_table();
    give("A", OCTOBER, 10, 30);
    give("B", OCTOBER, 30, 10);
    const struct ranking *got =
        rank_topbox("nation", &(struct ranking_rule){.spread_of_period = true});
    assert_int_equal(got->spread.source, SPREAD_PERIOD);
}

// Of north are B and C, and C has no answers.
static void
a_scope_of_one_takes_the_nations_spread(void **state)
{
    (void)state;
    begin_table();
    give("B", OCTOBER, 30, 10);
    const struct ranking *got =
        rank_topbox("region:north", &(struct ranking_rule){0});
    assert_int_equal(got->spread.source, SPREAD_BEFORE);
    assert_string_equal(got->spread.scope, "nation");
    assert_int_equal(got->spread.credibility.shrink.mean_micro, 60000000);
    assert_int_equal(got->row_count, 2);
}

static void
a_lucky_few_lose_their_first_rank_when_shrunken(void **state)
{
    (void)state;
    for (int shrunken = 0; shrunken < 2; shrunken++) {
        begin_table();
        row(table, "B", OCTOBER);
        answers(table, ITEM_OVERALL, 9, 3); // 3 of 3
        give("A", OCTOBER, 10, 190);        // 190 of 200
        const struct ranking *got = rank_topbox(
            "nation", &(struct ranking_rule){.by_estimate = shrunken != 0});
        assert_int_equal(got->by_estimate, shrunken != 0);
        assert_int_equal(row_of("B")->rank, shrunken ? 2 : 1);
        assert_int_equal(row_of("A")->rank, shrunken ? 1 : 2);
        // 95 % of 200 at a peers' rate of 60 % is no chance; 3 of 3 is.
        assert_int_equal(row_of("A")->estimate.band, BAND_ABOVE);
        assert_int_equal(row_of("B")->estimate.band, BAND_NOT_DISTINGUISHABLE);
        assert_true(row_of("B")->estimate.first <= row_of("B")->rank);
        assert_true(row_of("B")->estimate.last >= row_of("B")->rank);
        end(state);
    }
}

static void
too_few_answers_have_neither_ranks_nor_band(void **state)
{
    (void)state;
    begin_table();
    give("A", OCTOBER, 1, 1);
    rank_topbox("nation", &(struct ranking_rule){0});
    const struct rank_row *row = row_of("A");
    assert_string_equal(row->reason, "below_min_n");
    assert_true(row->estimate.has_value);
    assert_int_equal(row->estimate.first, 0);
    assert_int_equal(row->estimate.last, 0);
}

static void
a_plain_ranking_has_the_same_ranks_and_no_estimates(void **state)
{
    struct ranking *plain;
    (void)state;

    begin_table();
    give("A", OCTOBER, 10, 30);
    give("B", OCTOBER, 30, 10);
    rank_topbox("nation", &(struct ranking_rule){0});
    assert_int_equal(
        ranking_open_plain(&plain, figures, &sample_kpis[0], "nation", "P"),
        STATUS_OK);
    assert_int_equal(plain->row_count, ranking->row_count);
    for (size_t i = 0; i < plain->row_count; i++) {
        assert_string_equal(plain->rows[i].dealer, ranking->rows[i].dealer);
        assert_int_equal(plain->rows[i].rank, ranking->rows[i].rank);
        assert_false(plain->rows[i].estimate.has_value);
    }
    ranking_close(plain);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_year_before_the_quarter_is_what_a_period_is_judged_by),
        cmocka_unit_test_teardown(
            no_answer_of_the_period_moves_what_it_is_judged_by, end),
        cmocka_unit_test_teardown(
            without_a_year_before_the_period_itself_tells_the_spread, end),
        cmocka_unit_test_teardown(the_rulebook_may_ask_for_the_period_itself,
                                  end),
        cmocka_unit_test_teardown(a_scope_of_one_takes_the_nations_spread, end),
        cmocka_unit_test_teardown(
            a_lucky_few_lose_their_first_rank_when_shrunken, end),
        cmocka_unit_test_teardown(too_few_answers_have_neither_ranks_nor_band,
                                  end),
        cmocka_unit_test_teardown(
            a_plain_ranking_has_the_same_ranks_and_no_estimates, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
