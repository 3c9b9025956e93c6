// SPDX-License-Identifier: Apache-2.0
//
// alerts: which sets call for somebody's attention (common/domain/alert.h), as
// of the last checkpoint.
//
// Two ways to ask, both in pages of bounded work: through all cases in the
// order of their keys, and through what the events of the journal touched,
// from a position or a time on.  Whoever goes through the cases once and then
// follows the journal knows every alert.
#pragma once

#include "aggregator/answers.h"

// alerts_answer adds a page to an answer of the snapshot at `position`.
MUST_USE enum status alerts_answer(const struct answers *answers,
                                   struct snapshot *snapshot,
                                   const struct query *query, uint64_t position,
                                   struct writer *writer);
