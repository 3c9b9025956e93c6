// SPDX-License-Identifier: Apache-2.0
//
// selection: what somebody asks to see, checked against what exists.
#pragma once

#include "client/ranking.h"
#include "common/domain/directory.h"

enum { SELECTION_PROBLEM_MAX = 1024 };

struct selection {
    char period[RANKING_PERIOD_MAX];
    char scope[SCOPE_MAX];
    uint32_t first, last; // months
    struct kpi_rule rule; // a copy
};

// selection_make resolves names against the rules, the dealers and the months
// with data.  NULL stands for the default: the newest month with data, "csi"
// (or the first KPI there is), "nation".  STATUS_MALFORMED: a name has no
// meaning; STATUS_NOT_FOUND: it has one, but there is no such KPI, scope or no
// data; in both cases problem says what was asked and what exists.
// STATUS_SYSTEM: no memory.
MUST_USE enum status selection_make(struct selection *out,
                                    const struct rulebook *rulebook,
                                    const struct directory *directory,
                                    const uint32_t *months, size_t month_count,
                                    int64_t now_ms, const char *period,
                                    const char *kpi, const char *scope,
                                    char problem[SELECTION_PROBLEM_MAX]);
