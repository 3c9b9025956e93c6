// SPDX-License-Identifier: Apache-2.0
//
// thresholds: the dimensions of a score with their frozen thresholds, as a
// CSV file.  Columns, in any order, others passed over:
//   dim (or dimension), floor_ppm, threshold_ppm, benchmark_ppm
// (the three also without _ppm); whole ppm, 0 <= floor <= threshold <=
// benchmark <= 10^6; one row for each dimension, in the order of the result.
#pragma once

#include "common/config/problem.h"
#include "common/domain/points.h"
#include "common/span.h"
#include "common/status.h"

enum { DIMENSIONS_MAX = 64, DIMENSION_NAME_MAX = 63 };

struct dimension {
    char name[DIMENSION_NAME_MAX + 1]; // UTF-8, no control characters
    struct points_scale scale;
    uint32_t weight; // 1 when the file is read: all count the same
};

struct thresholds {
    size_t count; // 1..DIMENSIONS_MAX
    struct dimension dimensions[DIMENSIONS_MAX];
};

// thresholds_read tells every problem of the text; STATUS_MALFORMED when there
// is one.
MUST_USE enum status thresholds_read(struct span text, const char *file,
                                     struct thresholds *thresholds,
                                     struct problems *problems);
MUST_USE enum status thresholds_load(const char *path,
                                     struct thresholds *thresholds,
                                     struct problems *problems);
