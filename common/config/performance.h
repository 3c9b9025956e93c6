// SPDX-License-Identifier: Apache-2.0
//
// performance: what dealers reached in each dimension of a score, as a CSV
// file, row by row.  Columns, in any order, others passed over:
//   one with the dealer's id
//   <dimension>_base_ppm, <dimension>_perf_ppm   for every dimension
// whole ppm, 0 to 10^6; an empty cell: not available.
#pragma once

#include "common/config/sheet.h"
#include "common/config/thresholds.h"

enum { PERFORMANCE_ID_MAX = 255 };

struct performance {
    struct sheet sheet;
    const struct thresholds *thresholds;
    size_t id_column;
    size_t base_columns[DIMENSIONS_MAX], own_columns[DIMENSIONS_MAX];
    // Of the row last read:
    char id[PERFORMANCE_ID_MAX + 1]; // UTF-8, no control characters
    struct points_measure measures[DIMENSIONS_MAX];
};

// performance_open reads the first line.  The id is in the column id_name;
// when that is NULL in the one called id, dealer, dealer_id, facility or
// facility_id; else in the first that is no figure of a dimension.  What is
// lent must stay until performance_close, which is due whatever the outcome.
MUST_USE enum status performance_open(struct performance *performance,
                                      struct span text, const char *file,
                                      const struct thresholds *thresholds,
                                      const char *id_name,
                                      struct problems *problems);
void performance_close(struct performance *performance);

// performance_next reads a row into id and measures.  STATUS_AGAIN at the end;
// STATUS_MALFORMED, with everything that is wrong with it told, for a row that
// cannot be scored: reading can go on.
MUST_USE enum status performance_next(struct performance *performance);

// performance_stray finds a column from *column on that looks like the
// performance of a dimension the thresholds do not name.  False: none left.
bool performance_stray(const struct performance *performance, size_t *column);
