// SPDX-License-Identifier: Apache-2.0
//
// simulate_truth_parts: how the ledger of truth is laid out, for the file that
// fills it and the one that writes it.
#pragma once

#include "console/simulate_truth.h"

// An index is the weighted mean of item means, each over its own answers: its
// parts are the items'.  Every other KPI has one numerator and denominator.
struct part {
    int64_t n, excess; // answers, and how far they lie above the scale's foot
};

struct cell {
    int64_t n, num, den;
    struct part parts[KPI_ITEMS_MAX];
};

enum { SEEN_BYTES = TOLD_CUSTOMERS_MAX / 8 };

struct truth {
    const struct rulebook *rulebook;
    const struct directory *directory;
    uint32_t first; // month of the first column
    size_t month_count, kpi_count;
    struct cell *cells; // by dealer, month, KPI
    uint8_t *seen;      // by dealer, month: a bit per customer
};
