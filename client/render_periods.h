// SPDX-License-Identifier: Apache-2.0
//
// render_periods: the periods there are and how each closes (close.h), as
// /api/v1/periods and `dealerpulse periods` show them.
#pragma once

#include "client/buffer.h"
#include "client/choices.h"

// render_periods_json adds an object.  usual is the period shown when none is
// asked for, NULL when there is none.  Instants are ms since 1970, null where
// the calendar has no such date.
void render_periods_json(const struct choices *choices, const char *usual,
                         struct buffer *text);

// render_periods_table adds a line for each period, dates in the rulebook's
// zone, "-" where the calendar has none.
void render_periods_table(const struct choices *choices,
                          const struct rulebook *rulebook, struct buffer *text);
