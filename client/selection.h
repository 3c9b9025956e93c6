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

// What there is to choose from; lent.
struct material {
    const struct rulebook *rulebook;
    const struct directory *directory;
    const struct tally_table *table; // of all months, or NULL
    const uint32_t *months;          // with data, any order
    size_t month_count;
    int64_t now_ms;
};

// newest_month finds the newest month that has begun (months_end) in which any
// dealer has a value of a KPI, MONTH_NONE when there is none; it needs the
// table.  STATUS_FULL, STATUS_SYSTEM: as figures_open.
MUST_USE enum status newest_month(const struct material *material,
                                  const struct kpi_rule *rule, uint32_t *month);

// selection_make resolves names.  NULL stands for the default: "csi" (or the
// first KPI there is), "nation", and the newest month that has begun in which
// the KPI has a value, or without a table the newest with any data.
// STATUS_MALFORMED: a name has no meaning; STATUS_NOT_FOUND: it has one, but
// there is no such KPI, scope or no data; in both cases problem says what was
// asked and what exists. STATUS_FULL, STATUS_SYSTEM: as figures_open.
MUST_USE enum status selection_make(struct selection *out,
                                    const struct material *material,
                                    const char *period, const char *kpi,
                                    const char *scope,
                                    char problem[SELECTION_PROBLEM_MAX]);
