// SPDX-License-Identifier: Apache-2.0
//
// handle: what is behind struct dealerpulse.  Private to this folder.
#pragma once

#include "client/dealerpulse.h"
#include "client/id.h"
#include "client/identity.h"
#include "client/session.h"
#include "client/spool.h"
#include "common/transport/outbox.h"
#include "common/wire/envelope.h"

enum {
    FRAMES_MAX = 32, // receipts settled with one write to disk
    SETTLEMENTS_MAX = (FRAMES_MAX + 2) * BATCH_EVENTS_MAX,
};

struct dealerpulse {
    char name[33], software[65];
    char (*dealer_texts)[DEALER_ID_MAX + 1];
    const char **dealers;
    void (*on_outcome)(void *context,
                       const struct dealerpulse_outcome *outcome);
    void *context;

    struct spool *spool;
    struct id_maker ids;
    int lock; // -1: store only

    // Of a handle that pumps:
    struct session *session;
    struct identity *identity; // its keys
    struct transport *transport;
    struct outbox *outbox;     // NULL: no link
    struct spool_cursor given; // events up to here went to the session
    int64_t due_at;            // steady time of the next look for due retries
    struct spool_peer peer;    // as the session sees it
    int64_t peer_put_at;       // steady time; INT64_MIN: not yet
    struct spool_peer peer_stored;
    uint64_t release_to; // kept events of commits up to here may leave
    size_t frame_count;
    struct frame frames[FRAMES_MAX]; // lend the settlements their texts
    size_t settlement_count;
    struct settlement *settlements; // SETTLEMENTS_MAX
    uint64_t totals[4];             // by enum dealerpulse_kind
    uint64_t resent_total;          // asked for again by a restored store

    char error[SPOOL_ERROR_MAX];
};

// status_public translates.
enum dealerpulse_status status_public(enum status status);

// handle_status translates, and keeps the spool's sentence when it is one.
enum dealerpulse_status handle_status(struct dealerpulse *pulse,
                                      enum status status);

// handle_fail keeps a sentence.
__attribute__((format(printf, 3, 4))) enum dealerpulse_status
handle_fail(struct dealerpulse *pulse, enum dealerpulse_status status,
            const char *format, ...);

// What the session says goes into the spool (harvest.c).  harvest_settle keeps
// what it could not write, and the frames that lend its texts, for its next
// call: a full disk must not make the spool forget a receipt.
MUST_USE enum status harvest_settle(struct dealerpulse *pulse, bool *moved);

// harvest_store follows a store that is new, or was restored and asks for
// events again.
MUST_USE enum status harvest_store(struct dealerpulse *pulse,
                                   const struct session_output *output,
                                   struct instant now, bool *moved);

// harvest_release drops some of the kept events a backup holds.
MUST_USE enum status harvest_release(struct dealerpulse *pulse);

// harvest_peer writes down what a collector told, where others may ask for it.
MUST_USE enum status harvest_peer(struct dealerpulse *pulse,
                                  struct instant now);
