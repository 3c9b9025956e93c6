// SPDX-License-Identifier: Apache-2.0
//
// rank: competition ranks ("1224") over published micro integers (rulings 16).
//
// Best first; equal micro is a tie.  Dealers with no value or fewer than
// min_n answers follow without a rank, in order of id, with the reason.
#pragma once

#include <stddef.h>

#include "common/domain/estimate.h"

struct rank_row {
    const char *dealer; // id; lent
    const char *name;   // lent
    struct kpi kpi;
    struct estimate estimate; // the caller's, as far as it is known
    uint32_t rank;            // 1.., 0: not ranked
    uint32_t place;           // ranking's own, without a meaning outside
    const char *reason; // why not ranked, a constant code; NULL when ranked
};

// rank_rows sorts rows in place and fills rank and reason ("no_data",
// "below_min_n").
void rank_rows(struct rank_row *rows, size_t count,
               const struct kpi_rule *rule);

// rank_estimates does so by the estimates; a row without one has the reason
// "no_estimate".
void rank_estimates(struct rank_row *rows, size_t count,
                    const struct kpi_rule *rule);
