// SPDX-License-Identifier: Apache-2.0
//
// ranking: one KPI of every dealer in a scope over a period, best first.
//
// Ranks compare published micro integers, the raw values or, where the rulebook
// says so, the shrunken ones; dealers without a rank follow, with their figures
// and the reason.  The total is the KPI of all figures in scope together, not a
// mean of means.
#pragma once

#include "client/spread.h"
#include "common/domain/rank.h"

enum { RANKING_PERIOD_MAX = PERIOD_TEXT_MAX * 2 };

struct ranking {
    char period[RANKING_PERIOD_MAX];
    char scope[SCOPE_MAX];
    uint64_t position;
    bool open;            // some month of the period is OPEN
    int64_t unanswered;   // SLA: cases left out because their month is OPEN
    struct kpi_rule rule; // a copy
    size_t row_count;
    struct rank_row *rows; // names and ids lent by the figures
    bool by_estimate;
    bool is_weighed;      // rows have estimates where spread has a source
    uint32_t c_milli;     // standard errors that set dealers apart
    struct spread spread; // of the scope
    struct kpi total;
    const char *total_reason; // "no_data" or NULL
};

// ranking_open ranks.  period names it in what is printed.  A scope
// that scope_valid refuses is STATUS_MALFORMED; STATUS_FULL: a sum leaves
// int64; STATUS_SYSTEM: no memory.  The figures must outlive the ranking.
MUST_USE enum status ranking_open(struct ranking **out,
                                  const struct figures *figures,
                                  const struct kpi_rule *rule,
                                  const char *scope, const char *period);
void ranking_close(struct ranking *ranking); // NULL is fine

// ranking_open_plain ranks alike, but weighs the figures against chance only
// where the ranks hang on it.
MUST_USE enum status ranking_open_plain(struct ranking **out,
                                        const struct figures *figures,
                                        const struct kpi_rule *rule,
                                        const char *scope, const char *period);

// ranking_any tells whether any dealer has a value of a KPI.
bool ranking_any(const struct figures *figures, const struct kpi_rule *rule);

// ranking_flag tells about a rule with a flag: "reached" when even the lower
// 95 % bound reaches it, "not_proven" when only the value does, else NULL.
const char *ranking_flag(const struct kpi_rule *rule, const struct kpi *kpi);
