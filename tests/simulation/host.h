// SPDX-License-Identifier: Apache-2.0
//
// host: the aggregator's machine: the service and the ledger over a disk that
// survives them.  What aggregator.c, data.c and the keeper do with sockets,
// LMDB and a thread is done here with ours, and can end at any step.
#pragma once

#include "aggregator/service.h"
#include "tests/simulation/network.h"
#include "tests/simulation/store_disk.h"

enum { CHECKPOINT_IDLE_MS = 1000, HOST_INBOX_MAX = GROUP_BATCHES_MAX };

enum keeping { KEEPING_NOTHING, KEEPING_FROZEN, KEEPING_WRITTEN };

// A frame that waits to be served.
struct guest {
    uint64_t connection;
    struct message *message;
};

struct host {
    struct world *world;
    struct store_disk disk;
    int64_t full_until; // the journal's disk
    uint64_t backup;    // up to this record; what is restored
    uint32_t incarnation;
    const struct history *history; // as the journal has it
    bool has_later_rules;          // configured; published at the next start
    uint64_t later_rules;          // the record that publishes them; 0: none
    // Of one life:
    struct ledger *ledger;
    struct service *service; // NULL: dead
    bool is_dying;           // in the middle of something
    bool is_serving;         // a TASK_SERVE is on the agenda
    size_t waiting;
    struct guest inbox[HOST_INBOX_MAX];
    enum keeping keeping;
    struct resend_from resend[TERMINALS_MAX]; // lent to the link
    uint64_t frozen, frozen_events;           // of the last checkpoint begun
    int64_t dirty_since;                      // -1: clean
};

struct host *host_open(struct world *world);
void host_close(struct host *host);

void host_start(struct host *host);
void host_crash(struct host *host);

// host_resend tells from where terminals send again, for the link.
size_t host_resend(void *shell, const struct resend_from **list);

// host_back_up copies the journal; host_lose_disk restores the copy.
void host_back_up(struct host *host);
void host_lose_disk(struct host *host);

// host_receive takes a message over.
void host_receive(struct host *host, struct message *message);
void host_serve(struct host *host);

void host_tend(struct host *host);
void host_checkpoint(struct host *host);
void host_take_up(struct host *host);
void host_warm_up(struct host *host);

// host_limits: a cache that holds all a world can submit.
struct cache_limits host_limits(const struct world *world);

// host_publish appends one of the publications.
void host_publish(struct host *host, size_t which);

// host_open_service is the last step of a start.
MUST_USE enum status host_open_service(struct host *host);

// host_make_room waits until a whole group fits, as keeper_make_room does.
void host_make_room(struct host *host);

// host_settle writes a checkpoint of everything, now.
void host_settle(struct host *host);
