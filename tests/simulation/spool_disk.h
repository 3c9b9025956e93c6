// SPDX-License-Identifier: Apache-2.0
//
// spool_disk: a terminal's spool as client/spool.h describes it, in memory.
//
// A transaction is on disk as a whole or not at all; the terminal can die right
// before or right after.  What is here survives the terminal.
#pragma once

#include "client/session.h"
#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world;

enum disk_event_state { ENTRY_GONE, ENTRY_WAITING, ENTRY_RETRY, ENTRY_LETTER };

struct disk_event {
    uint32_t fact;
    enum disk_event_state state;
    int64_t recorded_at, not_before;
    uint64_t position; // GONE: of the receipt that said so
    bool is_released;  // and its body is gone as well
};

struct spool_disk {
    struct disk_event *list; // of seq at seq - 1
    size_t count, capacity;
    uint64_t *retries; // numbers that were RETRY once, some no longer
    size_t retry_count, retry_capacity;
    uint32_t waiting; // without an outcome
    struct store_seen store;
};

void spool_disk_fini(struct spool_disk *disk);

// spool_disk_append takes facts that are not there; those that are, are sent
// again.
void spool_disk_append(struct world *world, struct spool_disk *disk,
                       const uint32_t *facts, size_t count, int64_t wall_ms);

// spool_disk_settle puts outcomes in, and what the facts learn of them.
void spool_disk_settle(struct world *world, struct spool_disk *disk,
                       const struct settlement *list, size_t count,
                       int64_t wall_ms);

// spool_disk_drop forgets an event without an outcome, as no spool may.
void spool_disk_drop(struct world *world, struct spool_disk *disk,
                     uint64_t seq);

// spool_disk_release gives up what a backup has.
void spool_disk_release(struct spool_disk *disk, uint64_t position);

// spool_disk_restore puts back in line what is done and still there, from a
// number on.
void spool_disk_restore(struct world *world, struct spool_disk *disk,
                        uint64_t from);
