// SPDX-License-Identifier: Apache-2.0
//
// statement_sums: does an issued statement add up?
//
// From the rules and the performances the pack names, points, score, ratio and
// money are made anew by the engine that makes statements (points.h, payout.h,
// money.h), the gates are followed, and everything the head says is compared
// with the pack.  How counts became performances is for
// tests/support/recompute.py, which needs nothing of this program.
#pragma once

#include "console/statement_file.h"

// statement_sums_check leaves a sentence that names the first figure that
// differs, and returns false.
bool statement_sums_check(const struct statement_head *head, struct span pack,
                          char problem[STATEMENT_PROBLEM_MAX]);
