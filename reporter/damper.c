// SPDX-License-Identifier: Apache-2.0
#include "reporter/damper.h"

#include <stddef.h>

enum { WAYS = 4 };

// first_place returns the first of the places an address may have.
static size_t
first_place(uint64_t address)
{
    uint64_t mixed = address * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) % (DAMPER_PLACES / WAYS) * WAYS;
}

int64_t
damper_wait_ms(const struct damper *damper, uint64_t address, int64_t now_ms)
{
    size_t first = first_place(address);

    for (size_t i = first; i < first + WAYS; i++) {
        int64_t clear = damper->places[i].clear_ms;
        if (clear == 0 || damper->places[i].address != address)
            continue;
        int64_t wait =
            clear - now_ms - (DAMPER_FAILURES - 1) * (int64_t)DAMPER_STEP_MS;
        return wait > 0 ? wait : 0;
    }
    return 0;
}

void
damper_failed(struct damper *damper, uint64_t address, int64_t now_ms)
{
    size_t first = first_place(address), chosen = first;

    for (size_t i = first; i < first + WAYS; i++) {
        if (damper->places[i].clear_ms != 0 &&
            damper->places[i].address == address) {
            chosen = i;
            break;
        }
        if (damper->places[i].clear_ms < damper->places[chosen].clear_ms)
            chosen = i;
    }
    if (damper->places[chosen].address != address ||
        damper->places[chosen].clear_ms < now_ms)
        damper->places[chosen].clear_ms = now_ms;
    damper->places[chosen].address = address;
    damper->places[chosen].clear_ms += DAMPER_STEP_MS;
}
