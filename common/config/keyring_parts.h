// SPDX-License-Identifier: Apache-2.0
//
// keyring_parts: a keyring while it is read, inside common/config only.
#pragma once

#include "common/config/csv.h"
#include "common/config/keyring.h"

#define KEYRING_COLUMN_MAP(X)                                                  \
    X(KEY, "key")                                                              \
    X(ROLE, "role")                                                            \
    X(NAME, "name")                                                            \
    X(DEALERS, "dealers")                                                      \
    X(FROM, "from")                                                            \
    X(UNTIL, "until")                                                          \
    X(STATUS, "status")                                                        \
    X(SIGN, "sign")

enum keyring_column {
#define X(column, name) KEYRING_##column,
    KEYRING_COLUMN_MAP(X)
#undef X
        KEYRING_COLUMN_COUNT
};

struct keyring_reading {
    struct csv csv;
    const char *file;
    struct problems *problems;
    struct keyring *keyring;
    size_t column_count;
    size_t places[KEYRING_COLUMN_COUNT]; // SIZE_MAX: not there
    const struct span *cells;            // of the row at hand
    bool bad, out_of_memory;
};

// keyring_report records what is wrong with a line; column is its name or "".
__attribute__((format(printf, 4, 5))) void
keyring_report(struct keyring_reading *reading, unsigned line,
               const char *column, const char *format, ...);

// keyring_take is pool_take that remembers a failure.
void *keyring_take(struct keyring_reading *reading, size_t count, size_t size);

const char *keyring_column_name(enum keyring_column column);

// keyring_row reads the cells at hand into an entry.
void keyring_row(struct keyring_reading *reading, struct keyring_entry *entry);
