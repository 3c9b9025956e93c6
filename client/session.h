// SPDX-License-Identifier: Apache-2.0
//
// session: the terminal's side of the conversation with a collector, as a pure
// state machine: no socket, no file, no clock.
//
// Inputs are functions that are given the time; outputs are taken one by one
// with session_next until there is none.  Whoever drives it (pump.c, or a
// simulation) performs them:
//
//   OPEN    close any link and open one to `endpoint`, then session_opened
//   CLOSE   close the link
//   SEND    send `bytes`; session_blocked if the link did not take them
//   SETTLE  put the outcome into the spool
//   STORE   remember the store; kept events from resend_from on go again
//   RELEASE kept events of commits up to `position` need not be kept
//
// It keeps copies of the events it was given until they have an outcome.  A
// link that is silent for 15 s is given up and the next collector tried; events
// without an outcome go again with the next session.  Receipts are believed
// only for a batch of this session that still is under way.  After a GOAWAY of
// a collector that stops, receipts still count until it is time to go to the
// next one.  A store of a lower incarnation than the one known is an old copy:
// nothing is sent to it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/settlement.h"
#include "common/domain/check.h"
#include "common/runtime/instant.h"
#include "common/span.h"
#include "common/status.h"

enum { SESSION_STORE_SIZE = 16 };

// Which store was spoken to last.
struct store_seen {
    bool known;
    uint8_t id[SESSION_STORE_SIZE];
    uint32_t incarnation;
};

struct session_options {
    const char *name; // lent for the session's life, as is everything here
    enum role role;
    const char *const *dealers;
    size_t dealer_count;
    const char *software;
    uint64_t epoch;
    uint64_t previous_epoch, previous_last_seq; // 0: none
    struct store_seen store;
    uint64_t seed; // of the random waits
    bool signs;    // every event: then sign is called as it is sent, and the
                   // same body must get the same signature
    bool (*sign)(const void *context, struct span body, uint8_t signature[64]);
    const void *sign_context;
};

struct session;

// session_open: out of memory is its only failure.
MUST_USE enum status session_open(struct session **out,
                                  const struct session_options *options);
void session_close(struct session *session); // NULL is fine

// session_learn adds a collector to turn to.
void session_learn(struct session *session, struct span endpoint);

// --- Inputs ------------------------------------------------------------------

// session_tell: what a HELLO will say of the spool.
void session_tell(struct session *session, uint64_t last_seq, uint64_t waiting);

// session_opened: the link asked for by OPEN is there (connected or not).
void session_opened(struct session *session, struct instant now);

// session_failed: the link could not even be opened.
void session_failed(struct session *session, struct instant now);

// session_refused: the link said, or made clear, that we are not admitted.
void session_refused(struct session *session, struct instant now,
                     enum code code, const char *text);

// session_received: a frame came.  It must stay until session_next has
// returned NONE: settlements lend its texts.
void session_received(struct session *session, struct instant now,
                      struct span frame);

// session_blocked: the link did not take the last SEND.
void session_blocked(struct session *session, struct instant now);

// session_tick: time has passed.  To be called before session_next whenever
// session_deadline may have been reached.
void session_tick(struct session *session, struct instant now);

// session_wants tells whether it takes more events now.
bool session_wants(const struct session *session);

// session_give copies an event.  STATUS_BUSY: it has that one already;
// STATUS_FULL: it takes no more.
MUST_USE enum status session_give(struct session *session, uint64_t seq,
                                  int64_t recorded_at_ms, struct span body);

// session_give_delivery does so with all that goes with an event.
struct delivery;
MUST_USE enum status session_give_delivery(struct session *session,
                                           const struct delivery *delivery);

// --- Outputs -----------------------------------------------------------------

enum session_output_kind {
    SESSION_NONE,
    SESSION_OPEN,
    SESSION_CLOSE,
    SESSION_SEND,
    SESSION_SETTLE,
    SESSION_STORE,
    SESSION_RELEASE
};

struct session_output {
    enum session_output_kind kind;
    const char *endpoint;         // OPEN; lent until the next input
    struct span bytes;            // SEND; lent until the next session_next
    struct settlement settlement; // SETTLE
    struct store_seen store;      // STORE
    uint64_t resend_from;         // STORE; 0: nothing goes again
    uint64_t position;            // RELEASE
};

struct session_output session_next(struct session *session, struct instant now);

// session_deadline returns the steady time of the next session_tick that can
// matter, INT64_MAX when only an input can.
int64_t session_deadline(const struct session *session);

// --- What can be seen --------------------------------------------------------

enum session_phase { SESSION_DOWN, SESSION_GREETING, SESSION_UP };

enum { SESSION_TEXT_MAX = 256 };

struct session_view {
    enum session_phase phase;
    const char *endpoint; // current or next; "" without any
    uint64_t links;       // OPENs so far
    uint64_t held;        // events given and without an outcome
    uint64_t in_flight;   // of them sent
    uint32_t credit;
    enum code refusal; // of the last refusal or GOAWAY, CODE_NONE once welcome
    const char *refusal_text;
    uint64_t ignored; // frames that meant nothing here
    uint64_t backed_up_position;
    bool has_clock;          // a collector told its time
    int64_t clock_offset_ms; // its clock minus ours
};

struct session_view session_view(const struct session *session);
