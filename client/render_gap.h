// SPDX-License-Identifier: Apache-2.0
//
// render_gap: what a dealer is short of, in words: "11 more promoters".
#pragma once

#include "client/buffer.h"
#include "common/domain/scheme.h"

// render_gaps writes, for each dimension, the fewest further good answers, or
// the value, that alone bring the score to a target (gap.h): "nps: 11 more
// promoters; csi: 74.500000 instead of 71.200000".  Values are those that
// count, shrunken where the rules say so.  rules, period and baseline are the
// dimensions'.  Nothing is written where no dimension alone suffices.
void render_gaps(const struct scheme *scheme, const struct kpi_rule *rules,
                 const struct kpi *period, const struct kpi *baseline,
                 int64_t target_micro, struct buffer *text);
