// SPDX-License-Identifier: Apache-2.0
//
// scheme: the rebate of one rulebook version as plain data, and a dealer's way
// through it: figures, points, score, ratio, gates, money.
//
// Fixed before the period and unchanged during it; common/config reads and
// validates it.  Every step is printed in a statement, so every step's result
// stays in the outcome.  Formulas: docs/KPIS.md, "Points and money".
#pragma once

#include "common/domain/directory.h"
#include "common/domain/gate.h"
#include "common/domain/kpi.h"
#include "common/domain/money.h"
#include "common/domain/payout.h"
#include "common/domain/points.h"
#include "common/domain/shrink.h"

enum { SCHEME_DIMENSIONS_MAX = 64, SCHEME_NO_PART = GATE_PARTS_MAX };

// What a dimension of the score is made of.
struct scheme_dimension {
    char kpi[RULE_ID_MAX + 1]; // its id names the dimension
    enum points_form form;
    bool lower_is_better;
    uint32_t weight_ppm; // of the whole; all add up to 10^6
    uint32_t min_n;      // fewer answers: no performance
    uint8_t part;        // index into parts, SCHEME_NO_PART: none
    bool is_shrunken;
    struct shrink shrink;
    struct points_scale scale;
};

enum scheme_payout { SCHEME_LADDER, SCHEME_EXCHANGE };

struct scheme {
    int consistency; // its weight, 0..100
    size_t dimension_count;
    struct scheme_dimension dimensions[SCHEME_DIMENSIONS_MAX];
    size_t part_count;
    char parts[GATE_PARTS_MAX][RULE_ID_MAX + 1];
    enum scheme_payout payout;
    struct payout_ladder ladder; // LADDER
    int64_t max_rate_ppm;        // LADDER: of the base, at ratio 1
    bool has_budget;             // LADDER
    int64_t budget;              // fen
    int64_t withhold_ppm;        // EXCHANGE: of the base
    struct gate_rules gates;     // LADDER
    // Days from the period's end, ascending: PROVISIONAL, review until,
    // decisions until, FINAL.
    uint32_t provisional_days, review_days, decision_days, final_days;
    // One for each of the rulebook's peer groups, with their own thresholds and
    // shrinkage and all else alike; NULL: one scheme for all.
    const struct scheme *of_peers;
};

// scheme_of returns the scheme a dealer is scored by, that of its peer group;
// a row of NULL (nobody lists it) is of no group.  NULL without a rebate.
const struct scheme *scheme_of(const struct rulebook *rulebook,
                               const struct dealer_row *row);

// scheme_value gives the value of a KPI that counts, in micro: its own, or the
// shrunken one.  False: no data, too few answers, or (shrunken) beyond what can
// be computed.
bool scheme_value(const struct scheme_dimension *dimension,
                  const struct kpi *kpi, int64_t *micro);

// scheme_input makes a dimension's performance or baseline, in ppm, of a KPI;
// false as scheme_value.
bool scheme_input(const struct scheme_dimension *dimension,
                  const struct kpi *kpi, int64_t *ppm);

// scheme_measures makes the measures of a dealer's KPIs, one for each
// dimension, of the period and of the four quarters of the baseline.
void scheme_measures(const struct scheme *scheme, const struct kpi *period,
                     const struct kpi *baseline,
                     struct points_measure *measures);

// scheme_figures fills in what gates ask of a window's tally: sample, bounced,
// emergency.  The other figures are nobody's counters yet and stay as they are.
void scheme_figures(const struct tally *tally, struct gate_input *input);

struct scheme_outcome {
    struct points_score score;
    int64_t ratio_ppm; // of the score, before the gates; 0 without one
    struct gate_outcome gates;
    struct money_gross gross;
    bool has_next; // a step that pays more
    struct payout_step next;
};

// scheme_settle takes measures to a gross amount by the ladder.  figures lends
// what the gates ask; its has_score, ratio_ppm and part_ppm are filled in here.
// False when base is out of range.
bool scheme_settle(const struct scheme *scheme,
                   const struct points_measure *measures,
                   const struct gate_input *figures, int64_t base,
                   struct scheme_outcome *outcome);
