// SPDX-License-Identifier: Apache-2.0
//
// render_estimate: what chance leaves of a ranking, in each of render.h's
// forms; nothing of a ranking that was not weighed.
#pragma once

#include "client/buffer.h"
#include "client/ranking.h"

// What the columns are called: CSV and table.
#define ESTIMATE_CSV ",estimate,credibility,low,high,rank_first,rank_last,band"
#define ESTIMATE_TABLE                                                         \
    "        ESTIMATE   CREDIB.  RANKS         BAND               "

void estimate_json(const struct ranking *ranking, const struct rank_row *row,
                   struct buffer *text);
void estimate_csv(const struct ranking *ranking, const struct rank_row *row,
                  struct buffer *text);
void estimate_table(const struct ranking *ranking, const struct rank_row *row,
                    struct buffer *text);

// spread_json adds `,"method":...,"c":...,"spread":{...}`, or null for the
// spread when none is known; spread_table a line that begins with "#".
void spread_json(const struct ranking *ranking, struct buffer *text);
void spread_table(const struct ranking *ranking, struct buffer *text);

// estimate_band_text: the band's name of a ranked row, else NULL.
const char *estimate_band_text(const struct rank_row *row);
