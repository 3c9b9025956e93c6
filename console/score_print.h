// SPDX-License-Identifier: Apache-2.0
//
// score_print: scores as CSV, JSON or a table, row by row.
#pragma once

#include "client/buffer.h"
#include "client/render.h"
#include "common/config/performance.h"
#include "common/domain/points.h"

// What stands before the rows, between them and after them.
void score_print_head(const struct thresholds *thresholds,
                      enum render_format format, struct buffer *text);
void score_print_row(const struct performance *performance,
                     const struct points_score *score, bool first,
                     enum render_format format, struct buffer *text);
void score_print_end(enum render_format format, struct buffer *text);
