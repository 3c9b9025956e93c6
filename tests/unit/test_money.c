// SPDX-License-Identifier: Apache-2.0
#include "common/domain/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dice.h"

typedef unsigned __int128 uint128;

enum { DEALERS = 40, ID_ROOM = 24 };

static int64_t
sum_of(const struct money_claim *claims, size_t count)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += claims[i].fen;
    return sum;
}

static void
a_gross_amount_is_floored_and_tells_its_residue(void **state)
{
    (void)state;
    struct money_gross gross;

    assert_true(money_gross(INT64_C(5000000000), 10000, 752000, &gross));
    assert_int_equal(gross.fen, 37600000);
    assert_int_equal(gross.residue, 0);
    assert_true(money_gross(99, 12000, 999999, &gross));
    assert_int_equal(gross.fen, 1); // 1.187998812
    assert_int_equal(gross.residue, INT64_C(187998812000));
    assert_true(money_gross(MONEY_MAX, 1000000, 1000000, &gross));
    assert_int_equal(gross.fen, MONEY_MAX);
}

static void
amounts_out_of_range_are_refused(void **state)
{
    (void)state;
    struct money_gross gross;
    struct money_price price;
    struct money_claim twins[] = {{.dealer = "D1", .weight = 1},
                                  {.dealer = "D1", .weight = 1}};
    struct money_claim vast[] = {{.dealer = "D1", .weight = (uint128)1 << 127},
                                 {.dealer = "D2", .weight = (uint128)1 << 127}};

    assert_false(money_gross(-1, 1, 1, &gross));
    assert_false(money_gross(MONEY_MAX + 1, 1, 1, &gross));
    assert_false(money_gross(1, 1000001, 1, &gross));
    assert_false(money_gross(1, 1, -1, &gross));
    assert_false(money_share(10, twins, 2, &price));
    assert_false(money_share(-1, twins, 1, &price));
    assert_false(money_share(MONEY_MAX + 1, twins, 1, &price));
    assert_false(money_share(10, vast, 2, &price)); // the sum
    assert_false(money_share(10, vast, 1, &price)); // the product
}

static void
the_fen_left_over_goes_to_the_largest_remainder(void **state)
{
    (void)state;
    struct money_claim claims[] = {{.dealer = "D1", .weight = 7200},
                                   {.dealer = "D2", .weight = 8750},
                                   {.dealer = "D3", .weight = 3600},
                                   {.dealer = "D4", .weight = 0}};
    struct money_price price;

    assert_true(money_share(9400000, claims, 4, &price));
    assert_int_equal(claims[0].fen, 3461893);
    assert_int_equal(claims[1].fen, 4207161);
    assert_int_equal(claims[2].fen, 1730946);
    assert_int_equal(claims[3].fen, 0);
    // 0.5831, 0.1253 and 0.2915 of a fen
    assert_int_equal((uint64_t)(claims[0].rest * 1000 / price.total), 583);
    assert_int_equal((uint64_t)(claims[1].rest * 1000 / price.total), 125);
    assert_int_equal((uint64_t)(claims[2].rest * 1000 / price.total), 291);
}

static void
equal_remainders_go_by_dealer_id(void **state)
{
    (void)state;
    struct money_claim claims[] = {{.dealer = "D3", .weight = 1},
                                   {.dealer = "D1", .weight = 1},
                                   {.dealer = "D2", .weight = 1}};
    struct money_price price;

    assert_true(money_share(11, claims, 3, &price));
    assert_string_equal(claims[0].dealer, "D1");
    assert_string_equal(claims[2].dealer, "D3");
    assert_int_equal(claims[0].fen, 4);
    assert_int_equal(claims[1].fen, 4);
    assert_int_equal(claims[2].fen, 3);
}

static void
without_any_weight_the_pot_is_left_over(void **state)
{
    (void)state;
    struct money_claim claims[] = {{.dealer = "D1", .fen = 9},
                                   {.dealer = "D2", .fen = 9}};
    struct money_price price;

    assert_true(money_share(100, claims, 2, &price));
    assert_int_equal(sum_of(claims, 2), 0);
    assert_true(price.total == 0);
    assert_true(money_share(100, claims, 0, &price));
}

static struct money_stake
stake(const char *dealer, int64_t base, int64_t score)
{
    return (struct money_stake){
        .dealer = dealer, .base = base, .score_micro = score * 1000000};
}

static void
an_exchange_pays_out_what_was_put_in(void **state)
{
    (void)state;
    struct money_stake stakes[] = {
        stake("D1", 100000000, 72), stake("D2", 250000000, 35),
        stake("D3", 40000000, 90), stake("D4", 80000000, 0)};
    const int64_t paid[] = {3461893, 4207161, 1730946, 0};
    const int64_t net[] = {1461893, -792839, 930946, -1600000};
    struct money_claim claims[4];
    struct money_price price;
    int64_t sum = 0;

    assert_true(money_exchange(stakes, claims, 4, 20000, &price));
    assert_int_equal(price.pot, 9400000);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(stakes[i].paid, paid[i]);
        assert_int_equal(stakes[i].paid - stakes[i].withheld, net[i]);
        sum += stakes[i].paid - stakes[i].withheld;
    }
    assert_int_equal(sum, 0);
    assert_int_equal(money_slope(stakes, 4), 2404092); // 940 / 391
}

static void
a_slope_needs_a_score(void **state)
{
    (void)state;
    struct money_stake stakes[] = {stake("D1", 100, 0), stake("D2", 100, 0)};
    struct money_claim claims[2];
    struct money_price price;

    assert_true(money_exchange(stakes, claims, 2, 20000, &price));
    assert_int_equal(stakes[0].paid, 0);
    assert_int_equal(stakes[0].withheld, 2);
    assert_true(price.total == 0);
    assert_int_equal(money_slope(stakes, 2), 0);
    stakes[0].score_micro = 100000001;
    assert_false(money_exchange(stakes, claims, 2, 20000, &price));
}

static void
a_budget_that_suffices_cuts_nothing(void **state)
{
    (void)state;
    struct money_claim claims[] = {{.dealer = "D1", .weight = 600},
                                   {.dealer = "D2", .weight = 300}};
    struct money_price price;
    bool cut;

    assert_true(money_budget(900, claims, 2, &price, &cut));
    assert_false(cut);
    assert_int_equal(claims[0].fen, 600);
    assert_int_equal(claims[1].fen, 300);
    assert_true(money_budget(899, claims, 2, &price, &cut));
    assert_true(cut);
    assert_int_equal(claims[0].fen, 599); // 599.33
    assert_int_equal(claims[1].fen, 300); // 299.67
    assert_int_equal(sum_of(claims, 2), 899);
}

static void
what_comes_after_final_is_settled_at_the_frozen_price(void **state)
{
    (void)state;
    const struct money_price price = {9400000, 19550};
    int64_t fen;

    // Unchanged is unchanged, although D1 once got a fen by its remainder.
    assert_true(money_change(&price, 7200, 7200, &fen));
    assert_int_equal(fen, 0);
    assert_true(money_change(&price, 7200, 7300, &fen));
    assert_int_equal(fen, 3509974 - 3461892);
    assert_true(money_change(&price, 7300, 7200, &fen));
    assert_int_equal(fen, 3461892 - 3509974);
    const struct money_price none = {100, 0};
    assert_true(money_change(&none, 1, 2, &fen));
    assert_int_equal(fen, 0);
    assert_false(money_change(&price, 1, ~(uint128)0, &fen));
}

struct fleet {
    char ids[DEALERS][ID_ROOM];
    struct money_claim claims[DEALERS];
    size_t count;
};

static void
any_fleet(struct dice *dice, struct fleet *fleet)
{
    fleet->count = 1 + dice_below(dice, DEALERS);
    for (size_t i = 0; i < fleet->count; i++) {
        // Few different values, so that ties are frequent.
        uint128 base =
            dice_coin(dice) ? dice_below(dice, 4) : dice_roll(dice) % MONEY_MAX;
        snprintf(fleet->ids[i], ID_ROOM, "D%03zu", i);
        fleet->claims[i] =
            (struct money_claim){.dealer = fleet->ids[i],
                                 .weight = base * dice_below(dice, 100000001)};
    }
    fleet->claims[0].weight++; // one at least
}

static void
payments_add_up_to_the_pot_and_follow_the_weights(void **state)
{
    (void)state;
    struct dice dice = {20240425};

    for (int round = 0; round < 5000; round++) {
        struct fleet fleet;
        struct money_price price;
        any_fleet(&dice, &fleet);
        int64_t pot = dice_coin(&dice)
                          ? dice_below(&dice, 100)
                          : (int64_t)(dice_roll(&dice) % MONEY_MAX);
        const struct money_claim *claims = fleet.claims;
        assert_true(money_share(pot, fleet.claims, fleet.count, &price));
        assert_int_equal(sum_of(claims, fleet.count), pot);
        for (size_t i = 1; i < fleet.count; i++) {
            const struct money_claim *a = &claims[i - 1], *b = &claims[i];
            assert_true(strcmp(a->dealer, b->dealer) < 0);
            if (a->weight > b->weight)
                assert_true(a->fen >= b->fen);
            if (a->weight < b->weight)
                assert_true(a->fen <= b->fen);
            if (a->weight == b->weight)
                assert_true(a->fen == b->fen || a->fen == b->fen + 1 ||
                            (a->rest == b->rest && a->fen >= b->fen));
        }
    }
}

static void
the_order_of_claims_changes_no_payment(void **state)
{
    (void)state;
    struct dice dice = {20240426};

    for (int round = 0; round < 3000; round++) {
        struct fleet fleet;
        struct money_claim shuffled[DEALERS];
        struct money_price price;
        any_fleet(&dice, &fleet);
        memcpy(shuffled, fleet.claims, sizeof shuffled);
        for (size_t i = fleet.count; i > 1; i--) {
            size_t other = dice_below(&dice, (uint32_t)i);
            struct money_claim kept = shuffled[i - 1];
            shuffled[i - 1] = shuffled[other];
            shuffled[other] = kept;
        }
        int64_t pot = dice_below(&dice, 1000);
        assert_true(money_share(pot, fleet.claims, fleet.count, &price));
        assert_true(money_share(pot, shuffled, fleet.count, &price));
        for (size_t i = 0; i < fleet.count; i++) {
            assert_ptr_equal(shuffled[i].dealer, fleet.claims[i].dealer);
            assert_int_equal(shuffled[i].fen, fleet.claims[i].fen);
        }
    }
}

static void
an_exchange_is_neutral_for_any_fleet(void **state)
{
    (void)state;
    struct dice dice = {20240427};

    for (int round = 0; round < 3000; round++) {
        char ids[DEALERS][ID_ROOM];
        struct money_stake stakes[DEALERS];
        struct money_claim claims[DEALERS];
        struct money_price price;
        int64_t sum = 0;
        size_t count = 1 + dice_below(&dice, DEALERS);
        for (size_t i = 0; i < count; i++) {
            snprintf(ids[i], ID_ROOM, "D%03zu", i);
            stakes[i] = (struct money_stake){
                .dealer = ids[i],
                .base = (int64_t)(dice_roll(&dice) % 100000000000),
                .score_micro = dice_below(&dice, 100000001)};
        }
        stakes[0].score_micro = 1;
        stakes[0].base++;
        assert_true(money_exchange(stakes, claims, count, 20000, &price));
        for (size_t i = 0; i < count; i++)
            sum += stakes[i].paid - stakes[i].withheld;
        assert_int_equal(sum, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gross_amount_is_floored_and_tells_its_residue),
        cmocka_unit_test(amounts_out_of_range_are_refused),
        cmocka_unit_test(the_fen_left_over_goes_to_the_largest_remainder),
        cmocka_unit_test(equal_remainders_go_by_dealer_id),
        cmocka_unit_test(without_any_weight_the_pot_is_left_over),
        cmocka_unit_test(an_exchange_pays_out_what_was_put_in),
        cmocka_unit_test(a_slope_needs_a_score),
        cmocka_unit_test(a_budget_that_suffices_cuts_nothing),
        cmocka_unit_test(what_comes_after_final_is_settled_at_the_frozen_price),
        cmocka_unit_test(payments_add_up_to_the_pot_and_follow_the_weights),
        cmocka_unit_test(the_order_of_claims_changes_no_payment),
        cmocka_unit_test(an_exchange_is_neutral_for_any_fleet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
