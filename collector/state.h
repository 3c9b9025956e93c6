// SPDX-License-Identifier: Apache-2.0
//
// state: what the two sides of the core share.  Only core.c, terminals.c and
// upstream.c include this.
#pragma once

#include "collector/answer.h"
#include "collector/core.h"
#include "collector/link.h"
#include "collector/quota.h"

enum {
    SESSIONS_MAX = 16384,
    SESSION_IDLE_MS = 60000, // a terminal pings every five seconds
    REPLY_MAX = FRAME_MAX,
    CREDIT_LEAST = 64,
    REFUSED_PAUSE_MS = 5000, // for whom the keyring does not admit
    // What all terminals that send at the moment share: enough to fill the
    // link.
    CREDIT_SHARED = 2 * LINK_WINDOW * LINK_BATCH_EVENTS_MAX,
    CREDIT_LINGERS_MS = 2000, // what was told before it shrank may be used
    COME_BACK_MS = 500, // after a loss, and up to four times that at random
};

struct core {
    struct core_options options;
    struct collector_counters counters;
    struct sessions sessions;
    struct link link;
    const struct keyring *keyring; // who may speak; NULL: no keys
    struct judgement judgement;    // of the batch at hand
    uint64_t random;
    int64_t swept_at_ms;
    struct quota quota;
    uint64_t second;                // counts up
    uint32_t active, active_before; // terminals that sent a batch in it
    int64_t second_at_ms;
    bool draining;
    uint8_t reply[REPLY_MAX];
};

uint64_t core_random(struct core *core);
// core_pause returns a random time to come back after.
uint32_t core_pause(struct core *core);

// core_is_ready tells whether terminals can be served.
bool core_is_ready(const struct core *core);

// core_grant returns the credit to tell a terminal now, and remembers that it
// was told.
uint32_t core_grant(struct core *core, struct instant now,
                    struct session *session);

// core_admits tells whether a terminal keeps to what it was granted with so
// many events more, and counts it as active.  False: not before *after_ms.
bool core_admits(struct core *core, struct instant now, struct session *session,
                 uint32_t events, uint32_t *after_ms);

// core_count_active begins another second when it is time.
void core_count_active(struct core *core, struct instant now);

// core_reply sends what the writer on core->reply holds.
enum status core_reply(struct core *core, const struct peer *peer,
                       size_t length);

// core_receipt_head has what all receipts say now, but session and credit;
// core_receipt sends the one on core->reply.
struct receipt core_receipt_head(const struct core *core, struct instant now);
void core_receipt(struct core *core, struct session *session, size_t length);
void core_goaway(struct core *core, const struct peer *peer, enum code code,
                 uint32_t after_ms);
// core_send_away says it in other words than the code's.
void core_send_away(struct core *core, const struct peer *peer, enum code code,
                    const char *text, uint32_t after_ms);

// core_part sends every terminal away, and forgets them.
void core_part(struct core *core, enum code code);

void core_notice(struct core *core, enum core_notice notice, enum code code);

// core_lose closes the link, tells why and parts from the terminals.
void core_lose(struct core *core, struct instant now, enum code code);
