// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/network.h"

#include <stdlib.h>
#include <string.h>

#include "tests/simulation/world.h"

enum { DELAY_MS = 6, LATE_MS = 20000 };

void
network_init(struct network *network)
{
    *network = (struct network){.count = 1};
}

void
network_fini(struct network *network)
{
    free(network->list);
}

uint64_t
network_open(struct world *world, uint32_t client, uint32_t server)
{
    struct network *network = &world->network;

    if (network->count >= network->capacity) {
        network->capacity = network->capacity ? 2 * network->capacity : 64;
        network->list =
            realloc(network->list, network->capacity * sizeof *network->list);
        if (!network->list)
            abort();
    }
    network->list[network->count] = (struct connection){
        .client = client,
        .server = server,
        .client_boot = world->nodes[client].boot,
        .server_boot = world->nodes[server].boot,
    };
    return network->count++;
}

void
network_leave(struct world *world, uint64_t number)
{
    if (number != 0)
        world->network.list[number].is_left = true;
}

static bool
is_cut(const struct world *world, const struct connection *connection)
{
    return world->nodes[connection->client].cut_until > world->now ||
           world->nodes[connection->server].cut_until > world->now;
}

// post puts a copy of a frame on its way.
static void
post(struct world *world, uint64_t number, bool to_server, struct span frame,
     int64_t at)
{
    struct message *message = malloc(sizeof *message + frame.length);
    if (!message)
        abort();
    message->connection = number;
    message->to_server = to_server;
    message->length = frame.length;
    memcpy(message->bytes, frame.data, frame.length);
    agenda_add(&world->agenda, (struct task){.at = at,
                                             .kind = TASK_MESSAGE,
                                             .node = NODE_NONE,
                                             .data = message});
}

// carry sends a frame along a connection, as well as the network does.
static void
carry(struct world *world, uint64_t number, bool to_server, struct span frame)
{
    struct connection *connection = &world->network.list[number];
    uint32_t from = to_server ? connection->client : connection->server;
    int64_t at = world->now + dice_below(&world->dice, DELAY_MS);

    if (world_fault(world, FAULT_LOSS, from))
        return;
    if (is_cut(world, connection)) {
        // Either it is lost, or TCP brings it once the way is free.
        uint32_t node = world->nodes[connection->client].cut_until > world->now
                            ? connection->client
                            : connection->server;
        if (world->nodes[node].cut_drops)
            return;
        at += world->nodes[node].cut_until - world->now;
    }
    if (world_fault(world, FAULT_TWICE, from))
        post(world, number, to_server, frame,
             at + (int64_t)world_amount(world, FAULT_TWICE, LATE_MS));
    if (world_fault(world, FAULT_LATE, from)) {
        at += (int64_t)world_amount(world, FAULT_LATE, LATE_MS);
    } else {
        if (at < connection->last_at[to_server])
            at = connection->last_at[to_server];
        connection->last_at[to_server] = at;
    }
    post(world, number, to_server, frame, at);
}

// renew makes a broken connection anew, as ZeroMQ does unasked.
static void
renew(struct world *world, uint64_t *number)
{
    struct connection *connection = &world->network.list[*number];

    connection->is_broken = true;
    *number = network_open(world, connection->client, connection->server);
}

bool
network_send(struct world *world, uint64_t *number, struct span frame)
{
    const struct connection *connection = &world->network.list[*number];
    uint32_t client = connection->client, server = connection->server;

    if (world_fault(world, FAULT_BLOCKED, client))
        return false;
    if (!world->nodes[server].alive)
        return dice_coin(&world->dice); // taken, and lost; or noticed
    if (connection->is_broken ||
        connection->server_boot != world->nodes[server].boot)
        renew(world, number);
    if (world_fault(world, FAULT_RESET, client)) {
        renew(world, number);
        return true;
    }
    carry(world, *number, true, frame);
    return true;
}

struct peer
network_peer(uint64_t number)
{
    struct peer peer = {.length = 9};
    memcpy(peer.id + 1, &number, sizeof number);
    return peer;
}

enum status
network_answer(struct world *world, const struct peer *peer, struct span frame)
{
    uint64_t number;
    memcpy(&number, peer->id + 1, sizeof number);
    const struct connection *connection = &world->network.list[number];
    const struct node *client = &world->nodes[connection->client];

    if (connection->is_broken || connection->is_left || !client->alive ||
        client->boot != connection->client_boot)
        return dice_coin(&world->dice) ? STATUS_NOT_FOUND : STATUS_OK;
    if (world_fault(world, FAULT_DEAF, connection->client))
        return STATUS_AGAIN;
    carry(world, number, false, frame);
    return STATUS_OK;
}

bool
network_arrives(struct world *world, const struct message *message,
                uint32_t *node)
{
    const struct connection *connection =
        &world->network.list[message->connection];
    *node = message->to_server ? connection->server : connection->client;
    uint64_t boot =
        message->to_server ? connection->server_boot : connection->client_boot;

    return !connection->is_broken && world->nodes[*node].alive &&
           world->nodes[*node].boot == boot &&
           (message->to_server || !connection->is_left);
}
