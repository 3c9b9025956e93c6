// SPDX-License-Identifier: Apache-2.0
#include "common/domain/bucket.h"

enum { STEP_BITS = 3, STEPS = 1 << STEP_BITS, SECOND_MS = 1000 };

uint8_t
bucket_of(int64_t duration_ms)
{
    if (duration_ms <= 0)
        return 0;
    uint64_t seconds = ((uint64_t)duration_ms + SECOND_MS - 1) / SECOND_MS;
    if (seconds > UINT32_MAX)
        seconds = UINT32_MAX;
    if (seconds < STEPS)
        return (uint8_t)seconds;
    const unsigned shift =
        (unsigned)(63 - __builtin_clzll(seconds)) - STEP_BITS;
    return (uint8_t)((shift + 1) * STEPS + (seconds >> shift) % STEPS);
}

int64_t
bucket_top(uint8_t bucket)
{
    if (bucket < STEPS)
        return bucket;
    const unsigned shift = bucket / STEPS - 1u;
    return (((int64_t)STEPS + bucket % STEPS + 1) << shift) - 1;
}
