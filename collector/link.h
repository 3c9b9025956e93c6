// SPDX-License-Identifier: Apache-2.0
//
// link: the conversation with the aggregator.
//
// CLOSED until not_before, GREETING until WELCOME, then UP.  Silence, GOAWAY,
// a refusal or an answer that makes no sense close it; what was on the way is
// forgotten then, since terminals send again what got no receipt.
#pragma once

#include "collector/bundle.h"

enum {
    LINK_BUNDLES = 64,   // filling, waiting and on the way
    LINK_WINDOW = 4,     // on the way
    LINK_PING_MS = 1000, // also how soon a restarted aggregator is noticed
    LINK_SILENCE_MS = 15000,
    LINK_GREETING_MS = 5000,
    LINK_RECEIPT_MS = 30000, // the longest a commit may take
    STORE_SIZE = 16,
};

enum link_state { LINK_CLOSED, LINK_GREETING, LINK_UP };

struct link {
    enum link_state state;
    bool greeted;
    uint64_t session, next_number;
    uint32_t credit; // events the aggregator lets be on the way
    uint32_t on_the_way, events_on_the_way; // bundles, events
    int64_t opened_at_ms, heard_at_ms, pinged_at_ms, not_before_ms;

    bool store_known; // from the first WELCOME on
    uint8_t store[STORE_SIZE];
    uint32_t incarnation;
    uint64_t position, backed_up_position;

    // After a restore (incarnation above 1): from which number the spools the
    // store knows send again, ascending by epoch; seq 0: asked already.
    struct resend_from *resend;
    size_t resend_count;

    struct bundle bundles[LINK_BUNDLES];
};

// link_init takes all memory.  False without it.
bool link_init(struct link *link);
void link_fini(struct link *link);

// link_close forgets everything on the way and returns how many events that
// were; the link may be opened again from not_before on.
uint64_t link_close(struct link *link, int64_t not_before_ms);
void link_open(struct link *link, int64_t now_ms);

enum link_welcome { LINK_WELCOMED, LINK_OTHER_STORE, LINK_OLDER_STORE };

// link_welcome takes a WELCOME that admits us.  OTHER_STORE: the same, but
// terminals have to learn of a new store or incarnation.  OLDER_STORE: a store
// from before a restore, or none at all; the link is unchanged and no good.
enum link_welcome link_welcome(struct link *link, int64_t now_ms,
                               const struct welcome *welcome);

// link_resend says, once for each spool, from which number it has to send
// again; false when there was no restore or it was asked already.  (Should
// that WELCOME be lost: a terminal that meets a higher incarnation and is asked
// for nothing sends everything it keeps.)
bool link_resend(struct link *link, uint64_t epoch, struct resend_from *resend);

// link_is_dead tells whether it has been silent for too long.
bool link_is_dead(const struct link *link, int64_t now_ms);

// link_room returns how many more events fit.
uint32_t link_room(const struct link *link);

// link_filling returns the bundle to add to, or NULL; with `fresh`, the one
// filling now is finished first.
struct bundle *link_filling(struct link *link, bool fresh);

// link_next returns the bundle to send next, finished, when credit and window
// let it go; NULL otherwise.  link_sent says that it went.
struct bundle *link_next(struct link *link);
void link_sent(struct link *link, struct bundle *bundle, int64_t now_ms);

// link_find returns the bundle on the way with that number; link_done frees it.
struct bundle *link_find(struct link *link, uint64_t number);
void link_done(struct link *link, struct bundle *bundle);

// link_is_idle tells whether there is nothing filling, waiting or on the way.
bool link_is_idle(const struct link *link);
