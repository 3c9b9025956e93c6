// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/faults.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *text;
    uint32_t most;
} KINDS[] = {
#define X(name, most, text) {#name, text, most},
    FAULT_MAP(X)
#undef X
};

const char *
fault_name(enum fault_kind kind)
{
    return KINDS[kind].name;
}

const char *
fault_text(enum fault_kind kind)
{
    return KINDS[kind].text;
}

enum fault_kind
fault_by_name(const char *name)
{
    for (size_t kind = 0; kind < FAULT_COUNT; kind++)
        if (strcmp(KINDS[kind].name, name) == 0)
            return (enum fault_kind)kind;
    return FAULT_COUNT;
}

// seed_of is the kind's own: other kinds may come and go beside it.
static uint64_t
seed_of(uint64_t seed, enum fault_kind kind)
{
    for (const char *at = KINDS[kind].name; *at; at++)
        seed = mix(seed, (uint64_t)*at);
    return seed;
}

void
faults_init(struct faults *faults, uint64_t seed, struct fault_choice choice)
{
    *faults = (struct faults){.choice = choice};
    for (size_t kind = 0; kind < FAULT_COUNT; kind++) {
        uint64_t dice = seed_of(mix(seed, 0xfa), (enum fault_kind)kind);
        faults->seeds[kind] = seed_of(seed, (enum fault_kind)kind);
        // A third of the kinds sleep, the others differ by a factor of eight.
        faults->ppm[kind] =
            dice % 3 == 0 ? 0 : KINDS[kind].most >> (dice >> 8) % 4;
    }
}

void
faults_fini(struct faults *faults)
{
    free(faults->done);
    *faults = (struct faults){0};
}

static bool
is_chosen(const struct fault_choice *choice, enum fault_kind kind,
          uint64_t ordinal)
{
    if (!choice->chosen)
        return true;
    for (size_t i = 0; i < choice->count; i++)
        if (choice->list[i].kind == kind && choice->list[i].ordinal == ordinal)
            return true;
    return false;
}

static void
remember(struct faults *faults, const struct fault *fault)
{
    if (faults->count == faults->capacity) {
        faults->capacity = faults->capacity ? 2 * faults->capacity : 64;
        faults->done =
            realloc(faults->done, faults->capacity * sizeof *faults->done);
        if (!faults->done)
            abort();
    }
    faults->done[faults->count++] = *fault;
}

bool
faults_roll(struct faults *faults, enum fault_kind kind, int64_t now,
            uint32_t node)
{
    if (faults->over || faults->ppm[kind] == 0)
        return false;
    uint64_t ordinal = ++faults->rolls[kind];
    if (mix(faults->seeds[kind], ordinal) % 1000000 >= faults->ppm[kind] ||
        !is_chosen(&faults->choice, kind, ordinal))
        return false;
    remember(faults, &(struct fault){kind, ordinal, now, node});
    return true;
}

uint64_t
faults_amount(const struct faults *faults, enum fault_kind kind, uint64_t below)
{
    return mix(faults->seeds[kind] ^ 1, faults->rolls[kind]) % below;
}
