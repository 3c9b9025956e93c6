// SPDX-License-Identifier: Apache-2.0
//
// workbook: a ranking as an Excel file (XLSX).
//
// Three sheets: the ranking with typed cells, a frozen heading and filters; a
// chart of the best; and what the figures are made from: period, KPI, scope,
// rules, dealers, the journal's position and head, rows, and the BLAKE2b-256 of
// the same ranking as CSV, so that a printed sheet can be held against the
// store.  Text stays text: a cell never becomes a formula.
#pragma once

#include "client/buffer.h"
#include "client/ranking.h"
#include "reporter/snapshot.h"

// workbook_of_ranking returns the file in a buffer the caller ends.
// STATUS_SYSTEM: no memory, or no room for the library's temporary files.
MUST_USE enum status workbook_of_ranking(const struct ranking *ranking,
                                         const struct snapshot *snapshot,
                                         struct buffer *file);
