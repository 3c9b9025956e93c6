// SPDX-License-Identifier: Apache-2.0
#include "common/config/pool.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024 };

struct pool_chunk {
    struct pool_chunk *next;
    alignas(max_align_t) char bytes[];
};

static bool
grow(struct pool *pool, size_t bytes)
{
    size_t capacity = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct pool_chunk *chunk = calloc(1, sizeof *chunk + capacity);

    if (!chunk)
        return false;
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->used = 0;
    pool->capacity = capacity;
    return true;
}

void *
pool_take(struct pool *pool, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) ||
        bytes > SIZE_MAX - CHUNK_BYTES)
        return NULL;
    bytes = (bytes + alignof(max_align_t)) & ~(alignof(max_align_t) - 1);
    if (!pool->chunks || pool->capacity - pool->used < bytes)
        if (!grow(pool, bytes))
            return NULL;
    void *memory = pool->chunks->bytes + pool->used;
    pool->used += bytes;
    return memory;
}

const char *
pool_text(struct pool *pool, struct span text)
{
    char *copy = pool_take(pool, text.length + 1, 1);

    if (copy && text.length > 0)
        memcpy(copy, text.data, text.length);
    return copy;
}

void
pool_fini(struct pool *pool)
{
    while (pool->chunks) {
        struct pool_chunk *next = pool->chunks->next;
        free(pool->chunks);
        pool->chunks = next;
    }
    *pool = (struct pool){0};
}
