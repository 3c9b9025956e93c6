// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/plan.h"

#include <string.h>

static const struct {
    const char *word, *text;
} BREAKAGES[] = {
#define X(name, word, text) {word, text},
    BREAK_MAP(X)
#undef X
};

const char *
breakage_word(enum breakage breakage)
{
    return BREAKAGES[breakage].word;
}

const char *
breakage_text(enum breakage breakage)
{
    return BREAKAGES[breakage].text;
}

enum breakage
breakage_by_word(const char *word)
{
    for (size_t i = 0; i < BREAK_COUNT; i++)
        if (strcmp(BREAKAGES[i].word, word) == 0)
            return (enum breakage)i;
    return BREAK_COUNT;
}

// Every part is drawn for itself, so that setting one leaves the others.
static uint32_t
draw(uint64_t seed, uint64_t part, uint32_t below)
{
    return (uint32_t)(mix(mix(seed, 0x91a), part) % below);
}

struct plan
plan_of(uint64_t seed)
{
    struct plan plan = {
        .seed = seed,
        .events = 1000u << draw(seed, 1, 4), // to 8,000
        .terminals = 1 + draw(seed, 2, TERMINALS_MAX),
        .collectors = 1 + draw(seed, 3, COLLECTORS_MAX),
        .dirty_events = 16u << draw(seed, 4, 7),
        .span_ms = 20000 + 1000 * (int64_t)draw(seed, 5, 160),
        .resends = draw(seed, 6, 4) == 0,
        .warms_up = draw(seed, 7, 4) > 0,
        .keyed = draw(seed, 10, 2) == 0,
        .tight = draw(seed, 9, 8) == 0,
    };
    uint32_t others = plan.terminals > 1 ? plan.terminals - 1 : 1;
    plan.dealers = 1 + draw(seed, 8, others > 8 ? 8 : others);
    return plan;
}
