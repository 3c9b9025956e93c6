// SPDX-License-Identifier: Apache-2.0
#include "aggregator/filter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { WORDS_PER_BLOCK = 8, BITS_PER_KEY = 6, CHOICE_BITS = 9 };

struct filter {
    uint64_t *words;
    size_t bytes, block_mask;
    bool complete;
};

enum status
filter_open(struct filter **out, size_t bytes)
{
    struct filter *filter = calloc(1, sizeof *filter);
    if (!filter)
        return STATUS_SYSTEM;
    filter->bytes = WORDS_PER_BLOCK * sizeof(uint64_t);
    while (filter->bytes < bytes)
        filter->bytes *= 2;
    filter->block_mask =
        filter->bytes / (WORDS_PER_BLOCK * sizeof(uint64_t)) - 1;
    void *memory = mmap(NULL, filter->bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        free(filter);
        return STATUS_SYSTEM;
    }
    (void)madvise(memory, filter->bytes, MADV_HUGEPAGE);
    memset(memory, 0, filter->bytes); // now, not under the first events
    filter->words = memory;
    *out = filter;
    return STATUS_OK;
}

void
filter_close(struct filter *filter)
{
    if (!filter)
        return;
    munmap(filter->words, filter->bytes);
    free(filter);
}

static uint64_t *
block_of(const struct filter *filter, uint64_t hash)
{
    return &filter->words[(hash & filter->block_mask) * WORDS_PER_BLOCK];
}

// The bits within a block come from a second mixing of the hash.
static uint64_t
choices_of(uint64_t hash)
{
    hash ^= hash >> 29;
    hash *= 0x9fb21c651e98df25;
    return hash ^ hash >> 32;
}

void
filter_add(struct filter *filter, uint64_t hash)
{
    uint64_t *block = block_of(filter, hash);
    uint64_t choices = choices_of(hash);

    for (int i = 0; i < BITS_PER_KEY; i++, choices >>= CHOICE_BITS) {
        uint64_t *word = &block[choices & (WORDS_PER_BLOCK - 1)];
        uint64_t bit = 1ull << (choices >> 3 & 63);
        if (!(__atomic_load_n(word, __ATOMIC_RELAXED) & bit))
            __atomic_fetch_or(word, bit, __ATOMIC_RELAXED);
    }
}

void
filter_prefetch(const struct filter *filter, uint64_t hash)
{
    __builtin_prefetch(block_of(filter, hash));
}

void
filter_complete(struct filter *filter)
{
    __atomic_store_n(&filter->complete, true, __ATOMIC_RELEASE);
}

bool
filter_may_have(const struct filter *filter, uint64_t hash)
{
    const uint64_t *block = block_of(filter, hash);
    uint64_t choices = choices_of(hash);

    if (!__atomic_load_n(&filter->complete, __ATOMIC_ACQUIRE))
        return true;
    for (int i = 0; i < BITS_PER_KEY; i++, choices >>= CHOICE_BITS) {
        uint64_t word = __atomic_load_n(&block[choices & (WORDS_PER_BLOCK - 1)],
                                        __ATOMIC_RELAXED);
        if (!(word & 1ull << (choices >> 3 & 63)))
            return false;
    }
    return true;
}
