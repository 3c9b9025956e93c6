// SPDX-License-Identifier: Apache-2.0
//
// The application at a dealership: what it submits, and when.
#include <stdlib.h>

#include "tests/simulation/terminal.h"
#include "tests/simulation/world.h"

void
application_open(struct world *world, struct terminal *terminal)
{
    struct facts *facts = &world->facts;
    uint32_t *queue = malloc((facts->count + 1) * sizeof *queue);
    size_t count = 0;

    if (!queue)
        abort();
    for (uint32_t i = 0; i < facts->count; i++)
        if (facts->list[i].terminal == terminal->number)
            queue[count++] = i;
    for (size_t i = 0; i + 1 < count; i++) { // near their order, not in it
        size_t j = i + dice_below(&world->dice, 12);
        if (j >= count)
            continue;
        uint32_t fact = queue[i];
        queue[i] = queue[j];
        queue[j] = fact;
    }
    terminal->queue = queue;
    terminal->queue_count = count;
    terminal->pause_ms =
        world->plan.span_ms / (int64_t)(count / (SUBMIT_MAX / 2) + 1);
}

// -----------------------------------------------------------

// append is one transaction of the spool; false: nobody knows what came of it.
static bool
append(struct world *world, struct terminal *terminal, const uint32_t *facts,
       size_t count)
{
    uint32_t node = terminal->number;

    for (size_t i = 0; i < count; i++)
        world->facts.list[facts[i]].is_tried = true;
    bool before = world_fault(world, FAULT_SPOOL_BEFORE, node);
    if (!before)
        spool_disk_append(world, &terminal->spool, facts, count,
                          world_clock(world, node).wall_ms);
    if (!before && !world_fault(world, FAULT_SPOOL_AFTER, node))
        return true;
    terminal_crash(world, terminal);
    return false;
}

void
terminal_submit(struct world *world, struct terminal *terminal)
{
    size_t left = terminal->queue_count - terminal->queued;
    size_t count = 1 + dice_below(&world->dice, SUBMIT_MAX);

    if (left == 0)
        return;
    if (count > left)
        count = left;
    if (!world_fault(world, FAULT_SPOOL_FULL, terminal->number)) {
        if (!append(world, terminal, terminal->queue + terminal->queued, count))
            return; // after the restart it submits the same again
        terminal->queued += count;
        world->to_submit -= (uint32_t)count;
        left -= count;
    }
    if (world_fault(world, FAULT_AGAIN, terminal->number)) {
        size_t again = world_amount(world, FAULT_AGAIN, terminal->queued + 1);
        if (again < terminal->queued &&
            !append(world, terminal, terminal->queue + again, 1))
            return;
    }
    if (left > 0)
        world_later(
            world, TASK_SUBMIT, terminal->number,
            1 + dice_below(&world->dice, (uint32_t)(2 * terminal->pause_ms)));
    terminal_wake(world, terminal);
}
