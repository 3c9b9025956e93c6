// SPDX-License-Identifier: Apache-2.0
#include "client/sum.h"

#include <stdlib.h>

void
sum_fini(struct sum *sum)
{
    free(sum->tally.counters);
    free(sum->tally.values);
    free(sum->spare.counters);
    free(sum->spare.values);
    *sum = (struct sum){0};
}

void
sum_reset(struct sum *sum)
{
    sum->tally.used = 0;
}

// reserve makes room for `needed` counters in a tally whose content may go.
static enum status
reserve(struct tally *tally, size_t needed)
{
    if (needed <= tally->capacity)
        return STATUS_OK;
    if (needed > UINT32_MAX / 2)
        return STATUS_FULL;
    size_t capacity = needed * 2;
    free(tally->counters);
    free(tally->values);
    tally->capacity = 0;
    tally->counters = calloc(capacity, sizeof *tally->counters);
    tally->values = calloc(capacity, sizeof *tally->values);
    if (!tally->counters || !tally->values)
        return STATUS_SYSTEM;
    tally->capacity = (uint32_t)capacity;
    return STATUS_OK;
}

static void
append(struct tally *to, uint32_t counter, int64_t value)
{
    to->counters[to->used] = counter;
    to->values[to->used] = value;
    to->used += value != 0; // a tally holds no zeros
}

enum status
sum_add(struct sum *sum, const uint32_t *counters, const int64_t *values,
        size_t count)
{
    const struct tally *from = &sum->tally;
    struct tally *to = &sum->spare;

    enum status status = reserve(to, from->used + count);
    if (status != STATUS_OK)
        return status;
    to->used = 0;
    uint32_t i = 0;
    for (size_t j = 0; j < count; j++) {
        int64_t value = values[j];
        while (i < from->used && from->counters[i] < counters[j]) {
            append(to, from->counters[i], from->values[i]);
            i += 1;
        }
        if (i < from->used && from->counters[i] == counters[j]) {
            if (__builtin_add_overflow(value, from->values[i], &value))
                return STATUS_FULL;
            i += 1;
        }
        append(to, counters[j], value);
    }
    for (; i < from->used; i++)
        append(to, from->counters[i], from->values[i]);

    struct tally before = sum->tally;
    sum->tally = sum->spare;
    sum->spare = before;
    return STATUS_OK;
}
