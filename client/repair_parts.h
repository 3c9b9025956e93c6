// SPDX-License-Identifier: Apache-2.0
//
// repair_parts: what the files of the repair share.  Private to them.
#pragma once

#include "client/repair.h"
#include "client/statement.h"

struct lost_range {
    uint64_t first, last;
};

struct repairing {
    const char *path;
    struct spool_repair *told;
    struct spool *made; // the new one
    sqlite3_stmt *insert;
    enum status status;      // of the inserts
    struct spool_head head;  // as found; epoch 0: not found
    struct event_id last_id; // greatest live one found
    uint64_t highest_seq;    // of the events found
    bool is_head_certain;    // nothing can have come behind its last number
    bool are_ranges_certain; // what is done was read to its end
    bool has_peer;
    struct spool_peer peer;
    size_t lost_count, lost_room; // ranges, ascending
    struct lost_range *lost;
};

// old_tables copies head, done, lost and peer out of the damaged file, as far
// as SQLite still reads them.
void old_tables(struct repairing *repairing);

// number_events settles which numbers are lost and, in a new epoch, gives the
// events new ones.
MUST_USE enum status number_events(struct repairing *repairing);

// report_write tells everything in words; its failure costs the report alone.
void report_write(const struct repairing *repairing);
