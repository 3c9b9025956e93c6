// SPDX-License-Identifier: Apache-2.0
//
// example: a test a rulebook carries of itself: answers, cases and counts that
// are written down, and the figures that must come of them.
//
// What is written goes the way of real events: each response and case is an
// entity, folded by contribution_of under the rulebook, and the figures are
// formed of the tally.  So an example shows what weights, cuts, scales, clocks,
// thresholds and knots mean, and fails when one of them is changed unawares.
#pragma once

#include "common/domain/contribution.h"
#include "common/domain/money.h"
#include "common/domain/scheme.h"

enum {
    EXAMPLES_MAX = 256,
    EXAMPLE_PARTS_MAX = 256, // responses, cases, counts or figures of one
    EXAMPLE_EXPECTED_MAX = EXAMPLE_PARTS_MAX + 4, // and those of the score
    EXAMPLE_TIMES_MAX = 1000000,
    EXAMPLE_COUNTERS_MAX = 8192, // in the tally of one
};

struct example_response {
    uint32_t times; // so many customers answered alike
    const struct questionnaire *questionnaire;
    struct survey survey; // answers alone
};

struct example_case {
    uint32_t times;
    enum complaint_class class;
    bool is_answered;
    int64_t after_ms; // the first response, after its receipt
};

struct example_count {
    enum count count;
    int64_t value;
};

// A dimension of the score that is given and not made of the answers.
struct example_measure {
    size_t dimension;
    bool is_baseline;
    int64_t ppm;
};

enum example_figure {
    EXAMPLE_KPI,         // micro
    EXAMPLE_SCORE,       // micro
    EXAMPLE_CONSISTENCY, // points
    EXAMPLE_RATIO,       // ppm, after gates
    EXAMPLE_FEN,         // of base_fen
};

struct example_expected {
    enum example_figure figure;
    size_t kpi;     // KPI: index into the rulebook's
    bool has_value; // false: no data is expected
    int64_t value;
    uint32_t line; // where the rulebook expects it
};

struct example {
    char name[RULE_NAME_MAX + 1];
    uint32_t line;
    size_t response_count, case_count, count_count, measure_count;
    const struct example_response *responses;
    const struct example_case *cases;
    const struct example_count *counts;
    const struct example_measure *measures;
    int64_t base_fen, peer_ppm;
    size_t expected_count;
    const struct example_expected *expected;
};

struct example_result {
    bool has_value;
    int64_t value;
};

// Where examples are worked out, one after the other; the caller lends it.
struct example_room {
    struct member members[ENTITY_MEMBERS_MAX];
    struct contribution contribution;
    struct tally tally;
    int64_t memory[EXAMPLE_COUNTERS_MAX * 2];
};

// example_run works an example out and writes a result for each figure it
// expects.  False: a sum is too large, or base_fen out of range.
bool example_run(struct example_room *room, const struct rulebook *rulebook,
                 const struct example *example, struct example_result *results);

// example_holds tells whether a result is the expected one.
bool example_holds(const struct example_expected *expected,
                   const struct example_result *result);
