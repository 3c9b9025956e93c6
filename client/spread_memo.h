// SPDX-License-Identifier: Apache-2.0
//
// spread_memo: what the answers behind one KPI add up to, of every dealer of
// some figures: kept so that the next scope need not look again.
#pragma once

#include "common/domain/credibility.h"
#include "common/domain/rulebook.h"

struct spread_memo {
    char kpi[RULE_ID_MAX + 1];
    struct sample *samples; // one per dealer; NULL: empty
};
