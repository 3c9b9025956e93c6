// SPDX-License-Identifier: Apache-2.0
//
// intake: from waiting batches to one journal record.
//
// A group is what one commit will hold.  Every delivery is judged against the
// state, the journal's tail (both behind the cache) and the group itself; the
// accepted ones go into the record as received.  Receipts are written beside
// it and may be sent only once the record is on disk.
#pragma once

#include "aggregator/cache.h"
#include "aggregator/fold.h"
#include "aggregator/history.h"
#include "common/crypto/words.h"

enum {
    // Two batches, and one place more: the event being judged needs it.
    GROUP_EVENTS_MAX = 2 * LINK_BATCH_EVENTS_MAX + 1,
    GROUP_BATCHES_MAX = 1024,
    GROUP_BYTES_MAX = 8 << 20,
    GROUP_CONFLICTS_MAX = 1024,
};

struct intake;

// What a receipt says beside its outcomes.
struct receipt_terms {
    uint32_t credit;
    int64_t now;
    uint64_t backed_up_position;
};

// Seals the words of a comment: the shell's, which has keys and chance.  It
// writes at most SEALED_MAX bytes; STATUS_FULL: no room for a key now.
enum { SEALED_MAX = 8 + WORDS_SEALED_MAX };
struct sealer {
    void *context;
    enum status (*seal)(void *context, const struct event *event,
                        const struct delivery *delivery,
                        uint8_t room[SEALED_MAX], uint32_t *length);
};

// Says whether an event is the terminal's whose name the parcel bears; judge
// NULL: nobody asks.
struct vetter {
    const void *context;
    struct outcome (*judge)(const void *context, struct span terminal,
                            const struct event *event,
                            const struct delivery *delivery);
};

// Without a sealer (seal NULL) events with a comment are put off.
MUST_USE enum status intake_open(struct intake **out, struct cache *cache,
                                 const struct history *history,
                                 const struct sealer *sealer);
void intake_close(struct intake *intake); // NULL is fine

// intake_vet asks this vetter from now on.
void intake_vet(struct intake *intake, const struct vetter *vetter);

// intake_begin starts an empty group for the record at `position`.
void intake_begin(struct intake *intake, uint64_t position,
                  const uint8_t previous[HASH_SIZE], int64_t now);

// intake_fits tells whether a batch of so many bytes fits the group at hand.
bool intake_fits(const struct intake *intake, size_t bytes);

// intake_batch judges every event of a batch; the frame behind it must live
// until the group ends.  STATUS_FULL: it does not fit, the group is as it was,
// commit it first; anything else but OK: end the process.
MUST_USE enum status intake_batch(struct intake *intake,
                                  const struct batch *batch,
                                  const struct receipt_terms *terms);

// intake_put_off answers a batch RETRY(code) without judging it.  STATUS_FULL
// as intake_batch.
MUST_USE enum status intake_put_off(struct intake *intake,
                                    const struct batch *batch, enum code code,
                                    const struct receipt_terms *terms);

// intake_seal ends the group and lends its record, length 0 when there is
// nothing to store (everything was stored before).
struct span intake_seal(struct intake *intake);

// How many events the record accepts, and how many batches were taken.
// intake_events lends the accepted ones, in the record's order; their spans
// live as long as the frames.
size_t intake_accepted(const struct intake *intake);
const struct event *intake_events(const struct intake *intake);
size_t intake_batches(const struct intake *intake);

// intake_receipt lends the receipt of the i-th batch of the group.
struct span intake_receipt(const struct intake *intake, size_t i);

// intake_undo takes back what the group put into the cache and turns every
// receipt into RETRY(code): the record could not be stored.
void intake_undo(struct intake *intake, enum code code,
                 const struct receipt_terms *terms);

// intake_restore puts the ids of a record into the cache that is folded again.
// *all: intake_events lends every event of the record; some could not be read
// otherwise.
MUST_USE enum status intake_restore(struct intake *intake,
                                    const struct commit *commit, bool *all);
