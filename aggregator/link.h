// SPDX-License-Identifier: Apache-2.0
//
// link: the aggregator's side of the conversation with its collectors.
//
// No socket, clock or log in here: times and the seed of session numbers come
// in, frames and notices go out through the sink.
#pragma once

#include "aggregator/history.h"
#include "aggregator/sessions.h"
#include "common/config/keyring.h"
#include "common/runtime/instant.h"
#include "common/storage/keys.h"
#include "common/wire/envelope.h"

enum { LINK_CREDIT = 4 * LINK_BATCH_EVENTS_MAX };

enum link_notice {
    LINK_JOINED,        // about: the collector's name
    LINK_FRAME_REFUSED, // code: why; about: the frame
    LINK_NOT_ADMITTED,  // a key that may not speak here (any more)
};

// Where outputs go; none may call back.
struct link_sink {
    void *shell;
    // A collector that is gone or does not read asks again.
    void (*to_peer)(void *shell, const struct peer *peer, struct span frame);
    void (*notice)(void *shell, enum link_notice notice, enum code code,
                   struct span about);
    // After a restore: lends, until the next call, from where every terminal
    // sends again, at most RESEND_MAX; NULL: nothing is known.
    size_t (*resend)(void *shell, const struct resend_from **list);
};

struct link {
    struct link_sink sink;
    struct sessions sessions;
    struct welcome welcome; // all but session and time
    uint8_t store[STORE_ID_SIZE];
    uint64_t random;
    bool parted;                   // nobody is admitted any more
    const struct keyring *keyring; // lent; NULL: no keys, HELLO is believed
};

// link_introduce sets what every WELCOME says; the history must not change
// while serving.
void link_introduce(struct link *link, const struct link_sink *sink,
                    uint64_t seed, const struct store_identity *identity,
                    const struct history *history);

// link_keyring says who may speak from now on; asked for every frame.  Lent
// until the next call.
void link_keyring(struct link *link, const struct keyring *keyring);

// link_backed_up says how far the journal is in a backup.
void link_backed_up(struct link *link, uint64_t position);

// link_grant sets the credit WELCOME and PONG name; whoever waits for it to
// rise from 0 is told at once.
void link_grant(struct link *link, struct instant now, uint32_t credit);

// link_part says goodbye to every collector and admits none from now on.
void link_part(struct link *link);

// link_take answers everything but a batch at once and returns false; a BATCH
// of a known session is handed out, its spans lent by the frame.
bool link_take(struct link *link, struct instant now, const struct peer *peer,
               struct span bytes, struct batch *batch);

// link_refuse sends GOAWAY.
void link_refuse(struct link *link, const struct peer *peer, enum code code);
