// SPDX-License-Identifier: Apache-2.0
//
// dealers_make: a directory of the rows of dealers.csv, inside common/config
// only.
#pragma once

#include "common/config/pool.h"
#include "common/config/problem.h"
#include "common/domain/directory.h"
#include "common/status.h"

#define COLUMN_MAP(X)                                                          \
    X(ID, "id")                                                                \
    X(NAME, "name")                                                            \
    X(REGION, "region")                                                        \
    X(BRAND, "brand")                                                          \
    X(SIZE, "size")                                                            \
    X(GROUP, "group")                                                          \
    X(STATUS, "status")                                                        \
    X(FROM, "from")

enum column {
#define X(column, name) COLUMN_##column,
    COLUMN_MAP(X)
#undef X
        COLUMN_COUNT
};

// One row as read; its texts are in the pool.
struct entry {
    const char *texts[COLUMN_COUNT]; // "" when the file has no such column
    int64_t from;
    uint32_t place; // in the file
    unsigned line;
};

// dealers_make sorts the entries in place and copies what it needs.
// STATUS_MALFORMED with problems when a dealer has two rows of the same `from`.
MUST_USE enum status dealers_make(struct entry *entries, size_t count,
                                  const char *file, struct directory **out,
                                  struct problems *problems);
