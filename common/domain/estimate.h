// SPDX-License-Identifier: Apache-2.0
//
// estimate: what chance leaves of a dealer's figure.
//
// The shrunken value (shrink.h), how much of it is the dealer's own (Z = n /
// (n + K)), a 95 % interval, the ranks left open and whether the dealer stands
// out from its peers (standing.h).  Interval and ranks belong to what is
// ranked by: the raw value with variance within / n, or the shrunken one with
// Z within / n, so a rank always lies among the ranks left open.
#pragma once

#include "common/domain/credibility.h"
#include "common/domain/kpi.h"
#include "common/domain/standing.h"

struct estimate {
    bool has_value;
    int64_t value_micro;           // shrunken
    int64_t weight_micro;          // Z, 0..10^6
    int64_t variance;              // micro^2, of what is ranked by
    int64_t low_micro, high_micro; // 95 %, at most 2 micro too wide
    uint32_t first, last;          // ranks left open; 0: not ranked
    enum band band;
};

// estimate_of fills all but ranks and band.  Without a value: the KPI has
// none, or shrink_value refuses.
struct estimate estimate_of(const struct credibility *credibility,
                            const struct kpi_rule *rule, const struct kpi *kpi,
                            bool by_estimate);

// estimate_band: of shares by the binomial tail, of everything else by spread.
// Above and below are said of the value, also where lower is better.
enum band estimate_band(const struct credibility *credibility,
                        const struct kpi_rule *rule, const struct kpi *kpi);

// band_name: "not_distinguishable", "above", "below".
const char *band_name(enum band band);
