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

// sort_places sorts likewise, for rows so long that moving them is most of the
// work: each is moved once.  A uint32_t of each row, place_offset bytes from
// its beginning, is used up on the way.  count <= UINT32_MAX, size <=
// SORT_SIZE_MAX.
enum { SORT_SIZE_MAX = 1024 };
void sort_places(void *rows, size_t count, size_t size, size_t place_offset,
                 bool (*stands_before)(const void *a, const void *b,
                                       const void *rule),
                 const void *rule);
