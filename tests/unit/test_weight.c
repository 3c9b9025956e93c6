// SPDX-License-Identifier: Apache-2.0
#include "common/domain/weight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/dice.h"

// The after-sales weights of a Chinese maker, 2008, in three levels.
static void
three_levels_become_one_list(void **state)
{
    (void)state;
    const struct weight levels[] = {
        {-1, 450000}, {0, 600000},  {0, 400000}, // service: CSS, audit
        {-1, 300000},                            // technical
        {3, 400000},  {4, 700000},  {4, 300000}, // claims: repeat, accuracy
        {3, 600000},                             // complaints
        {7, 300000},  {7, 300000},  {7, 200000},  {7, 200000},
        {-1, 250000}, {12, 400000}, {12, 600000}, // parts: outside, stock
    };
    const int64_t expected[] = {0,     270000, 180000, 0,      0,
                                84000, 36000,  0,      54000,  54000,
                                36000, 36000,  0,      100000, 150000};
    enum { COUNT = sizeof levels / sizeof *levels };
    int64_t flat[COUNT], sum = 0;
    size_t at;

    assert_null(weight_flatten(levels, COUNT, flat, &at));
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(flat[i], expected[i]);
        sum += flat[i];
    }
    assert_int_equal(sum, WEIGHT_WHOLE);
}

static void
what_the_floors_take_goes_to_the_largest_remainders(void **state)
{
    (void)state;
    // The floors add up to 999999.
    const struct weight thirds[] = {
        {-1, 333334}, {-1, 333333}, {-1, 333333},
        {0, 333333},  {0, 333333},  {0, 333334},
    };
    int64_t flat[6], sum = 0;
    size_t at;

    assert_null(weight_flatten(thirds, 6, flat, &at));
    for (size_t i = 0; i < 6; i++)
        sum += flat[i];
    assert_int_equal(sum, WEIGHT_WHOLE);
    assert_int_equal(flat[0], 0);
    // 111111.222222, 111111.222222, 111111.555556: the last takes the one.
    assert_int_equal(flat[3], 111111);
    assert_int_equal(flat[4], 111111);
    assert_int_equal(flat[5], 111112);
}

static void
any_tree_adds_up_to_the_whole(void **state)
{
    (void)state;
    struct dice dice = {20240424};

    for (int round = 0; round < 3000; round++) {
        struct weight nodes[64];
        int64_t flat[64], sum = 0;
        size_t count = 0, at;
        // Every node of a level is split again with even chance.
        int parents[64], next = 0, used = 0;
        parents[used++] = -1;
        while (next < used && count + 4 <= 20) {
            int parent = parents[next++];
            int64_t left = WEIGHT_WHOLE;
            for (int child = 0; child < 3; child++) {
                int64_t share =
                    child == 2 ? left
                               : 1 + dice_below(&dice, (uint32_t)(left / 2));
                left -= share;
                if (dice_coin(&dice))
                    parents[used++] = (int)count;
                nodes[count++] = (struct weight){parent, share};
            }
        }
        const char *problem = weight_flatten(nodes, count, flat, &at);
        if (problem) { // too deep, by chance
            assert_string_equal(problem, "weights go at most 6 levels deep");
            continue;
        }
        for (size_t i = 0; i < count; i++)
            sum += flat[i];
        assert_int_equal(sum, WEIGHT_WHOLE);
    }
}

static void
weights_that_do_not_add_up_are_told_with_their_place(void **state)
{
    (void)state;
    int64_t flat[4];
    size_t at;
    struct weight bad[] = {
        {-1, 600000}, {-1, 400000}, {1, 500000}, {1, 499999}};

    assert_non_null(weight_flatten(bad, 4, flat, &at));
    assert_int_equal(at, 2);
    bad[3].share_ppm = 500000;
    assert_null(weight_flatten(bad, 4, flat, &at));
    bad[2].parent = 3;
    assert_non_null(weight_flatten(bad, 4, flat, &at));
    assert_int_equal(at, 2);
    bad[2].parent = 2; // its own parent
    assert_non_null(weight_flatten(bad, 4, flat, &at));
    bad[2] = (struct weight){1, 0};
    assert_non_null(weight_flatten(bad, 4, flat, &at));
    assert_non_null(weight_flatten(bad, 0, flat, &at));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_levels_become_one_list),
        cmocka_unit_test(what_the_floors_take_goes_to_the_largest_remainders),
        cmocka_unit_test(any_tree_adds_up_to_the_whole),
        cmocka_unit_test(weights_that_do_not_add_up_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
