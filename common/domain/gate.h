// SPDX-License-Identifier: Apache-2.0
//
// gate: what stands between a score and its money, in the order of the
// rulebook, each with its evidence for the statement.
//
// A gate asks one or two questions of figures the reader formed (invited of
// eligible, correct of rechecked, verdicts of severity 4 ...); it fails when
// one of them does, and then changes the payout ratio.  Caps follow the gates.
// Nothing here disqualifies anybody: the most a gate does is ask for a review.
// Form and defaults: docs/KPIS.md, "Points and money".
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/rulebook.h"

enum {
    GATES_MAX = 16,
    GATE_QUESTIONS_MAX = 2,
    GATE_PARTS_MAX = 8,
    GATE_RATIO_MAX = 1000000, // ppm
};

// What a question is about.  Shares have a denominator; counts have 1.
#define GATE_FIGURE_MAP(X)                                                     \
    X(SAMPLE, "sample")       /* answers behind the score, a count */          \
    X(INVITED, "invited")     /* invited / eligible */                         \
    X(BOUNCED, "bounced")     /* bounced / invited */                          \
    X(CONTACT, "contact")     /* correct / rechecked */                        \
    X(EMERGENCY, "emergency") /* updates / (updates + missed) */               \
    X(AUDIT, "audit")         /* items passed / audited */                     \
    X(VETO, "veto")           /* veto items failed, a count */                 \
    X(VERDICT, "verdict")     /* confirmed cases of severity 4, a count */     \
    X(FRAUD, "fraud")         /* gate_fraud_level, a count */                  \
    X(COACHED, "coached")     /* coached / asked */

enum gate_figure_id {
#define X(name, text) GATE_##name,
    GATE_FIGURE_MAP(X)
#undef X
        GATE_FIGURE_COUNT
};

struct gate_figure {
    int64_t num, den; // den 0: no data
};

enum gate_form {
    GATE_AT_LEAST,  // num / den >= limit ppm
    GATE_AT_MOST,   // num / den <= limit ppm
    GATE_NOT_BELOW, // the Wilson 95 % upper end >= limit ppm: not proven bad
    GATE_COUNT_AT_LEAST, // num >= limit
    GATE_COUNT_AT_MOST,  // num <= limit
};

struct gate_question {
    enum gate_figure_id figure;
    enum gate_form form;
    int64_t limit;   // ppm or a count
    int64_t min_den; // shares: a smaller den is shown, not judged
};

enum gate_effect {
    GATE_PEERS,  // no score of its own: the peer group's ratio, never zero
    GATE_FACTOR, // ratio * amount
    GATE_CAP,    // ratio <= amount
    GATE_PART,   // ratio * (10^6 - the part's weight)
    GATE_ZERO,   // nothing for the period
};

struct gate {
    char id[RULE_ID_MAX + 1];
    size_t question_count; // 1..GATE_QUESTIONS_MAX
    struct gate_question questions[GATE_QUESTIONS_MAX];
    enum gate_effect effect;
    int64_t amount_ppm; // FACTOR, CAP: 0..10^6
    uint8_t part;       // PART: index, < GATE_PARTS_MAX
    int64_t
        review_count; // a failed count from here on asks for a review; 0: none
};

// Caps.  A rise or fall is measured from the ratio of the period before; a
// failed gate may let the ratio fall further than a cap on falls.
struct gate_caps {
    bool has_rise, has_fall;
    int64_t rise_ppm, fall_ppm;
};

struct gate_rules {
    size_t count;
    struct gate gates[GATES_MAX];
    struct gate_caps caps;
};

// gate_problem returns what is wrong with the rules as a constant sentence and
// the gate it is wrong at; NULL when nothing is.
const char *gate_problem(const struct gate_rules *rules, size_t *at);

struct gate_input {
    bool has_score;
    int64_t ratio_ppm; // of the score, when there is one
    int64_t peer_ppm;  // the median ratio of the peer group's last FINAL
    bool has_previous;
    int64_t previous_ppm; // the dealer's ratio in the period before
    struct gate_figure figures[GATE_FIGURE_COUNT];
    int64_t part_ppm[GATE_PARTS_MAX]; // sum of the weights of each part
};

enum gate_verdict {
    GATE_PASSED,
    GATE_FAILED,
    GATE_NO_DATA,    // passes
    GATE_NOT_JUDGED, // too few to judge: shown, passes
};

struct gate_evidence {
    bool failed;
    enum gate_verdict verdicts[GATE_QUESTIONS_MAX];
    int64_t before_ppm, after_ppm;
};

struct gate_outcome {
    int64_t ratio_ppm;
    bool insufficient; // paid at the peer group's ratio
    bool review;       // headquarters should look; nothing follows by itself
    struct gate_evidence gates[GATES_MAX]; // one for each gate
    int64_t uncapped_ppm;                  // before the caps
};

// gate_apply sends a ratio through the gates and caps.  A dealer without a
// score starts from its peers' ratio.
void gate_apply(const struct gate_rules *rules, const struct gate_input *input,
                struct gate_outcome *outcome);

enum { GATE_FRAUD_QUARTERS = 7 };

// gate_fraud_level tells where repeated survey fraud has led to, from the
// confirmed cases of the quarter in question (first) and the six before it:
//   0  nothing
//   1  one in this quarter: this period is zero
//   2  a second one within four quarters, in this quarter or the three before:
//      four quarters are zero
//   3  a third one within four quarters: as 2, and a review
int64_t gate_fraud_level(const uint32_t confirmed[GATE_FRAUD_QUARTERS]);
