// SPDX-License-Identifier: Apache-2.0
//
// 1,237 real institutions of a public survey-to-money programme, read and
// scored by the product: the totals, ranks and exchange slope worked out from
// the official points (every single figure: tests/system/test_score_hvbp.py).
#include "common/config/performance.h"
#include "common/config/programme.h"
#include "common/domain/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXPERIENCE DATA_DIR "/hvbp_fy2024_experience.csv"
#define THRESHOLDS DATA_DIR "/hvbp_fy2024_thresholds.csv"

enum { ROWS_MAX = 1500, BYTES_MAX = 1 << 20 };

static struct {
    size_t rows, scored;
    struct points_score scores[ROWS_MAX];
    char ids[ROWS_MAX][PERFORMANCE_ID_MAX + 1];
    struct money_stake stakes[ROWS_MAX]; // equal bases, official total score
    struct money_claim claims[ROWS_MAX];
} all;

// "15.583333333333" in micro, half up: beyond six places it is only rounded.
static int64_t
micro_of(struct span cell)
{
    int64_t micro = 0, place = -1;

    for (uint32_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == '.')
            place = 0;
        else if (place < 6) {
            micro = micro * 10 + cell.data[i] - '0';
            place += place >= 0;
        } else if (place++ == 6)
            micro += cell.data[i] >= '5';
    }
    return micro;
}

static void
take_row(struct performance *performance, size_t tps)
{
    size_t i = all.rows++;

    snprintf(all.ids[i], sizeof all.ids[i], "%s", performance->id);
    all.scores[i] =
        points_score(performance->measures, performance->thresholds->count,
                     POINTS_CONSISTENCY);
    all.scored += all.scores[i].has_value;
    all.stakes[i] = (struct money_stake){
        .dealer = all.ids[i],
        .base = 100000000,
        .score_micro = micro_of(performance->sheet.cells[tps])};
}

static int
read_all(void **state)
{
    static struct performance performance;
    static struct problems problems;
    struct thresholds thresholds;
    size_t length, tps;
    char *data;

    (void)state;
    if (access(EXPERIENCE, R_OK) != 0)
        return 0;
    assert_int_equal(thresholds_load(THRESHOLDS, &thresholds, &problems),
                     STATUS_OK);
    assert_int_equal(
        file_take(EXPERIENCE, BYTES_MAX, &data, &length, &problems), STATUS_OK);
    assert_int_equal(performance_open(&performance, span_of(data, length),
                                      EXPERIENCE, &thresholds, NULL, &problems),
                     STATUS_OK);
    assert_true(sheet_find(&performance.sheet, "tps", &tps));
    while (performance_next(&performance) == STATUS_OK)
        take_row(&performance, tps);
    assert_int_equal(problems.count, 0);
    performance_close(&performance);
    free(data);
    return 0;
}

static void
need_data(void)
{
    if (all.rows > 0)
        return;
    print_message("skipped: no reference data in %s\n", DATA_DIR);
    skip();
}

static void
points_add_up_to_the_official_ones(void **state)
{
    (void)state;
    int64_t base = 0, consistency = 0;
    int whole = 0, none = 0;

    need_data();
    for (size_t i = 0; i < all.rows; i++) {
        const struct points_score *score = &all.scores[i];
        if (!score->has_value)
            continue;
        base += score->base_micro;
        consistency += score->consistency;
        whole += score->weakest_num >= score->weakest_den;
        none += score->weakest_num <= 0;
    }
    assert_int_equal(all.rows, 1237);
    assert_int_equal(all.scored, 1233);
    assert_int_equal(base, INT64_C(7939) * POINTS_MICRO);
    assert_int_equal(consistency, 13950);
    assert_int_equal(whole, 42);
    assert_int_equal(none, 19);
}

static int
rank_of(int64_t points)
{
    int better = 0;

    for (size_t i = 0; i < all.rows; i++)
        better += all.scores[i].score_micro > points * POINTS_MICRO;
    return better + 1;
}

static void
scores_take_their_places(void **state)
{
    (void)state;
    need_data();
    assert_int_equal(rank_of(50), 49);
    assert_int_equal(rank_of(20), 361);
    assert_int_equal(rank_of(10), 824);
}

static void
the_exchange_pays_back_all_that_was_withheld(void **state)
{
    (void)state;
    struct money_price price;
    int64_t net = 0;

    need_data();
    assert_true(
        money_exchange(all.stakes, all.claims, all.rows, 20000, &price));
    for (size_t i = 0; i < all.rows; i++)
        net += all.stakes[i].paid - all.stakes[i].withheld;
    assert_int_equal(net, 0);
    assert_int_equal(money_slope(all.stakes, all.rows), 4418361);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_add_up_to_the_official_ones),
        cmocka_unit_test(scores_take_their_places),
        cmocka_unit_test(the_exchange_pays_back_all_that_was_withheld),
    };
    return cmocka_run_group_tests(tests, read_all, NULL);
}
