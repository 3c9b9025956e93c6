// SPDX-License-Identifier: Apache-2.0
#include "common/domain/rank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rank_row
row_of(const char *dealer, int64_t micro, int64_t n)
{
    return (struct rank_row){
        .dealer = dealer,
        .kpi = {.has_value = true, .n = n, .value_micro = micro},
    };
}

static void
assert_row(const struct rank_row *row, const char *dealer, uint32_t rank,
           const char *reason)
{
    assert_string_equal(row->dealer, dealer);
    assert_int_equal(row->rank, rank);
    if (reason)
        assert_string_equal(row->reason, reason);
    else
        assert_null(row->reason);
}

// domain.md T9
static void
t9_equal_figures_share_a_rank_and_the_next_is_skipped(void **state)
{
    (void)state;
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g"};
    static const int64_t scores[] = {90, 85, 85, 80, 80, 80, 70};
    static const uint32_t ranks[] = {1, 2, 2, 4, 4, 4, 7};
    struct rank_row rows[7];

    for (size_t i = 0; i < 7; i++) // from worst to best
        rows[6 - i] = row_of(ids[i], scores[i] * 1000000, 100);
    rank_rows(rows, 7, &(struct kpi_rule){.min_n = 30});
    for (size_t i = 0; i < 7; i++)
        assert_row(&rows[i], ids[i], ranks[i], NULL);
}

static void
where_lower_is_better_the_lowest_leads(void **state)
{
    (void)state;
    struct rank_row rows[] = {row_of("a", 5, 9), row_of("b", -3, 9),
                              row_of("c", 5, 9), row_of("d", 0, 9)};

    rank_rows(rows, 4, &(struct kpi_rule){.lower_is_better = true});
    assert_row(&rows[0], "b", 1, NULL);
    assert_row(&rows[1], "d", 2, NULL);
    assert_row(&rows[2], "a", 3, NULL);
    assert_row(&rows[3], "c", 3, NULL);
}

static void
too_few_answers_and_no_data_follow_unranked_by_id(void **state)
{
    (void)state;
    struct rank_row rows[] = {
        row_of("z", 10, 30),
        row_of("y", 99, 29), // better, but by
                             // chance perhaps
        {.dealer = "x", .rank = 7},
        row_of("b", 10, 31),
        row_of("w", 50, 0),
    };

    rank_rows(rows, 5, &(struct kpi_rule){.min_n = 30});
    assert_row(&rows[0], "b", 1, NULL);
    assert_row(&rows[1], "z", 1, NULL);
    assert_row(&rows[2], "w", 0, "below_min_n");
    assert_row(&rows[3], "x", 0, "no_data");
    assert_row(&rows[4], "y", 0, "below_min_n");
}

static void
nobody_is_ranked_among_nobody(void **state)
{
    (void)state;
    struct rank_row one[] = {row_of("a", 1, 1)};

    rank_rows(NULL, 0, &(struct kpi_rule){0});
    rank_rows(one, 1, &(struct kpi_rule){0});
    assert_row(&one[0], "a", 1, NULL);
    rank_rows(one, 1, &(struct kpi_rule){.min_n = 2});
    assert_row(&one[0], "a", 0, "below_min_n");
}

enum { DEALERS = 2000 };

// Against the definition: one more than the number of better ones.
static void
any_order_of_rows_gives_the_same_ranking(void **state)
{
    (void)state;
    static char ids[DEALERS][16];
    static struct rank_row rows[DEALERS], again[DEALERS];
    const struct kpi_rule rule = {.min_n = 5};
    uint64_t seed = 7;

    for (int i = 0; i < DEALERS; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 99;
        (void)snprintf(ids[i], sizeof ids[i], "D%04d", i);
        rows[i] = row_of(ids[i], (int64_t)(seed >> 33) % 500,
                         (int64_t)(seed >> 40) % 50);
        again[DEALERS - 1 - i] = rows[i];
    }
    rank_rows(rows, DEALERS, &rule);
    rank_rows(again, DEALERS, &rule);
    for (int i = 0; i < DEALERS; i++) {
        uint32_t better = 0;
        for (int j = 0; j < DEALERS; j++)
            better += rows[j].rank != 0 &&
                      rows[j].kpi.value_micro > rows[i].kpi.value_micro;
        assert_ptr_equal(rows[i].dealer, again[i].dealer);
        assert_int_equal(rows[i].rank, again[i].rank);
        if (rows[i].rank != 0)
            assert_int_equal(rows[i].rank, better + 1);
        else
            assert_true(rows[i].kpi.n < 5);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t9_equal_figures_share_a_rank_and_the_next_is_skipped),
        cmocka_unit_test(where_lower_is_better_the_lowest_leads),
        cmocka_unit_test(too_few_answers_and_no_data_follow_unranked_by_id),
        cmocka_unit_test(nobody_is_ranked_among_nobody),
        cmocka_unit_test(any_order_of_rows_gives_the_same_ranking),
    };
    return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
