// SPDX-License-Identifier: Apache-2.0
//
// pool: memory for one configuration, freed at once.
#pragma once

#include <stddef.h>

#include "common/span.h"

struct pool_chunk;

struct pool {
    struct pool_chunk *chunks; // all zero: empty
    size_t used, capacity;     // of the newest chunk
};

// pool_take returns zeroed memory for count objects of size bytes, aligned for
// anything, until pool_fini; NULL when there is no memory.
void *pool_take(struct pool *pool, size_t count, size_t size);

// pool_text copies text with a NUL behind it; NULL when there is no memory.
const char *pool_text(struct pool *pool, struct span text);

void pool_fini(struct pool *pool);
