// SPDX-License-Identifier: Apache-2.0
//
// render_spread: by what the figures of a ranking were weighed against chance;
// nothing of a ranking that was not.
#pragma once

#include "client/buffer.h"
#include "client/ranking.h"

// spread_json adds `,"method":...,"c":...,"spread":{...}`, or null for the
// spread when none is known; spread_table a line that begins with "#".
void spread_json(const struct ranking *ranking, struct buffer *text);
void spread_table(const struct ranking *ranking, struct buffer *text);
