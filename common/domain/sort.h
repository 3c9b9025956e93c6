// SPDX-License-Identifier: Apache-2.0
//
// sort: rows put in order in place, without memory of its own (the C library's
// qsort may allocate), in O(n log n) whatever their order was.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// sort_rows orders count rows of size bytes so that none stands before another
// which must stand before it.  Not stable: let stands_before know no ties.
void sort_rows(void *rows, size_t count, size_t size,
               bool (*stands_before)(const void *a, const void *b,
                                     const void *rule),
               const void *rule);
