// SPDX-License-Identifier: Apache-2.0
//
// handle: what is behind struct dealerpulse.  Private to this folder.
#pragma once

#include "client/dealerpulse.h"
#include "client/id.h"
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
    struct transport *transport;
    struct outbox *outbox; // NULL: no link
    uint64_t given;        // events up to here went to the session
    int64_t due_at;        // steady time of the next look for due retries
    size_t frame_count;
    struct frame frames[FRAMES_MAX]; // lend the settlements their texts
    size_t settlement_count;
    struct settlement *settlements; // SETTLEMENTS_MAX
    uint64_t totals[4];             // by enum dealerpulse_kind

    char error[SPOOL_ERROR_MAX];
};

// handle_status translates, and keeps the spool's sentence when it is one.
enum dealerpulse_status handle_status(struct dealerpulse *pulse,
                                      enum status status);

// handle_fail keeps a sentence.
__attribute__((format(printf, 3, 4))) enum dealerpulse_status
handle_fail(struct dealerpulse *pulse, enum dealerpulse_status status,
            const char *format, ...);
