// SPDX-License-Identifier: Apache-2.0
//
// state: the checkpoint of the fold, at a journal position.
//
// Everything in it derives from the journal.  It is read through snapshots and
// changed by whole checkpoints: one transaction that moves everything from one
// position to the next.  Values carry a checksum that get and scan check and
// strip.  docs/STORAGE.md describes keys and values.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

// X(name): the databases, in the order they are written.
#define STATE_MAP(X)                                                           \
    X(ID, "id")                                                                \
    X(ENTITY, "entity")                                                        \
    X(TALLY, "tally")                                                          \
    X(FROZEN, "frozen")                                                        \
    X(SEQUENCE, "sequence")                                                    \
    X(QUARANTINE, "quarantine")                                                \
    X(META, "meta")

enum state_db {
#define X(name, text) STATE_##name,
    STATE_MAP(X)
#undef X
        STATE_DB_COUNT
};

const char *state_db_name(enum state_db db);

struct state;

// state_open opens dir/state; see journal_open for max_bytes and read_only.
MUST_USE enum status state_open(struct state **out, const char *dir,
                                size_t max_bytes, bool read_only);
void state_close(struct state *state); // NULL is fine

// A snapshot shows one checkpoint until it is renewed or closed.  Hold it
// briefly: while it lives, the pages it sees cannot be used again.
struct snapshot;
MUST_USE enum status snapshot_open(struct snapshot **out, struct state *state);
void snapshot_close(struct snapshot *snapshot); // NULL is fine
// snapshot_renew moves to the newest checkpoint.
MUST_USE enum status snapshot_renew(struct snapshot *snapshot);

// snapshot_get lends a value until the snapshot is renewed or closed.
MUST_USE enum status snapshot_get(struct snapshot *snapshot, enum state_db db,
                                  struct span key, struct span *value);

// snapshot_last lends the greatest key of a database.
MUST_USE enum status snapshot_last(struct snapshot *snapshot, enum state_db db,
                                   struct span *key);

// A scan visits a database upward from a key (length 0: from the start);
// scan_next gives STATUS_NOT_FOUND at the end.
struct scan;
MUST_USE enum status scan_open(struct scan **out, struct snapshot *snapshot,
                               enum state_db db, struct span from);
MUST_USE enum status scan_next(struct scan *scan, struct span *key,
                               struct span *value);
void scan_close(struct scan *scan); // NULL is fine

// A checkpoint is all or nothing: begin, put and remove..., then commit or
// abort; after either it is gone.  Only the owner of the data has one at a
// time.  Puts in ascending order of database and key are fast.
//
// Putting every value in its place touches a page of the file for nearly every
// value; a sync of thousands of scattered pages holds up every other sync of
// that disk.  A PENDING checkpoint writes one sorted run instead, a few
// contiguous pages; readers see it at once, and state_settle moves it into
// place later, a little at a time.
enum checkpoint_kind { CHECKPOINT_PLACED, CHECKPOINT_PENDING };
struct checkpoint;
// checkpoint_begin first moves into place what is still pending.
MUST_USE enum status checkpoint_begin(struct checkpoint **out,
                                      struct state *state,
                                      enum checkpoint_kind kind);
MUST_USE enum status checkpoint_put(struct checkpoint *checkpoint,
                                    enum state_db db, struct span key,
                                    struct span value);
MUST_USE enum status checkpoint_remove(struct checkpoint *checkpoint,
                                       enum state_db db, struct span key);
// checkpoint_empty removes everything from every database.
MUST_USE enum status checkpoint_empty(struct checkpoint *checkpoint);
MUST_USE enum status checkpoint_commit(struct checkpoint *checkpoint);
void checkpoint_abort(struct checkpoint *checkpoint);

// state_settle moves up to `most` pending values into place, one transaction;
// no reader sees a difference.  *is_done: nothing is pending any more.
MUST_USE enum status state_settle(struct state *state, size_t most,
                                  bool *is_done);
