// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "tests/simulation/shrink.h"

enum { PROGRESS_S = 10, TEXT_MAX = 64, TRACE_EVENTS_MAX = 200 };

static double
seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void
report_begin(struct report *report, uint64_t seed, enum breakage broken)
{
    *report = (struct report){.seed = seed, .broken = broken};
    report->began = report->told = seconds_now();
    printf("simulation from seed %" PRIu64, seed);
    if (broken != BREAK_NONE)
        printf(", broken: %s", breakage_text(broken));
    printf("\n");
    fflush(stdout);
}

void
report_add(struct report *report, const struct world *world)
{
    const struct tally_of_run *one = &world->sums;
    struct tally_of_run *sums = &report->sums;

    report->worlds++;
    report->failures += world->failure[0] != '\0';
    for (size_t i = 0; i < world->faults.count; i++)
        report->faults[world->faults.done[i].kind]++;
    sums->events += one->events;
    sums->acked += one->acked;
    sums->counted += one->counted;
    sums->rejected += one->rejected;
    sums->faults += one->faults;
    sums->commits += one->commits;
    sums->checkpoints += one->checkpoints;
    sums->steps += one->steps;
}

double
report_seconds(const struct report *report)
{
    return seconds_now() - report->began;
}

static void
tell(const struct report *report)
{
    const struct tally_of_run *sums = &report->sums;
    double seconds = report_seconds(report);

    printf("%" PRIu64 " simulated events in %" PRIu64 " worlds, ", sums->events,
           report->worlds);
    if (report->failures > 0)
        printf("%" PRIu64 " FAILED, ", report->failures);
    else
        printf("%" PRIu64 " acked, %" PRIu64 " counted once, %" PRIu64
               " rejected, 0 lost, 0 doubled, ",
               sums->acked, sums->counted, sums->rejected);
    printf("over %" PRIu64 " faults (%" PRIu64 " commits, %" PRIu64
           " checkpoints, %" PRIu64 " steps; %.0f events a minute)\n",
           sums->faults, sums->commits, sums->checkpoints, sums->steps,
           (double)sums->events * 60 / seconds);
    fflush(stdout);
}

void
report_progress(struct report *report)
{
    double now = seconds_now();

    if (now - report->told < PROGRESS_S)
        return;
    report->told = now;
    printf("to seed %" PRIu64 ": ", report->seed + report->worlds - 1);
    tell(report);
}

void
report_end(const struct report *report)
{
    printf("seeds %" PRIu64 " to %" PRIu64 ": ", report->seed,
           report->seed + report->worlds - 1);
    tell(report);
    for (size_t kind = 0; kind < FAULT_COUNT && !report->failures; kind++)
        printf("%10" PRIu64 "  %s\n", report->faults[kind],
               fault_text((enum fault_kind)kind));
}

static void
tell_replay(const struct plan *plan)
{
    printf("play it again with\n  test_simulation --one --trace --seed %" PRIu64
           " --world %u --terminals %u --collectors %u --dealers %u"
           " --span %" PRId64 " --resends %d --warms-up %d --tight %d",
           plan->seed, plan->events, plan->terminals, plan->collectors,
           plan->dealers, plan->span_ms, plan->resends, plan->warms_up,
           plan->tight);
    if (plan->broken != BREAK_NONE)
        printf(" --break %s", breakage_word(plan->broken));
    printf(" --only ");
    for (size_t i = 0; i < plan->choice.count; i++)
        printf("%s%s:%" PRIu64, i ? "," : "",
               fault_name(plan->choice.list[i].kind),
               plan->choice.list[i].ordinal);
    printf("%s\n", plan->choice.count ? "" : "-");
}

void
report_failure(const struct plan *plan, const struct rules *rules)
{
    struct shrunk shrunk;

    printf("all of it: test_simulation --one --seed %" PRIu64 "%s%s\n",
           plan->seed, plan->broken == BREAK_NONE ? "" : " --break ",
           plan->broken == BREAK_NONE ? "" : breakage_word(plan->broken));
    shrink_plan(&shrunk, plan, rules);
    printf("shrunk in %zu runs to about %u events, %u terminals, %u "
           "collectors, %zu faults:\n  %s\n",
           shrunk.runs, shrunk.plan.events, shrunk.plan.terminals,
           shrunk.plan.collectors, shrunk.plan.choice.count, shrunk.failure);
    for (size_t i = 0; i < shrunk.plan.choice.count; i++) {
        const struct fault *fault = &shrunk.plan.choice.list[i];
        char name[16];
        printf("  %10.3f  %-12s %s\n", (double)fault->at / 1000,
               node_name(fault->node, name), fault_text(fault->kind));
    }
    tell_replay(&shrunk.plan);
    fflush(stdout);
    if (shrunk.plan.events <= TRACE_EVENTS_MAX) {
        shrunk.plan.trace = true;
        struct world *world = world_open(&shrunk.plan, rules);
        (void)world_run(world);
        world_note(world, NODE_NONE, "FAILED: %s", world->failure);
        world_close(world);
    }
    shrunk_fini(&shrunk);
}

static struct fault
read_fault(const char *text)
{
    char name[TEXT_MAX];
    unsigned long long ordinal;

    if (sscanf(text, "%63[A-Z_]:%llu", name, &ordinal) != 2 ||
        fault_by_name(name) == FAULT_COUNT) {
        fprintf(stderr, "not a fault: %s; write KIND:N,...\n", text);
        exit(EX_USAGE);
    }
    return (struct fault){.kind = fault_by_name(name), .ordinal = ordinal};
}

struct fault_choice
report_faults(const char *text, struct fault **list)
{
    struct fault_choice choice = {.chosen = text != NULL};

    if (!text || strcmp(text, "-") == 0)
        return choice;
    *list = calloc(strlen(text) + 1, sizeof **list);
    if (!*list)
        exit(EX_OSERR);
    for (; text; text = strchr(text, ',')) {
        text += *text == ',';
        (*list)[choice.count++] = read_fault(text);
    }
    choice.list = *list;
    return choice;
}
