// SPDX-License-Identifier: Apache-2.0
//
// kpi: one figure, formed once, at the end, from exact integers.
//
// value = num / den * scale, rounded half away from zero to 10^-6 (micro).
// num and den are in the form the source of the formula gives (docs/KPIS.md),
// reduced only where they would leave int64.  Where even the lowest terms do,
// the published figure stands there: num = value_micro, den = scale * 10^6.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/domain/rulebook.h"
#include "common/domain/tally.h"

struct kpi {
    bool has_value; // false: no data, never 0
    int64_t n;      // answers, responses or due cases behind it
    int64_t num, den;
    int64_t value_micro; // with the scale (100 for shares) in it
    bool flagged;        // value reaches the rule's flag_ppm
    bool proven;         // and so does the lower Wilson 95 % bound
    // KPI_GAP: answers above, at and below expectation, n together; else 0.
    int64_t above, equal, below;
};

// kpi_of forms a KPI from a dealer's tally over a window.  `unanswered` tells
// whether cases without an answer count as due: false for an OPEN period
// (rulings A2).
struct kpi kpi_of(const struct rulebook *rulebook, const struct kpi_rule *rule,
                  const struct tally *tally, bool unanswered);

// kpi_round returns num * scale * 10^6 / den rounded half away from zero, for
// any num and den > 0; beyond int64 the nearest end of it.
int64_t kpi_round(__int128 num, __int128 den, int64_t scale);

enum { KPI_TEXT_MAX = 40 };

// kpi_text writes micro as a decimal with six places: "71.970370", "-2.702703".
void kpi_text(int64_t micro, char text[KPI_TEXT_MAX]);
