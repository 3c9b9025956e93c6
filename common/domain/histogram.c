// SPDX-License-Identifier: Apache-2.0
#include "common/domain/histogram.h"

static uint32_t
find_counter(const struct tally *tally, uint32_t counter)
{
    uint32_t low = 0, high = tally->used;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (tally->counters[middle] < counter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct histogram_part
histogram_part(const struct tally *tally, enum counter_class class, uint32_t a,
               uint8_t lo, uint8_t hi)
{
    const uint32_t last = counter(class, a, hi);
    struct histogram_part part = {0};

    for (uint32_t i = find_counter(tally, counter(class, a, lo));
         i < tally->used && tally->counters[i] <= last; i++) {
        part.n += tally->values[i];
        part.sum += (__int128)tally->values[i] * (tally->counters[i] & 0xff);
    }
    return part;
}

uint8_t
histogram_nth(const struct tally *tally, enum counter_class class, uint32_t a,
              __int128 n)
{
    const uint32_t last = counter(class, a, UINT8_MAX);
    uint8_t value = 0;

    for (uint32_t i = find_counter(tally, counter(class, a, 0));
         n > 0 && i < tally->used && tally->counters[i] <= last; i++) {
        value = (uint8_t)(tally->counters[i] & 0xff);
        n -= tally->values[i];
    }
    return value;
}
