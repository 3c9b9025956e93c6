// SPDX-License-Identifier: Apache-2.0
#include "common/domain/netting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/money.h"
#include "tests/support/dice.h"

enum { PERIODS = 6, RUNS = 3000, SETTLEMENTS = 12 };

static int64_t
net_of(struct netting_account *account, int64_t entitlement, int64_t gross)
{
    int64_t net = -1;

    assert_true(
        netting_settle(&netting_usual, account, 1, &entitlement, gross, &net));
    assert_int_equal(account->paid + account->adjusted + account->carried +
                         account->waived,
                     entitlement);
    return net;
}

static void
what_the_dealer_is_owed_is_paid_whole(void **state)
{
    (void)state;
    struct netting_account account = {.paid = 1000000};

    assert_int_equal(net_of(&account, 1500000, 0), 500000);
    assert_int_equal(account.carried, 0);
    assert_int_equal(net_of(&account, 1500000, 0), 0);
}

static void
less_than_a_hundred_yuan_is_waived_until_it_adds_up(void **state)
{
    (void)state;
    struct netting_account account = {.paid = 1000000};

    assert_int_equal(net_of(&account, 1009999, 1000000), 0);
    assert_int_equal(account.waived, 9999);
    assert_int_equal(net_of(&account, 1010000, 1000000), 10000);
    assert_int_equal(account.waived, 0);
}

static void
no_more_than_half_of_the_gross_is_taken_back_and_the_rest_is_carried(
    void **state)
{
    (void)state;
    struct netting_account account = {.paid = 1000000};

    assert_int_equal(net_of(&account, 200000, 1000001), -500000);
    assert_int_equal(account.carried, -300000);
    assert_int_equal(net_of(&account, 200000, 0), 0);
    assert_int_equal(account.carried, -300000);
    assert_int_equal(net_of(&account, 200000, 10000000), -300000);
    assert_int_equal(account.carried, 0);
}

static void
after_four_settlements_what_is_left_is_waived_after_fraud_after_eight(
    void **state)
{
    (void)state;

    for (int fraud = 0; fraud <= 1; fraud++) {
        struct netting_account account = {.paid = 1000000, .fraud = fraud};
        for (int i = 0; i < (fraud ? 8 : 4); i++) {
            assert_int_equal(net_of(&account, 0, 20000), -10000);
            assert_int_equal(account.waived, 0);
        }
        assert_int_equal(net_of(&account, 0, 20000), 0);
        assert_int_equal(account.carried, 0);
        assert_int_equal(account.waived, fraud ? -920000 : -960000);
        // Also what turns up later in the dealer's favour.
        assert_int_equal(net_of(&account, 2000000, 20000), 0);
    }
}

static void
the_oldest_period_is_taken_back_first(void **state)
{
    (void)state;
    struct netting_account accounts[] = {{.paid = 400000}, {.paid = 400000}};
    const int64_t entitlements[] = {100000, 100000};
    int64_t net;

    assert_true(netting_settle(&netting_usual, accounts, 2, entitlements,
                               800000, &net));
    assert_int_equal(net, -400000);
    assert_int_equal(accounts[0].carried, 0);
    assert_int_equal(accounts[1].adjusted, -100000);
    assert_int_equal(accounts[1].carried, -200000);
}

static void
a_figure_out_of_range_changes_nothing(void **state)
{
    (void)state;
    struct netting_account account = {.paid = 1};
    int64_t entitlement = MONEY_MAX + 1, net = 7;

    assert_false(
        netting_settle(&netting_usual, &account, 1, &entitlement, 0, &net));
    entitlement = 0;
    assert_false(
        netting_settle(&netting_usual, &account, 1, &entitlement, -1, &net));
    assert_int_equal(account.age, 0);
    assert_int_equal(net, 7);
}

// --- Whatever happens -----------------------------------------------------

static int64_t
some_fen(struct dice *dice)
{
    // Of every size, so that materiality, cap and range are all met.
    static const uint64_t sizes[] = {20000, 1000000, 1000000000, MONEY_MAX};

    return (int64_t)(dice_roll(dice) % (sizes[dice_below(dice, 4)] + 1));
}

static void
assert_books(const struct netting_account *accounts,
             const int64_t *entitlements, const struct netting_rules *rules)
{
    for (int i = 0; i < PERIODS; i++) {
        const struct netting_account *one = &accounts[i];
        int64_t open = one->carried < 0 ? -one->carried : one->carried;
        assert_int_equal(one->paid + one->adjusted + one->carried + one->waived,
                         entitlements[i]);
        assert_true(one->carried == 0 || one->waived == 0);
        assert_true(one->carried <= 0); // debts to the dealer are paid
        assert_true(open == 0 || one->age <= rules->fraud_settlements);
    }
}

static void
play(struct dice *dice)
{
    const struct netting_rules rules = {
        .materiality = (int64_t)dice_below(dice, 20001),
        .cap_ppm = (int64_t)dice_below(dice, 1000001),
        .settlements = (uint32_t)dice_below(dice, 6),
        .fraud_settlements = 8};
    struct netting_account accounts[PERIODS] = {0};
    int64_t entitlements[PERIODS], received = 0, net, adjusted = 0;

    for (int i = 0; i < PERIODS; i++) {
        accounts[i].paid = entitlements[i] = some_fen(dice);
        accounts[i].fraud = dice_below(dice, 8) == 0;
    }
    for (int i = 0; i < SETTLEMENTS; i++) {
        int64_t gross = some_fen(dice);
        int64_t cap = (int64_t)((__int128)gross * rules.cap_ppm / 1000000);
        entitlements[dice_below(dice, PERIODS)] = some_fen(dice);
        assert_true(netting_settle(&rules, accounts, PERIODS, entitlements,
                                   gross, &net));
        assert_true(net >= -cap);
        received += net;
        assert_books(accounts, entitlements, &rules);
    }
    // What moved is what the accounts say moved.
    for (int i = 0; i < PERIODS; i++)
        adjusted += accounts[i].adjusted;
    assert_int_equal(adjusted, received);
}

static void
payments_adjustments_carried_and_waived_are_the_entitlement(void **state)
{
    (void)state;
    struct dice dice = {20261122};

    for (int run = 0; run < RUNS; run++)
        play(&dice);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_dealer_is_owed_is_paid_whole),
        cmocka_unit_test(less_than_a_hundred_yuan_is_waived_until_it_adds_up),
        cmocka_unit_test(
            no_more_than_half_of_the_gross_is_taken_back_and_the_rest_is_carried),
        cmocka_unit_test(
            after_four_settlements_what_is_left_is_waived_after_fraud_after_eight),
        cmocka_unit_test(the_oldest_period_is_taken_back_first),
        cmocka_unit_test(a_figure_out_of_range_changes_nothing),
        cmocka_unit_test(
            payments_adjustments_carried_and_waived_are_the_entitlement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
