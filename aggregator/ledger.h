// SPDX-License-Identifier: Apache-2.0
//
// ledger: the aggregator's core, a state machine without socket, file or
// clock.  Its shell brings batches and times, appends the records it asks for,
// and writes the generations it freezes.
//
//   one group:   ledger_begin, ledger_batch..., ledger_seal
//                -> the shell appends the record ->
//                ledger_committed (or ledger_refused), then the receipts
//   checkpoint:  ledger_freeze -> the shell writes it ->
//                ledger_flushed -> the shell resets it (cache_reset)
//   recovery:    ledger_replay for every record behind the checkpoint
#pragma once

#include "aggregator/intake.h"
#include "common/storage/journal.h"

struct ledger;

struct ledger_options {
    struct cache_limits limits;
    uint64_t hash_seed;
    uint32_t credit; // events a collector may have unanswered
    struct sealer sealer;
};

// ledger_limits gives the limits for checkpoints of about so many events.
struct cache_limits ledger_limits(size_t checkpoint_events);

// ledger_open starts from the checkpoint in the store (its position is
// ledger_position).  STATUS_MALFORMED: the store was folded under other rules;
// it must be emptied and everything folded again.
MUST_USE enum status ledger_open(struct ledger **out, struct store store,
                                 const struct history *history,
                                 const struct ledger_options *options);
void ledger_close(struct ledger *ledger); // NULL is fine

// ledger_replay folds a record that is already in the journal.  STATUS_CORRUPT
// when it does not follow the one before (position or chain).
MUST_USE enum status ledger_replay(struct ledger *ledger, struct span record);

// ledger_position is the last record folded; ledger_end all that is known of
// the journal's end there.
uint64_t ledger_position(const struct ledger *ledger);
const struct journal_end *ledger_end(const struct ledger *ledger);

// ledger_has_room tells whether a whole group more fits the active generation;
// if not, freeze or wait for the flush.
bool ledger_has_room(const struct ledger *ledger);

// ledger_backed_up is what receipts say of it.
void ledger_backed_up(struct ledger *ledger, uint64_t position);

// ledger_grant sets the credit receipts name from now on.  ledger_credit says
// what it should be with so many collectors: less while the active generation
// has little room left, 0 when there is none to spare.
void ledger_grant(struct ledger *ledger, uint32_t credit);
uint32_t ledger_credit(const struct ledger *ledger, size_t collectors);

// ledger_vet asks this vetter about every event from now on.
void ledger_vet(struct ledger *ledger, const struct vetter *vetter);

void ledger_begin(struct ledger *ledger, int64_t now);
bool ledger_fits(const struct ledger *ledger, size_t bytes);
MUST_USE enum status ledger_batch(struct ledger *ledger,
                                  const struct batch *batch, int64_t now);

// ledger_put_off takes a batch in place of ledger_batch: every event is
// answered RETRY(code) and nothing is looked at.
MUST_USE enum status ledger_put_off(struct ledger *ledger,
                                    const struct batch *batch, enum code code,
                                    int64_t now);

// ledger_seal lends the record to append and where the journal stands after
// it.  Length 0: nothing to append; the receipts may go at once.
struct span ledger_seal(struct ledger *ledger, struct journal_end *end);

// ledger_committed: the record is on disk.  Folds it.
MUST_USE enum status ledger_committed(struct ledger *ledger);
// ledger_refused: there was no room for it; every receipt says RETRY(code).
void ledger_refused(struct ledger *ledger, enum code code, int64_t now);

size_t ledger_receipts(const struct ledger *ledger);
struct span ledger_receipt(const struct ledger *ledger, size_t i);

// What one checkpoint says of itself, in STATE_META.
struct checkpoint_note {
    uint64_t position, events;
    int64_t horizon;           // see fold_horizon
    uint8_t digest[HASH_SIZE]; // of the rules it was folded under
    uint8_t head[HASH_SIZE];   // of the chain at position
};
MUST_USE enum status checkpoint_note_read(struct span value,
                                          struct checkpoint_note *note);
enum { CHECKPOINT_NOTE_BYTES = 3 * 8 + 2 * HASH_SIZE };
void checkpoint_note_write(const struct checkpoint_note *note,
                           uint8_t out[CHECKPOINT_NOTE_BYTES]);
struct span checkpoint_note_key(void);

// ledger_freeze makes everything changed since the last one a generation to be
// written, its note included.  STATUS_AGAIN: there is still a frozen one.
// STATUS_BUSY: a group is neither committed nor refused, or was folded in part
// only; what the cache says then is in no journal, and no checkpoint may keep
// it.
MUST_USE enum status ledger_freeze(struct ledger *ledger);
MUST_USE enum status ledger_flushed(struct ledger *ledger);
struct cache *ledger_cache(struct ledger *ledger);
