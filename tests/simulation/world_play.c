// SPDX-License-Identifier: Apache-2.0
//
// What happens in a world, one task after the other.
#include <stdlib.h>

#include "tests/simulation/collector_node.h"
#include "tests/simulation/host.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/terminal.h"
#include "tests/simulation/trouble.h"

// After the last trouble, and once no event lies in the future any more,
// everything must be settled within so long.
enum { PATIENCE_MS = 10 * 60 * 1000 };

// ----------------------------------------------------------------

static void
arrive(struct world *world, uint32_t node, struct task *task)
{
    struct message *message = task->data;
    const struct connection *connection =
        &world->network.list[message->connection];
    const struct span frame = span_of(message->bytes, message->length);

    // Where collectors have no keys somebody in front of them does.
    bool revoked = !world->plan.keyed && message->to_server &&
                   connection->client < NODE_COLLECTOR &&
                   world->nodes[connection->client].revoked_until > world->now;
    if (revoked) {
        free(message);
    } else if (node == NODE_HOST) {
        host_receive(world->host, message);
    } else {
        if (node < NODE_COLLECTOR)
            terminal_receive(world, world->terminals[node], frame);
        else
            collector_node_receive(world->collectors[node - NODE_COLLECTOR],
                                   message->connection, message->to_server,
                                   frame);
        free(message);
    }
    task->data = NULL;
}

static void
play(struct world *world, struct task *task)
{
    switch (task->kind) {
    case TASK_MESSAGE:
        arrive(world, task->node, task);
        return;
    case TASK_TERMINAL:
        terminal_wake(world, world->terminals[task->node]);
        return;
    case TASK_SUBMIT:
        terminal_submit(world, world->terminals[task->node]);
        return;
    case TASK_COLLECTOR:
        collector_node_wake(world->collectors[task->node - NODE_COLLECTOR]);
        return;
    case TASK_SERVE:
        host_serve(world->host);
        return;
    case TASK_TEND:
        host_tend(world->host);
        return;
    case TASK_CHECKPOINT:
        host_checkpoint(world->host);
        return;
    case TASK_TAKE_UP:
        host_take_up(world->host);
        return;
    case TASK_WARMUP:
        host_warm_up(world->host);
        return;
    case TASK_TROUBLE:
        trouble_strike(world, task->node);
        return;
    case TASK_START:
        world_start(world, task->node);
        return;
    }
}

// is_meant tells whether a task still finds whom it was meant for.
static bool
is_meant(struct world *world, struct task *task)
{
    if (task->kind == TASK_MESSAGE)
        return network_arrives(world, task->data, &task->node);
    if (task->kind == TASK_TROUBLE)
        return true;
    const struct node *node = &world->nodes[task->node];
    return task->tag == node->boot && node->alive != (task->kind == TASK_START);
}

static void
step(struct world *world, struct task *task)
{
    world->now = task->at;
    world->sums.steps++;
    if (!is_meant(world, task)) {
        free(task->data);
        return;
    }
    const struct node *node = &world->nodes[task->node];
    if (node->stalled_until > world->now && task->kind != TASK_TROUBLE) {
        task->at = node->stalled_until;
        agenda_add(&world->agenda, *task);
        return;
    }
    play(world, task);
}

// is_at_rest tells whether nothing waits for an outcome any more.
static bool
is_at_rest(const struct world *world)
{
    if (!world->calm || world->to_submit > 0 || world->waiting > 0 ||
        world->missing > 0)
        return false;
    for (uint32_t i = 0; i < world->plan.terminals; i++)
        if (terminal_holds(world->terminals[i]))
            return false;
    return true;
}

void
world_go(struct world *world)
{
    struct task task;

    while (world->failure[0] == '\0' && agenda_take(&world->agenda, &task)) {
        step(world, &task);
        if (!world->calm && world->now >= world->calm_at)
            trouble_end(world);
        if (is_at_rest(world))
            return;
        if (world->now > world->calm_at + PATIENCE_MS &&
            world->now > world->facts.latest - RULES_EPOCH_MS + PATIENCE_MS)
            world_fail(world,
                       "nothing goes wrong any more, and yet %u events were "
                       "not submitted, %u have no outcome, %u never came back "
                       "after a restore",
                       world->to_submit, world->waiting, world->missing);
    }
}

bool
world_run(struct world *world)
{
    world_go(world);
    if (world->failure[0] == '\0')
        oracle_judge_world(world);
    if (world->failure[0] == '\0' && world->plan.resends)
        oracle_send_again(world);
    world->sums.faults = world->faults.count;
    return world->failure[0] == '\0';
}
