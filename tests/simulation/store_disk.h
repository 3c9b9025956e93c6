// SPDX-License-Identifier: Apache-2.0
//
// store_disk: the aggregator's disk: a journal, and a checkpoint of its fold.
//
// What is here survives the aggregator.  A record is on disk as a whole or not
// at all; a checkpoint is staged value by value and takes effect when it is
// committed.  A control (plan.h) breaks it in one way.
#pragma once

#include "aggregator/cache.h"
#include "aggregator/ledger.h"
#include "tests/simulation/plan.h"

struct disk_record {
    uint8_t *bytes;
    uint32_t length;
};

struct disk_value {
    enum state_db db;
    uint32_t key_length, length;
    bool is_removed;
    uint8_t bytes[]; // key, then value
};

struct disk_change {
    enum state_db db;
    size_t key_at, value_at;
    uint32_t key_length, length;
    bool removes;
};

struct store_disk {
    enum breakage broken;
    // The journal; all of it is on disk but for EARLY_ACK's last records.
    struct disk_record *records; // of position i + 1
    size_t record_count, durable_count, record_capacity;
    // The checkpoint.
    struct disk_value **slots;
    size_t used, mask;
    struct disk_value *last_id; // the greatest
    // The one being made.
    struct disk_change *changes;
    size_t change_count, change_capacity;
    uint8_t *staged;
    size_t staged_used, staged_capacity;
    uint64_t checkpoints;
};

void store_disk_init(struct store_disk *disk, enum breakage broken);
void store_disk_fini(struct store_disk *disk);

void store_disk_append(struct store_disk *disk, struct span record);
// store_disk_crash forgets what was not on disk.
void store_disk_crash(struct store_disk *disk);
struct span store_disk_record(const struct store_disk *disk, uint64_t position);

struct store store_disk_store(struct store_disk *disk);

// store_disk_place puts a value under a key, in place of any there was.
void store_disk_place(struct store_disk *disk, enum state_db db,
                      struct span key, struct span value, bool removes);

// stage throws away what was staged and begins anew; commit makes it count.
// end: where the journal stands, for the control LATER_NOTE.
struct store_writer store_disk_stage(struct store_disk *disk);
void store_disk_commit(struct store_disk *disk, const struct journal_end *end);

// store_disk_cut loses the records after a position, and the checkpoint.
void store_disk_cut(struct store_disk *disk, uint64_t position);

// store_disk_empty forgets the checkpoint.
void store_disk_empty(struct store_disk *disk);

// store_disk_next walks all values; *place begins at 0.  NULL at the end.
const struct disk_value *store_disk_next(const struct store_disk *disk,
                                         size_t *place);
const struct disk_value *store_disk_find(const struct store_disk *disk,
                                         enum state_db db, struct span key);

static inline struct span
disk_value_key(const struct disk_value *value)
{
    return span_of(value->bytes, value->key_length);
}

static inline struct span
disk_value_span(const struct disk_value *value)
{
    return span_of(value->bytes + value->key_length, value->length);
}
