// SPDX-License-Identifier: Apache-2.0
//
// network: connections between nodes, and messages under way on them.
//
// As ZeroMQ shows itself: a connection has a number, which is the peer the
// server sees; it breaks unseen and comes back under another number; what was
// under way is lost then.  Beyond that, any single message can be lost, arrive
// twice or be overtaken.
#pragma once

#include "common/span.h"
#include "common/status.h"
#include "common/transport/socket.h"

#include <stddef.h>
#include <stdint.h>

struct world;

struct connection {
    uint32_t client, server; // nodes
    uint64_t client_boot, server_boot;
    bool is_broken, is_left; // by whom: the network, the client
    int64_t last_at[2];      // when the last message arrives, by direction
};

struct message {
    uint64_t connection;
    bool to_server;
    uint32_t length;
    uint8_t bytes[];
};

struct network {
    struct connection *list; // by number; 0 is nobody
    size_t count, capacity;
};

void network_init(struct network *network);
void network_fini(struct network *network);

// network_open connects a client to a server and returns the number.
uint64_t network_open(struct world *world, uint32_t client, uint32_t server);
void network_leave(struct world *world, uint64_t number);

// network_send sends a frame to the server.  False: the link does not take it.
// *number changes when the connection had to be made anew.
bool network_send(struct world *world, uint64_t *number, struct span frame);

// network_answer sends to the client a server knows as peer.  NOT_FOUND: it is
// gone; AGAIN: it does not read.
enum status network_answer(struct world *world, const struct peer *peer,
                           struct span frame);

// network_arrives tells whether a message still finds its receiver, which is
// put into *node.
bool network_arrives(struct world *world, const struct message *message,
                     uint32_t *node);

struct peer network_peer(uint64_t number);
