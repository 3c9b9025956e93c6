// SPDX-License-Identifier: Apache-2.0
//
// scorecard: every KPI of one dealer over a period: its value and rank, all
// dealers together, the period before, and thirteen months.
#pragma once

#include "client/selection.h"

enum { SCORECARD_MONTHS = 13 };

struct scorecard_line {
    struct kpi_rule rule; // a copy
    struct kpi kpi;       // the dealer's, over the period
    struct kpi total;     // all dealers' in scope
    struct kpi previous;  // the dealer's, over the window before
    uint32_t rank;        // 0: not ranked
    uint32_t ranked;      // how many are
    const char *reason;   // why not ranked, as rank.h; NULL when ranked
    struct kpi months[SCORECARD_MONTHS]; // oldest first
};

struct scorecard {
    char dealer[DEALER_ID_MAX + 1];
    const struct dealer_row
        *row; // as of the period's end, lent; NULL: unlisted
    char period[RANKING_PERIOD_MAX], scope[SCOPE_MAX];
    uint64_t position;
    bool open;    // some month of the period is OPEN
    int64_t late; // events of the period that came after its months had closed
    uint32_t previous_first, previous_last; // months of the window before
    uint32_t months[SCORECARD_MONTHS];      // the last one ends the period
    size_t line_count;
    struct scorecard_line *lines; // the rulebook's KPIs, then item means
};

// scorecard_open makes a dealer's for the selection's period and scope; the
// material needs its table, of all months shown.  STATUS_NOT_FOUND: there is no
// such dealer, neither listed nor with figures in the period; STATUS_FULL,
// STATUS_SYSTEM: as figures_open.  The material must outlive it.
MUST_USE enum status scorecard_open(struct scorecard **out,
                                    const struct material *material,
                                    const struct selection *selection,
                                    const char *dealer);
void scorecard_close(struct scorecard *scorecard); // NULL is fine
