// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/shrink.h"

#include <stdlib.h>
#include <time.h>

enum { RUNS_MAX = 1500, SECONDS_MAX = 60, SEEDS_ELSEWHERE = 80 };

struct search {
    struct shrunk *best;
    bool has_failed;
    time_t until;
    const struct rules *rules;
};

// letters skips to the next byte of a reason that does not vary by run.
static const char *
letters(const char *text)
{
    while (*text && !(*text >= 'a' && *text <= 'z'))
        text++;
    return text;
}

// is_same_kind compares how two reasons begin, numbers and times left out.
static bool
is_same_kind(const char *a, const char *b)
{
    a = strchr(a, ':');
    b = strchr(b, ':');
    if (!a || !b)
        return a == b;
    for (int i = 0; i < 24; i++) {
        a = letters(a);
        b = letters(b);
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
    return true;
}

// fails plays a plan; when it fails in the same way it is the best so far,
// together with the faults that happened.
static bool
fails(struct search *search, struct plan plan)
{
    struct shrunk *best = search->best;

    if (best->runs >= RUNS_MAX || time(NULL) > search->until)
        return false;
    best->runs++;
    plan.trace = false;
    struct world *world = world_open(&plan, search->rules);
    bool failed =
        !world_run(world) &&
        (!search->has_failed || is_same_kind(world->failure, best->failure));
    if (failed) {
        search->has_failed = true;
        size_t size = (world->faults.count + 1) * sizeof *best->list;
        struct fault *list = malloc(size);
        if (!list)
            abort();
        if (world->faults.count)
            memcpy(list, world->faults.done, size - sizeof *list);
        free(best->list);
        best->list = list;
        best->plan = plan;
        best->plan.choice = (struct fault_choice){
            .list = list, .count = world->faults.count, .chosen = true};
        memcpy(best->failure, world->failure, sizeof best->failure);
    }
    world_close(world);
    return failed;
}

// without tries the faults but for `length` of them from `first` on.
static bool
without(struct search *search, size_t first, size_t length)
{
    const struct fault_choice *all = &search->best->plan.choice;
    struct fault *list = malloc((all->count + 1) * sizeof *list);
    size_t count = 0;

    if (!list)
        abort();
    for (size_t i = 0; i < all->count; i++)
        if (i < first || i >= first + length)
            list[count++] = all->list[i];
    struct plan plan = search->best->plan;
    plan.choice =
        (struct fault_choice){.list = list, .count = count, .chosen = true};
    bool failed = fails(search, plan);
    free(list);
    return failed;
}

// shrink_faults leaves out runs of faults, half of them first, then ever fewer.
static bool
shrink_faults(struct search *search)
{
    bool any = false;

    for (size_t length = search->best->plan.choice.count; length > 0;
         length /= 2)
        for (size_t first = 0; first < search->best->plan.choice.count;)
            if (without(search, first, length))
                any = true;
            else
                first += length;
    return any;
}

// smaller tries one change of the best plan.
#define SMALLER(search, field, value)                                          \
    ({                                                                         \
        struct plan smaller = (search)->best->plan;                            \
        smaller.field = (value);                                               \
        smaller.field != (search)->best->plan.field &&fails(search, smaller);  \
    })

static bool
shrink_sizes(struct search *search)
{
    bool any = false;

    while (SMALLER(search, events, (search->best->plan.events + 1) / 2))
        any = true;
    for (uint32_t less = search->best->plan.events / 4; less > 0; less /= 2)
        while (search->best->plan.events > less &&
               SMALLER(search, events, search->best->plan.events - less))
            any = true;
    any |= SMALLER(search, resends, false);
    any |= SMALLER(search, warms_up, false);
    any |= SMALLER(search, tight, false);
    any |= SMALLER(search, collectors, 1);
    while (search->best->plan.terminals > search->best->plan.dealers + 1 &&
           SMALLER(search, terminals, search->best->plan.terminals - 1))
        any = true;
    any |= SMALLER(search, dealers, 1);
    any |= SMALLER(search, span_ms, 20000);
    return any;
}

// look_elsewhere tries small worlds of other seeds: one of them that fails in
// the same way is much easier to read than what is left of a large one.
static bool
look_elsewhere(struct search *search)
{
    const struct plan *failed = &search->best->plan;
    uint64_t seed = failed->seed;
    enum breakage broken = failed->broken;

    for (uint32_t events = 8; events <= 128; events *= 4)
        for (uint64_t i = 1; i <= SEEDS_ELSEWHERE; i++) {
            struct plan plan = plan_of(mix(seed, i) >> 32);
            plan.broken = broken;
            plan.events = events;
            plan.span_ms = 20000;
            if (fails(search, plan))
                return true;
        }
    return false;
}

void
shrink_plan(struct shrunk *shrunk, const struct plan *plan,
            const struct rules *rules)
{
    struct search search = {
        .best = shrunk, .rules = rules, .until = time(NULL) + SECONDS_MAX};

    *shrunk = (struct shrunk){.plan = *plan};
    if (!fails(&search, *plan))
        return; // it does not fail
    (void)look_elsewhere(&search);
    bool smaller = true;
    while (smaller) { // both, in every turn
        smaller = shrink_sizes(&search);
        smaller = shrink_faults(&search) || smaller;
    }
}

void
shrunk_fini(struct shrunk *shrunk)
{
    free(shrunk->list);
}
