// SPDX-License-Identifier: Apache-2.0
//
// freeze: the thresholds a rulebook should have for its next period, of what
// the dealers reached in the months of some figures, by KPI and peer group.
#pragma once

#include "client/figures.h"
#include "common/domain/credibility.h"
#include "common/domain/freeze.h"
#include "common/domain/scheme.h"

struct freeze {
    char scope[SCOPE_MAX]; // whose dealers: as asked, or a wider one
    size_t dealers;        // with min_n answers or more
    bool is_shrunken;      // false: nothing is known about the spread
    struct shrink shrink;  // of all dealers with answers
    struct points_scale scale;
};

// freeze_of makes the thresholds of a scheme's dimension for a scope.  Too few
// dealers (of a peer group min_members, else FREEZE_LEAST) give way to the
// wider scope; the nation does with what it has.  dealers is 0, and nothing is
// filled, when not even the nation has one.  STATUS_SYSTEM: no memory.
MUST_USE enum status freeze_of(struct freeze *out,
                               const struct figures *figures,
                               const struct scheme_dimension *dimension,
                               const char *scope);
