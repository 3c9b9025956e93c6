// SPDX-License-Identifier: Apache-2.0
//
// sampling: what the answers behind a KPI add up to, for credibility.h.
//
// Each answer is an observation of the KPI's own value: of a share 0 or 100,
// of an NPS -100, 0 or 100, of a mean the answer, of an index the index of one
// complete response.  Counts, their
// ratios, quantiles and gaps of several pairs have no answers and no spread.
#pragma once

#include "common/domain/credibility.h"
#include "common/domain/kpi.h"

enum { SAMPLE_UNIT_MAX = 100 };

// sample_unit tells in what part of the KPI's unit its samples are whole
// numbers: sums in 1/unit, squares in 1/unit^2.  An index whose weights need a
// finer one than SAMPLE_UNIT_MAX has its sums rounded to that.  0: nothing is
// known about the spread, as no set of items holds all of an index's.
uint32_t sample_unit(const struct rulebook *rulebook,
                     const struct kpi_rule *rule);

// sample_add adds a tally's answers; `unanswered` as for kpi_of.  False, and
// nothing added: a sum leaves int64.  The unit must not be 0.
bool sample_add(struct sample *sample, const struct rulebook *rulebook,
                const struct kpi_rule *rule, const struct tally *tally,
                bool unanswered);

// sample_spread estimates in units of the KPI.  False as credibility_of.
bool sample_spread(const struct sample *samples, size_t count, uint32_t unit,
                   struct credibility *out);
