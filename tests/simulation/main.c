// SPDX-License-Identifier: Apache-2.0
//
// Plays simulated worlds, one seed after the other, until so many events went
// through, and says what became of them.  See docs/RELIABILITY.md.
#include <argp.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "common/crypto/digest.h"
#include "tests/simulation/report.h"
#include "tests/simulation/shrink.h"

struct options {
    uint64_t seed, events, seconds;
    bool has_seed, one, must_fail, progress;
    enum breakage broken;
    bool trace;
    // Set for a replay; 0 or NULL: as the seed has it.
    uint32_t world_events, terminals, collectors, dealers;
    int64_t span_ms;
    int resends, warms_up, tight; // -1: as the seed has it
    char *only;
};

enum {
    SKIPPED = 77, // to ctest
    KEY_WORLD = 1000,
    KEY_TERMINALS,
    KEY_COLLECTORS,
    KEY_DEALERS,
    KEY_SPAN,
    KEY_RESENDS,
    KEY_WARMS_UP,
    KEY_TIGHT,
    KEY_ONLY,
    KEY_BREAK,
    KEY_FAIL,
};

static const struct argp_option OPTIONS[] = {
    {"seed", 's', "N", 0,
     "begin with this seed (else DEALERPULSE_SEED, or the time's)", 0},
    {"events", 'n', "N", 0, "go on until so many events were submitted", 0},
    {"seconds", 't', "N", 0, "or so many seconds passed", 0},
    {"long-only", 'l', NULL, 0, "nothing unless DEALERPULSE_LONG is set", 0},
    {"progress", 'p', NULL, 0, "tell how far it is every ten seconds", 0},
    {"break", KEY_BREAK, "HOW", 0, "break the world on purpose", 0},
    {"must-fail", KEY_FAIL, NULL, 0, "succeed only if a failure is found", 0},
    {NULL, 0, NULL, 0, "To replay one world:", 1},
    {"one", '1', NULL, 0, "play only the world of the seed", 1},
    {"trace", 'v', NULL, 0, "tell what happens in it", 1},
    {"world", KEY_WORLD, "N", 0, "about so many events in it", 1},
    {"terminals", KEY_TERMINALS, "N", 0, "terminals", 1},
    {"collectors", KEY_COLLECTORS, "N", 0, "collectors", 1},
    {"dealers", KEY_DEALERS, "N", 0, "dealers", 1},
    {"span", KEY_SPAN, "MS", 0, "ms in which all is submitted", 1},
    {"resends", KEY_RESENDS, "0|1", 0, "send everything again at the end", 1},
    {"warms-up", KEY_WARMS_UP, "0|1", 0, "complete the filter", 1},
    {"tight", KEY_TIGHT, "0|1", 0, "a small cache", 1},
    {"only", KEY_ONLY, "KIND:N,...", 0, "only these faults; - for none", 1},
    {0},
};

static error_t
parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    uint64_t number = argument ? strtoull(argument, NULL, 0) : 0;

    switch (key) {
    case 's':
        options->seed = number;
        options->has_seed = true;
        return 0;
    case 'n':
        options->events = number;
        return 0;
    case 't':
        options->seconds = number;
        return 0;
    case 'l':
        if (!getenv("DEALERPULSE_LONG")) {
            puts("skipped: scripts/test --long runs it");
            exit(SKIPPED);
        }
        return 0;
    case 'p':
        options->progress = true;
        return 0;
    case '1':
        options->one = true;
        return 0;
    case 'v':
        options->trace = true;
        return 0;
    case KEY_WORLD:
        options->world_events = (uint32_t)number;
        return 0;
    case KEY_TERMINALS:
        options->terminals = (uint32_t)number;
        return 0;
    case KEY_COLLECTORS:
        options->collectors = (uint32_t)number;
        return 0;
    case KEY_DEALERS:
        options->dealers = (uint32_t)number;
        return 0;
    case KEY_SPAN:
        options->span_ms = (int64_t)number;
        return 0;
    case KEY_RESENDS:
        options->resends = (int)number;
        return 0;
    case KEY_WARMS_UP:
        options->warms_up = (int)number;
        return 0;
    case KEY_TIGHT:
        options->tight = (int)number;
        return 0;
    case KEY_ONLY:
        options->only = argument;
        return 0;
    case KEY_BREAK:
        options->broken = breakage_by_word(argument);
        if (options->broken == BREAK_COUNT)
            argp_error(state, "no such control: %s", argument);
        return 0;
    case KEY_FAIL:
        options->must_fail = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

// seed_otherwise is the seed when none was asked for: CI always gives the same.
static uint64_t
seed_otherwise(void)
{
    const char *const text = getenv("DEALERPULSE_SEED");
    const uint64_t given = text ? strtoull(text, NULL, 0) : 0;

    return given ? given : mix((uint64_t)time(NULL), 1) >> 24;
}

// plan_for makes the plan of a seed, as far as nothing else was asked for.
static struct plan
plan_for(const struct options *options, uint64_t seed)
{
    struct plan plan = plan_of(seed);

    plan.broken = options->broken;
    plan.trace = options->trace;
    if (options->world_events)
        plan.events = options->world_events;
    if (options->terminals)
        plan.terminals = options->terminals;
    if (options->collectors)
        plan.collectors = options->collectors;
    if (options->dealers)
        plan.dealers = options->dealers;
    if (options->span_ms)
        plan.span_ms = options->span_ms;
    if (options->resends >= 0)
        plan.resends = options->resends;
    if (options->warms_up >= 0)
        plan.warms_up = options->warms_up;
    if (options->tight >= 0)
        plan.tight = options->tight;
    return plan;
}

static bool
is_over(const struct options *options, const struct report *report)
{
    if (options->one)
        return report->worlds > 0;
    if (options->seconds && report_seconds(report) >= (double)options->seconds)
        return true;
    return options->events ? report->sums.events >= options->events
                           : !options->seconds;
}

// play_all plays world after world; false: one of them failed, and its plan is
// in *failed.
static bool
play_all(const struct options *options, const struct rules *rules,
         struct fault_choice only, struct report *report, struct plan *failed)
{
    for (uint64_t seed = options->seed; !is_over(options, report); seed++) {
        struct plan plan = plan_for(options, seed);
        plan.choice = only;
        struct world *world = world_open(&plan, rules);
        bool good = world_run(world);
        report_add(report, world);
        if (!good)
            printf("seed %" PRIu64 ": %s\n", seed, world->failure);
        world_close(world);
        if (!good) {
            *failed = plan;
            return false;
        }
        if (options->progress)
            report_progress(report);
    }
    return true;
}

int
main(int argc, char **argv)
{
    static const struct argp argp = {.options = OPTIONS, .parser = parse};
    struct options options = {.resends = -1, .warms_up = -1, .tight = -1};
    struct report report;
    struct rules rules;
    struct plan failed;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (!options.has_seed)
        options.seed = seed_otherwise();
    if (options.seed == 0 || !options.events)
        options.events = options.events ? options.events : 100000;
    // A collector's buffers are large and hardly touched: leave them to mmap.
    mallopt(M_MMAP_THRESHOLD, 64 << 10);
    if (crypto_start() != STATUS_OK)
        return EX_OSERR;
    rules_open(&rules);
    struct fault *list = NULL;
    struct fault_choice only = report_faults(options.only, &list);
    report_begin(&report, options.seed, options.broken);
    bool good = play_all(&options, &rules, only, &report, &failed);
    if (!good && !options.trace)
        report_failure(&failed, &rules);
    report_end(&report);
    free(list);
    rules_close(&rules);
    return good != options.must_fail ? EX_OK : EX_SOFTWARE;
}
