// SPDX-License-Identifier: Apache-2.0
//
// overview: what headquarters sees first: every KPI of all dealers in scope
// together, what it was the period before, what the rulebook asks for, thirteen
// months; how many dealers have which value of one KPI; and what the data is
// worth.
#pragma once

#include "client/selection.h"

enum { OVERVIEW_MONTHS = 13, OVERVIEW_BINS = 20 };

struct overview_line {
    const struct kpi_rule *rule; // the rulebook's, or the selection's
    struct kpi total, previous;
    struct kpi months[OVERVIEW_MONTHS]; // oldest first
    bool has_target;
    int64_t target_micro; // the threshold of the rebate, as a value
};

// Dealers with a rank, by value.
struct overview_bin {
    int64_t from_micro, to_micro; // the last one includes its end
    size_t dealers;
};

struct overview {
    struct selection selection;
    uint64_t position;
    bool open;
    uint32_t previous_first, previous_last;
    uint32_t months[OVERVIEW_MONTHS];
    size_t line_count;
    struct overview_line *lines; // the rulebook's KPIs, then the selection's
    size_t dealers, reporting;   // in scope; with an answer in the period
    int64_t late;                // events that came after their month closed
    size_t ranked;               // of the selection's KPI
    size_t bin_count;            // 0: nobody is ranked
    struct overview_bin bins[OVERVIEW_BINS];
    int64_t counts[COUNT_END]; // of the period, published figures
};

// overview_open makes it.  The material needs its table and must outlive it.
// STATUS_FULL: a sum leaves int64; STATUS_SYSTEM: no memory.
MUST_USE enum status overview_open(struct overview **out,
                                   const struct material *material,
                                   const struct selection *selection);
void overview_close(struct overview *overview); // NULL is fine

// overview_bins counts `count` values in bins of equal width, a round one.
size_t overview_bins(const int64_t *values, size_t count,
                     struct overview_bin bins[OVERVIEW_BINS]);
