// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/simulation/collector_node.h"
#include "tests/simulation/host.h"
#include "tests/simulation/terminal.h"
#include "tests/simulation/trouble.h"

enum { RESTART_MS = 8000 };

const char *
node_name(uint32_t node, char room[16])
{
    if (node < NODE_COLLECTOR)
        snprintf(room, 16, "till-%u", node);
    else if (node < NODE_HOST)
        snprintf(room, 16, "collector-%u", node - NODE_COLLECTOR);
    else
        snprintf(room, 16, "%s", node == NODE_HOST ? "aggregator" : "");
    return room;
}

void
world_fail(struct world *world, const char *format, ...)
{
    va_list arguments;

    if (world->failure[0] != '\0')
        return;
    va_start(arguments, format);
    int used =
        snprintf(world->failure, 24, "%.3f s: ", (double)world->now / 1000);
    vsnprintf(world->failure + used, sizeof world->failure - (size_t)used,
              format, arguments);
    va_end(arguments);
}

void
world_note(struct world *world, uint32_t node, const char *format, ...)
{
    va_list arguments;
    char name[16];

    if (!world->plan.trace)
        return;
    fprintf(stderr, "%10.3f  %-12s ", (double)world->now / 1000,
            node_name(node, name));
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

bool
world_fault(struct world *world, enum fault_kind kind, uint32_t node)
{
    if (!faults_roll(&world->faults, kind, world->now, node))
        return false;
    world_note(world, node, "! %s (%s:%llu)", fault_text(kind),
               fault_name(kind), (unsigned long long)world->faults.rolls[kind]);
    return true;
}

uint64_t
world_amount(const struct world *world, enum fault_kind kind, uint64_t below)
{
    return faults_amount(&world->faults, kind, below);
}

struct instant
world_clock(const struct world *world, uint32_t node)
{
    return (struct instant){
        .steady_ms = world->now + world->nodes[node].steady_base,
        .wall_ms = RULES_EPOCH_MS + world->now + world->nodes[node].wall_offset,
    };
}

void
world_later(struct world *world, enum task_kind kind, uint32_t node,
            int64_t delay)
{
    agenda_add(&world->agenda, (struct task){.at = world->now + delay,
                                             .kind = kind,
                                             .node = node,
                                             .tag = world->nodes[node].boot});
}

void
world_kill(struct world *world, uint32_t node)
{
    world->nodes[node].alive = false;
    world_note(world, node, "is dead");
    world_later(world, TASK_START, node,
                1 + dice_below(&world->dice, world->calm ? 100 : RESTART_MS));
}

void
world_start(struct world *world, uint32_t node)
{
    struct node *one = &world->nodes[node];

    one->alive = true;
    one->boot++;
    one->steady_base = dice_below(&world->dice, 1 << 30);
    if (node < NODE_COLLECTOR)
        terminal_start(world, world->terminals[node]);
    else if (node < NODE_HOST)
        collector_node_start(world->collectors[node - NODE_COLLECTOR]);
    else
        host_start(world->host);
}

struct world *
world_open(const struct plan *plan, const struct rules *rules)
{
    struct world *world = calloc(1, sizeof *world);
    if (!world)
        abort();
    world->plan = *plan;
    world->rules = rules;
    world->dice.state = mix(plan->seed, 0xd1ce) | 1;
    faults_init(&world->faults, plan->seed, plan->choice);
    network_init(&world->network);
    facts_make(&world->facts,
               &(struct facts_options){.seed = mix(plan->seed, 0xfac7),
                                       .count = plan->events,
                                       .terminals = plan->terminals,
                                       .dealers = plan->dealers});
    world->to_submit = world->facts.count;
    world->calm_at = plan->span_ms + 10000;
    world->host = host_open(world);
    world_start(world, NODE_HOST);
    for (uint32_t i = 0; i < plan->collectors; i++) {
        world->collectors[i] = collector_node_open(world, i);
        world_start(world, NODE_COLLECTOR + i);
    }
    for (uint32_t i = 0; i < plan->terminals; i++) {
        world->terminals[i] = terminal_open(world, i);
        world_start(world, i);
    }
    trouble_begin(world);
    return world;
}

void
world_close(struct world *world)
{
    if (!world)
        return;
    for (uint32_t i = 0; i < TERMINALS_MAX; i++)
        terminal_close(world->terminals[i]);
    for (uint32_t i = 0; i < COLLECTORS_MAX; i++)
        collector_node_close(world->collectors[i]);
    host_close(world->host);
    facts_fini(&world->facts);
    keys_fini(&world->keys);
    network_fini(&world->network);
    faults_fini(&world->faults);
    agenda_fini(&world->agenda);
    free(world);
}
