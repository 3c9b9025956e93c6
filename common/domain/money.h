// SPDX-License-Identifier: Apache-2.0
//
// money: fen (1/100 yuan) in int64, every product in 128 bits, nothing lost
// without being told.
//
// Two ways to a payment.  By itself: base * max_rate * ratio, floored, its
// residue reported.  Out of a pot (an exchange that costs nothing, a budget
// that does not suffice): shares in proportion, whole fen by largest
// remainder, so that the payments add up to the pot exactly.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONEY_MAX INT64_C(1000000000000000) // fen: ten trillion yuan

struct money_gross {
    int64_t fen;
    int64_t residue; // what the floor took, in 10^-12 fen: 0..10^12 - 1
};

// money_gross makes floor(base * rate_ppm * ratio_ppm / 10^12).  False when
// base is not 0..MONEY_MAX fen, or a factor not 0..10^6.
bool money_gross(int64_t base, int64_t rate_ppm, int64_t ratio_ppm,
                 struct money_gross *gross);

// What a dealer brings to a pot, and gets out of it.
struct money_claim {
    const char *dealer;       // id, unique among the claims; lent
    unsigned __int128 weight; // any unit: base * score, or gross fen
    int64_t fen;              // out
    unsigned __int128 rest;   // out: of weight * pot / sum, for the trace
};

// The pot's price of a unit of weight, as it stood at FINAL: what comes later
// is settled at this price and at headquarters' cost (rulings C15).
struct money_price {
    int64_t pot;             // fen
    unsigned __int128 total; // sum of weights; 0: nobody has any
};

// money_share divides a pot of 0..MONEY_MAX fen in proportion to the weights:
// floors first, then one fen each by largest remainder, equal ones by dealer
// id.  The payments add up to the pot; without any weight all get 0 and the
// pot is left over (price->total 0).  Leaves the claims in order of dealer id;
// their order before changes nothing.  False, with undefined claims, when the
// pot is out of range, a product leaves 128 bits or ids repeat.
bool money_share(int64_t pot, struct money_claim *claims, size_t count,
                 struct money_price *price);

// money_change returns what a weight that changed after FINAL changes of the
// payment, at the frozen price: floor(after) - floor(before), so that an
// unchanged weight changes nothing.  False when a product leaves 128 bits.
bool money_change(const struct money_price *price, unsigned __int128 before,
                  unsigned __int128 after, int64_t *fen);

// money_budget pays gross amounts (the weights, fen) in full where the budget
// suffices, and shares the budget where it does not.  *cut tells which.  The
// price of a fen is then 1 or budget / sum.
bool money_budget(int64_t budget, struct money_claim *claims, size_t count,
                  struct money_price *price, bool *cut);

// One side of a budget-neutral exchange: every dealer puts in the same share
// of its base, and the pot goes back in proportion to base * score.
//   pay_i = base_i * w * score_i / 100 * slope,
//   slope = 100 * sum base / sum (base * score)
// as in 42 CFR 412.162.
struct money_stake {
    const char *dealer;  // id, lent
    int64_t base;        // fen, 0..MONEY_MAX
    int64_t score_micro; // 0..10^8
    int64_t withheld;    // out: floor(base * withhold_ppm / 10^6)
    int64_t paid;        // out
};

// money_exchange settles an exchange: stakes lends the claims' memory, one for
// each stake.  Both are left in order of dealer id; sum paid = sum withheld,
// unless no score is above 0 (price->total 0): then nothing is paid and the
// pot is left over.  False as for money_share, or a stake out of range.
bool money_exchange(struct money_stake *stakes, struct money_claim *claims,
                    size_t count, int64_t withhold_ppm,
                    struct money_price *price);

// money_slope returns the exchange's slope in micro, rounded half away from
// zero, for display: 100 * sum base / sum (base * score).  0 without a total.
int64_t money_slope(const struct money_stake *stakes, size_t count);
