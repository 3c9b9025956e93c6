// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/collector_node.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/simulation/world.h"

enum {
    TICK_MS = 200,
    FLUSH_MS = 3,
    DRAIN_MS = 5000,
    PLACES = 256, // for terminals; old connections keep theirs for a minute
};

struct collector_node *
collector_node_open(struct world *world, uint32_t number)
{
    struct collector_node *collector = calloc(1, sizeof *collector);
    if (!collector)
        abort();
    collector->world = world;
    collector->number = number;
    collector->node = NODE_COLLECTOR + number;
    snprintf(collector->name, sizeof collector->name, "collector-%u", number);
    snprintf(collector->endpoint, sizeof collector->endpoint,
             "tcp://collector:%u", number);
    return collector;
}

void
collector_node_close(struct collector_node *collector)
{
    if (!collector)
        return;
    core_close(collector->core);
    free(collector);
}

// --- What the core asks for
// ----------------------------------------------------

static enum status
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct collector_node *collector = shell;
    return network_answer(collector->world, peer, frame);
}

static bool
to_aggregator(void *shell, struct span frame)
{
    struct collector_node *collector = shell;
    return collector->link != 0 &&
           network_send(collector->world, &collector->link, frame);
}

static void
reset_link(void *shell)
{
    struct collector_node *collector = shell;
    network_leave(collector->world, collector->link);
    collector->link =
        network_open(collector->world, collector->node, NODE_HOST);
}

static void
notice(void *shell, enum core_notice what, enum code code)
{
    struct collector_node *collector = shell;

    switch (what) {
    case NOTICE_LINK_UP:
    case NOTICE_LINK_LOST:
        world_note(collector->world, collector->node, "its link is %s (%s)",
                   what == NOTICE_LINK_UP ? "up" : "lost",
                   code_name((uint32_t)code));
        return;
    case NOTICE_LINK_REFUSED:
    case NOTICE_OLDER_STORE:
    case NOTICE_BAD_RECEIPT:
        world_fail(collector->world, "%s: notice %d (%s)", collector->name,
                   (int)what, code_name((uint32_t)code));
        return;
    }
}

// read_keys reads the keyring again, when it changed.
static void
read_keys(struct collector_node *collector)
{
    struct world *world = collector->world;
    const struct keyring *newest =
        world->plan.keyed ? keys_newest(world) : NULL;

    if (newest == collector->keyring)
        return;
    collector->keyring = newest;
    core_keyring(collector->core, world_clock(world, collector->node), newest);
}

void
collector_node_start(struct collector_node *collector)
{
    struct world *world = collector->world;

    collector->published = world->rules->published; // as if fetched already
    collector->core = core_open(&(struct core_options){
        .name = collector->name,
        .endpoint = collector->endpoint,
        .credit = 4096,
        .seed = dice_roll(&world->dice),
        .sessions_max = PLACES,
        .published = &collector->published,
        .sink = {collector, to_peer, to_aggregator, reset_link, notice},
    });
    if (!collector->core)
        abort();
    collector->keyring = NULL;
    read_keys(collector);
    collector->link = 0;
    collector->ticks_at = world->now;
    collector->is_flushing = false;
    collector->stops_at = 0;
    world_later(world, TASK_COLLECTOR, collector->node, 1);
}

void
collector_node_crash(struct collector_node *collector)
{
    core_close(collector->core);
    collector->core = NULL;
    network_leave(collector->world, collector->link);
    world_kill(collector->world, collector->node);
}

void
collector_node_drain(struct collector_node *collector)
{
    if (collector->stops_at != 0)
        return;
    collector->stops_at = collector->world->now + DRAIN_MS;
    core_drain(collector->core, world_clock(collector->world, collector->node));
}

void
collector_node_receive(struct collector_node *collector, uint64_t connection,
                       bool to_server, struct span frame)
{
    struct world *world = collector->world;
    struct instant now = world_clock(world, collector->node);
    struct peer peer = network_peer(connection);

    if (to_server && world->plan.keyed)
        keys_sign_in(&peer, world->network.list[connection].client);
    if (to_server)
        core_frame(collector->core, now, &peer, frame);
    else if (connection == collector->link)
        core_link_frame(collector->core, now, frame);
    if (collector->is_flushing)
        return;
    collector->is_flushing = true;
    world_later(world, TASK_COLLECTOR, collector->node,
                dice_below(&world->dice, FLUSH_MS));
}

void
collector_node_wake(struct collector_node *collector)
{
    struct world *world = collector->world;
    struct instant now = world_clock(world, collector->node);

    collector->is_flushing = false;
    core_flush(collector->core, now);
    if (world->now < collector->ticks_at)
        return;
    read_keys(collector);
    core_tick(collector->core, now);
    if (collector->stops_at != 0 &&
        (core_is_idle(collector->core) || world->now >= collector->stops_at)) {
        collector_node_crash(collector); // nothing that could be lost
        return;
    }
    collector->ticks_at = world->now + TICK_MS;
    world_later(world, TASK_COLLECTOR, collector->node, TICK_MS);
}
