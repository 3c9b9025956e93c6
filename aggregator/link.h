// SPDX-License-Identifier: Apache-2.0
//
// link: the aggregator's side of the conversation with its collectors.
#pragma once

#include "aggregator/history.h"
#include "aggregator/sessions.h"
#include "common/storage/keys.h"
#include "common/transport/inbox.h"
#include "common/wire/envelope.h"

enum { LINK_CREDIT = 4 * LINK_BATCH_EVENTS_MAX };

struct link {
    struct inbox *inbox;
    struct sessions sessions;
    struct welcome welcome; // all but session and time
    uint8_t store[STORE_ID_SIZE];
};

// link_welcome sets what every WELCOME says; the history must not change
// while serving.
void link_welcome(struct link *link, const struct store_identity *identity,
                  const struct history *history);

// link_take answers everything but a batch at once and returns false; a BATCH
// of a known session is handed out, its spans lent by the frame.
bool link_take(struct link *link, const struct peer *peer, struct span bytes,
               struct batch *batch);

// link_refuse sends GOAWAY.
void link_refuse(struct link *link, const struct peer *peer, enum code code);
