// SPDX-License-Identifier: Apache-2.0
//
// collector_node: a collector's machine: the collector's core between the
// simulated network and nothing that survives.
#pragma once

#include "collector/core.h"

struct world;

struct collector_node {
    struct world *world;
    uint32_t number, node;
    char name[16], endpoint[32];
    // Of one life:
    struct core *core; // NULL: dead
    struct published published;
    const struct keyring *keyring; // NULL: none
    uint64_t link;                 // to the aggregator; 0: none
    int64_t ticks_at;              // the next look after the timers
    bool is_flushing;              // a TASK_COLLECTOR is near
    int64_t stops_at;              // drained and to be stopped by then; 0: no
};

struct collector_node *collector_node_open(struct world *world,
                                           uint32_t number);
void collector_node_close(struct collector_node *collector);

void collector_node_start(struct collector_node *collector);
void collector_node_crash(struct collector_node *collector);
// collector_node_drain stops it in order.
void collector_node_drain(struct collector_node *collector);

// collector_node_receive takes what came on a connection: from the aggregator
// when it is not to the server.
void collector_node_receive(struct collector_node *collector,
                            uint64_t connection, bool to_server,
                            struct span frame);
void collector_node_wake(struct collector_node *collector);
