// SPDX-License-Identifier: Apache-2.0
//
// render_scorecard: a scorecard as JSON or as a table.
//
// Values are decimals with six places, null or "-" without data.  The names and
// forms of the KPIs are those of /api/v1/kpis.
#pragma once

#include "client/buffer.h"
#include "client/scorecard.h"

void render_scorecard_json(const struct scorecard *scorecard,
                           struct buffer *text);

// The table has a line for each KPI: its id, the dealer's value, n and rank of
// how many, the value of all dealers in scope, the value of the window before,
// and why it is not ranked.
void render_scorecard_table(const struct scorecard *scorecard,
                            struct buffer *text);
