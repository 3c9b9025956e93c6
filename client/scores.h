// SPDX-License-Identifier: Apache-2.0
//
// scores: every dealer's way through the rebate of a rulebook over a period,
// from tallies: points, score, rank, ratio and what it pays.
//
// Nothing is folded again: weights, thresholds, knots and gates are applied
// when reading, so that the rebate of any programme can be tried on a period.
// Two things a settlement has are not there yet and are stood in for: all bases
// are equal, so that what is paid is told in ppm of the base; and the peers'
// ratio is the lower median of those who have a sample, not that of the last
// FINAL statements.  Caps on changes need a period before and are not applied.
#pragma once

#include "client/selection.h"
#include "common/domain/scheme.h"

enum {
    SCORES_BASELINE_MONTHS = 12,
    SCORES_BASE = 1000000000, // fen: of everybody, ten million yuan
};

struct scores_row {
    const char *dealer, *name;     // lent
    struct scheme_outcome outcome; // of an exchange only the score is used
    uint32_t rank;                 // 1.., 0: no score, or too small a sample
    int64_t rate_ppm;              // paid, of the base
};

struct scores {
    uint64_t position;
    bool open;
    size_t count;
    struct scores_row *rows; // ascending id
    int64_t peer_ppm;        // ratio of those without a sample
    int64_t mean_rate_ppm;   // of the sum of all bases, floored
    struct figures *period;  // what the rows lend from
    struct figures *before;  // the twelve months of own baselines
    struct kpi_rule rules[SCHEME_DIMENSIONS_MAX]; // of the dimensions
};

// scores_open scores months first..last by the material's rulebook, which has a
// rebate; own baselines are of the twelve months before.  STATUS_FULL,
// STATUS_SYSTEM: as figures_open; STATUS_MALFORMED: the rulebook has no rebate.
MUST_USE enum status scores_open(struct scores **out,
                                 const struct material *material,
                                 uint32_t first, uint32_t last);
void scores_close(struct scores *scores); // NULL is fine

// scores_open_beside does so by the sums of other scores of the same months,
// which must outlive these, where the rulebooks allow it.
MUST_USE enum status scores_open_beside(struct scores **out,
                                        const struct material *material,
                                        const struct scores *other);

// scores_kpis forms the KPIs behind the dimensions of a row, of the period and
// of the baseline; the rulebook must still be there.
void scores_kpis(const struct scores *scores, size_t row, struct kpi *period,
                 struct kpi *baseline);

// An exchange in which every base is the same.
struct scores_exchange {
    struct money_stake *stakes; // as the rows by ascending id, which are lent
    struct money_claim *claims; // likewise
    struct money_price price;
};

// scores_exchange settles one by a scheme that is an exchange.  STATUS_FULL: as
// money_exchange; STATUS_SYSTEM: no memory.
MUST_USE enum status scores_exchange(struct scores_exchange *out,
                                     const struct scores *scores,
                                     const struct scheme *scheme, int64_t base);
void scores_exchange_fini(struct scores_exchange *exchange);
