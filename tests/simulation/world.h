// SPDX-License-Identifier: Apache-2.0
//
// world: a fleet of terminals, collectors and one aggregator, all of them the
// product's own cores, in one thread and under one clock that only the agenda
// moves.  Network, disks, clocks and the death of nodes are ours, and follow
// from the plan's seed alone.
//
//   world_open, world_run, world_failure, world_close
#pragma once

#include "common/runtime/instant.h"
#include "tests/simulation/agenda.h"
#include "tests/simulation/facts.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/keys.h"
#include "tests/simulation/network.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/rules.h"

// Nodes: terminals, then collectors, then the aggregator.
enum {
    NODE_COLLECTOR = TERMINALS_MAX,
    NODE_HOST = TERMINALS_MAX + COLLECTORS_MAX,
    NODES = NODE_HOST + 1,
    NODE_NONE = NODES, // of tasks that are nobody's
};

// What every node has in common.
struct node {
    bool alive;
    uint64_t boot; // how often it was started
    int64_t stalled_until, cut_until, revoked_until;
    bool cut_drops; // messages are lost while cut off; else they wait
    int64_t steady_base, wall_offset;
};

struct terminal;
struct collector_node;
struct host;

// See books.h.
struct books {
    uint64_t read;    // records
    uint8_t head[32]; // of the chain
};

// What a run amounts to.
struct tally_of_run {
    uint64_t events, acked, counted, rejected;
    uint64_t faults, commits, checkpoints, steps;
};

struct world {
    struct plan plan;
    const struct rules *rules;
    int64_t now; // ms since the world began
    struct dice dice;
    struct agenda agenda;
    struct faults faults;
    struct network network;
    struct facts facts;
    struct books books;
    struct keys keys;
    struct node nodes[NODES];
    struct terminal *terminals[TERMINALS_MAX];
    struct collector_node *collectors[COLLECTORS_MAX];
    struct host *host;
    uint32_t to_submit; // facts no spool took yet
    uint32_t waiting;   // events in spools without an outcome
    uint32_t missing;   // stored once, and not in the backup restored
    int64_t calm_at;    // from then on nothing goes wrong
    bool calm;
    struct tally_of_run sums;
    char failure[512]; // empty: none
};

struct world *world_open(const struct plan *plan, const struct rules *rules);
void world_close(struct world *world); // NULL is fine

// world_run plays the plan to its end; false: it failed, and failure says how.
bool world_run(struct world *world);

// world_go plays until nothing waits any more; used by world_run.
void world_go(struct world *world);

// world_fail ends the run; the first reason stands.
__attribute__((format(printf, 2, 3))) void world_fail(struct world *world,
                                                      const char *format, ...);

// world_note tells what happens, when that is asked for.
__attribute__((format(printf, 3, 4))) void
world_note(struct world *world, uint32_t node, const char *format, ...);

// world_fault rolls for a fault at a node; world_amount is its measure.
bool world_fault(struct world *world, enum fault_kind kind, uint32_t node);
uint64_t world_amount(const struct world *world, enum fault_kind kind,
                      uint64_t below);

// world_clock reads a node's clocks.
struct instant world_clock(const struct world *world, uint32_t node);

// world_later puts a task of a node's present life on the agenda.
void world_later(struct world *world, enum task_kind kind, uint32_t node,
                 int64_t delay);

// world_start begins a node's next life.
void world_start(struct world *world, uint32_t node);

// world_kill ends a node's life and plans its next; the node's own memory is
// the caller's business.
void world_kill(struct world *world, uint32_t node);

const char *node_name(uint32_t node, char room[16]);
