// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/trouble.h"

#include "tests/simulation/collector_node.h"
#include "tests/simulation/host.h"
#include "tests/simulation/terminal.h"

enum {
    EVERY_MS = 1000,
    SHORT_MS = 25000,
    JUMP_MS = 3600 * 1000,
    BACKUP_EVERY = 8
};

static bool
exists(const struct world *world, uint32_t node)
{
    if (node < NODE_COLLECTOR)
        return node < world->plan.terminals;
    return node >= NODE_HOST || node - NODE_COLLECTOR < world->plan.collectors;
}

static void
later(struct world *world, uint32_t node)
{
    agenda_add(&world->agenda, (struct task){.at = world->now + EVERY_MS,
                                             .kind = TASK_TROUBLE,
                                             .node = node});
}

void
trouble_begin(struct world *world)
{
    for (uint32_t node = 0; node < NODES; node++)
        if (exists(world, node))
            later(world, node);
}

static int64_t
until(const struct world *world, enum fault_kind kind)
{
    return world->now + 1 + (int64_t)world_amount(world, kind, SHORT_MS);
}

// strike_any is what can happen to every node.
static void
strike_any(struct world *world, uint32_t node)
{
    struct node *one = &world->nodes[node];

    if (world_fault(world, FAULT_PARTITION, node)) {
        one->cut_until = until(world, FAULT_PARTITION);
        one->cut_drops = world_amount(world, FAULT_PARTITION, 2) == 0;
    }
    if (world_fault(world, FAULT_STALL, node))
        one->stalled_until = until(world, FAULT_STALL);
    if (world_fault(world, FAULT_CLOCK, node))
        one->wall_offset =
            (int64_t)world_amount(world, FAULT_CLOCK, 2 * JUMP_MS) - JUMP_MS;
}

static void
strike_terminal(struct world *world, uint32_t node)
{
    if (world_fault(world, FAULT_REVOKED, node))
        world->nodes[node].revoked_until = until(world, FAULT_REVOKED);
    if (world->nodes[node].alive &&
        world_fault(world, FAULT_TERMINAL_CRASH, node))
        terminal_crash(world, world->terminals[node]);
}

static void
strike_collector(struct world *world, uint32_t node)
{
    struct collector_node *collector = world->collectors[node - NODE_COLLECTOR];

    if (!world->nodes[node].alive)
        return;
    if (world_fault(world, FAULT_COLLECTOR_CRASH, node))
        collector_node_crash(collector);
    else if (world_fault(world, FAULT_COLLECTOR_DRAIN, node))
        collector_node_drain(collector);
}

static void
strike_host(struct world *world)
{
    if (dice_below(&world->dice, BACKUP_EVERY) == 0)
        host_back_up(world->host);
    if (world_fault(world, FAULT_RESTORE, NODE_HOST))
        host_lose_disk(world->host);
    else if (world_fault(world, FAULT_HOST_CRASH, NODE_HOST))
        host_crash(world->host);
}

void
trouble_strike(struct world *world, uint32_t node)
{
    if (world->calm)
        return;
    later(world, node);
    strike_any(world, node);
    if (node < NODE_COLLECTOR)
        strike_terminal(world, node);
    else if (node < NODE_HOST)
        strike_collector(world, node);
    else if (world->nodes[node].alive)
        strike_host(world);
}

void
trouble_end(struct world *world)
{
    world->calm = true;
    world->faults.over = true;
    for (uint32_t node = 0; node < NODES; node++) {
        struct node *one = &world->nodes[node];
        one->stalled_until = one->cut_until = one->revoked_until = 0;
        one->wall_offset = 0;
    }
    world->host->full_until = 0;
    world_note(world, NODE_NONE, "from now on nothing goes wrong");
}
