// SPDX-License-Identifier: Apache-2.0
//
// render: a ranking as JSON, CSV or a table, the same everywhere.
//
// The columns are those of ranking_grid.h, the total comes last.  In the table
// the name is the last column, "-" stands for nothing, and lines that begin
// with
// "#" say what is shown.
#pragma once

#include "client/buffer.h"
#include "client/grid_table.h"
#include "client/ranking.h"

enum render_format { RENDER_TABLE, RENDER_JSON, RENDER_CSV };

// render_format_of reads "table", "json" or "csv".
bool render_format_of(const char *name, enum render_format *format);

void render(const struct ranking *ranking, enum render_format format,
            struct buffer *text);

// render_table is the table on a screen that has bounds.
void render_table(const struct ranking *ranking, const struct grid_look *look,
                  struct buffer *text);

// render_rows adds `"rows":[...],"total":{...}`, the part of the JSON that
// does not change while no figure does.
void render_rows(const struct ranking *ranking, struct buffer *text);

// render_head adds `"period":...,"kpi":...,"scope":...,"position":...`.
void render_head(const struct ranking *ranking, struct buffer *text);
