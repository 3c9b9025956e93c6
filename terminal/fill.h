// SPDX-License-Identifier: Apache-2.0
//
// fill: the fields, times and answers a map gives one event of a row.
#pragma once

#include "terminal/draft.h"
#include "terminal/source.h"

// fill_draft fills a draft that has its type.  False, with the column's fault,
// when the row does not allow it.
bool fill_draft(const struct source_row *row, const struct map_event *event,
                struct draft *draft, struct fault *fault);
