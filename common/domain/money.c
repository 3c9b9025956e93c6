// SPDX-License-Identifier: Apache-2.0
#include "common/domain/money.h"

#include <string.h>

#include "common/domain/exact.h"
#include "common/domain/points.h"
#include "common/domain/sort.h"

static const int64_t rate_max = POINTS_PPM;
static const int64_t score_max = INT64_C(100) * POINTS_MICRO;

static bool
in_range(int64_t value, int64_t max)
{
    return value >= 0 && value <= max;
}

bool
money_gross(int64_t base, int64_t rate_ppm, int64_t ratio_ppm,
            struct money_gross *gross)
{
    const int128 unit = (int128)POINTS_PPM * POINTS_PPM;

    if (!in_range(base, MONEY_MAX) || !in_range(rate_ppm, rate_max) ||
        !in_range(ratio_ppm, rate_max))
        return false;
    int128 product = (int128)base * rate_ppm * ratio_ppm;
    *gross = (struct money_gross){(int64_t)(product / unit),
                                  (int64_t)(product % unit)};
    return true;
}

static int
by_dealer(const struct money_claim *a, const struct money_claim *b)
{
    return strcmp(a->dealer, b->dealer);
}

static bool
dealer_before(const void *a, const void *b, const void *rule)
{
    (void)rule;
    return by_dealer(a, b) < 0;
}

static bool
rest_before(const void *a, const void *b, const void *rule)
{
    const struct money_claim *left = a, *right = b;

    (void)rule;
    if (left->rest != right->rest)
        return left->rest > right->rest;
    return by_dealer(left, right) < 0;
}

static bool
sort_by_dealer(struct money_claim *claims, size_t count)
{
    sort_rows(claims, count, sizeof *claims, dealer_before, NULL);
    for (size_t i = 1; i < count; i++)
        if (by_dealer(&claims[i - 1], &claims[i]) == 0)
            return false;
    return true;
}

static bool
add_weights(const struct money_claim *claims, size_t count, uint128 *total)
{
    *total = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(*total, claims[i].weight, total))
            return false;
    return true;
}

// Gives every claim its floor and returns through *left what remains of the
// pot: fewer fen than there are claims with a rest.
static bool
share_floors(const struct money_price *price, struct money_claim *claims,
             size_t count, int64_t *left)
{
    *left = price->pot;
    for (size_t i = 0; i < count; i++) {
        uint128 product;
        if (__builtin_mul_overflow(claims[i].weight, (uint128)price->pot,
                                   &product))
            return false;
        claims[i].fen = (int64_t)(product / price->total);
        claims[i].rest = product % price->total;
        *left -= claims[i].fen;
    }
    return true;
}

bool
money_share(int64_t pot, struct money_claim *claims, size_t count,
            struct money_price *price)
{
    int64_t left;

    price->pot = pot;
    if (!in_range(pot, MONEY_MAX) || !sort_by_dealer(claims, count) ||
        !add_weights(claims, count, &price->total))
        return false;
    for (size_t i = 0; i < count; i++) {
        claims[i].fen = 0;
        claims[i].rest = 0;
    }
    if (price->total == 0)
        return true;
    if (!share_floors(price, claims, count, &left))
        return false;
    if (left == 0)
        return true;
    sort_rows(claims, count, sizeof *claims, rest_before, NULL);
    for (int64_t i = 0; i < left; i++)
        claims[i].fen++;
    return sort_by_dealer(claims, count);
}

static bool
price_of(const struct money_price *price, uint128 weight, int64_t *fen)
{
    uint128 product;

    *fen = 0;
    if (price->total == 0)
        return true;
    if (__builtin_mul_overflow(weight, (uint128)price->pot, &product) ||
        product / price->total > (uint128)INT64_MAX)
        return false;
    *fen = (int64_t)(product / price->total);
    return true;
}

bool
money_change(const struct money_price *price, uint128 before, uint128 after,
             int64_t *fen)
{
    int64_t old, new;

    if (!price_of(price, before, &old) || !price_of(price, after, &new))
        return false;
    *fen = new - old;
    return true;
}

bool
money_budget(int64_t budget, struct money_claim *claims, size_t count,
             struct money_price *price, bool *cut)
{
    uint128 total;

    if (!in_range(budget, MONEY_MAX) || !add_weights(claims, count, &total))
        return false;
    *cut = total > (uint128)budget;
    return money_share(*cut ? budget : (int64_t)total, claims, count, price);
}

static bool
stake_before(const void *a, const void *b, const void *rule)
{
    const struct money_stake *left = a, *right = b;

    (void)rule;
    return strcmp(left->dealer, right->dealer) < 0;
}

static bool
withhold(struct money_stake *stake, int64_t withhold_ppm)
{
    struct money_gross gross;

    if (!in_range(stake->score_micro, score_max) ||
        !money_gross(stake->base, withhold_ppm, rate_max, &gross))
        return false;
    stake->withheld = gross.fen;
    stake->paid = 0;
    return true;
}

bool
money_exchange(struct money_stake *stakes, struct money_claim *claims,
               size_t count, int64_t withhold_ppm, struct money_price *price)
{
    int128 pot = 0;

    sort_rows(stakes, count, sizeof *stakes, stake_before, NULL);
    for (size_t i = 0; i < count; i++) {
        struct money_stake *stake = &stakes[i];
        if (!withhold(stake, withhold_ppm))
            return false;
        pot += stake->withheld;
        claims[i] = (struct money_claim){.dealer = stake->dealer,
                                         .weight = (uint128)stake->base *
                                                   (uint128)stake->score_micro};
    }
    if (pot > MONEY_MAX || !money_share((int64_t)pot, claims, count, price))
        return false;
    for (size_t i = 0; i < count; i++)
        stakes[i].paid = claims[i].fen;
    return true;
}

int64_t
money_slope(const struct money_stake *stakes, size_t count)
{
    int128 bases = 0, products = 0;

    for (size_t i = 0; i < count; i++) {
        bases += stakes[i].base;
        products += (int128)stakes[i].base * stakes[i].score_micro;
    }
    // 100 * bases / (products / 10^6), in micro
    if (products <= 0 || bases > (int128)MONEY_MAX * MONEY_MAX)
        return 0;
    int128 slope = exact_round(bases * score_max * POINTS_MICRO, products);
    return slope > INT64_MAX ? INT64_MAX : (int64_t)slope;
}
