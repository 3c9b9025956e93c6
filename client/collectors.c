// SPDX-License-Identifier: Apache-2.0
#include "client/collectors.h"

enum { WAIT_FIRST_MS = 1000, WAIT_MAX_MS = 60000, FAILURES_LONGEST = 6 };

void
collectors_init(struct collectors *collectors, uint64_t seed)
{
    *collectors = (struct collectors){.random = seed};
}

// splitmix64: enough to spread terminals, nothing secret hangs on it.
static uint64_t
next_random(struct collectors *collectors)
{
    uint64_t z = collectors->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

bool
collectors_learn(struct collectors *collectors, struct span endpoint)
{
    char text[COLLECTOR_TEXT_MAX] = "";

    if (endpoint.length == 0 || endpoint.length >= COLLECTOR_TEXT_MAX ||
        memchr(endpoint.data, '\0', endpoint.length) ||
        !memchr(endpoint.data, ':', endpoint.length))
        return false;
    memcpy(text, endpoint.data, endpoint.length);
    for (size_t i = 0; i < collectors->count; i++)
        if (strcmp(collectors->list[i], text) == 0)
            return false;
    if (collectors->count == COLLECTORS_MAX)
        return false;
    strcpy(collectors->list[collectors->count++], text);
    return true;
}

const char *
collectors_current(const struct collectors *collectors)
{
    return collectors->count ? collectors->list[collectors->current] : NULL;
}

int64_t
collectors_failed(struct collectors *collectors)
{
    uint64_t longest = WAIT_FIRST_MS;

    for (unsigned i = 0; i < collectors->failures && longest < WAIT_MAX_MS; i++)
        longest *= 2;
    if (longest > WAIT_MAX_MS)
        longest = WAIT_MAX_MS;
    collectors->failures += 1;
    if (collectors->count > 0)
        collectors->current = (collectors->current + 1) % collectors->count;
    return (int64_t)(next_random(collectors) % (longest + 1));
}

void
collectors_despair(struct collectors *collectors)
{
    if (collectors->failures < FAILURES_LONGEST)
        collectors->failures = FAILURES_LONGEST;
}

void
collectors_welcomed(struct collectors *collectors)
{
    collectors->failures = 0;
}
