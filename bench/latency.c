// SPDX-License-Identifier: Apache-2.0
#include "bench/latency.h"

#include <stdlib.h>

bool
latency_add(struct latency *latency, int64_t us)
{
    if (latency->count == latency->capacity) {
        size_t capacity = latency->capacity ? 2 * latency->capacity : 4096;
        uint32_t *grown = realloc(latency->us, capacity * sizeof *grown);
        if (!grown)
            return false;
        latency->us = grown;
        latency->capacity = capacity;
    }
    latency->us[latency->count++] = us < 0            ? 0
                                    : us > UINT32_MAX ? UINT32_MAX
                                                      : (uint32_t)us;
    return true;
}

void
latency_fini(struct latency *latency)
{
    free(latency->us);
    *latency = (struct latency){0};
}

static int
by_size(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

void
latency_sort(struct latency *latency)
{
    if (latency->count > 0)
        qsort(latency->us, latency->count, sizeof *latency->us, by_size);
}

uint32_t
latency_at(const struct latency *latency, unsigned permille)
{
    if (latency->count == 0)
        return 0;
    size_t rank = (latency->count * permille + 999) / 1000;
    return latency->us[rank == 0 ? 0 : rank - 1];
}
