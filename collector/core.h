// SPDX-License-Identifier: Apache-2.0
//
// core: a collector as a state machine.
//
// No socket, file or clock in here: the shell hands in frames and the time,
// and gets frames to send through the sink.  All memory but a terminal's
// dealers and what HQ published is taken by core_open.
//
// A terminal has a session only while the aggregator is reached and HQ's
// rulebook is known.  When that ends, every terminal gets a GOAWAY, keeps its
// events and says HELLO again after a random pause; until it is possible,
// HELLO is refused with NO_AGGREGATOR.  So nothing is ever acknowledged here:
// each receipt repeats what the aggregator said after its commit.
#pragma once

#include "collector/counters.h"
#include "collector/published.h"
#include "common/config/config.h"
#include "common/config/keyring.h"
#include "common/runtime/instant.h"
#include "common/transport/socket.h"

enum core_notice {
    NOTICE_LINK_UP,
    NOTICE_LINK_LOST,    // code: why, NONE for silence
    NOTICE_LINK_REFUSED, // code: the aggregator's
    NOTICE_OLDER_STORE,  // the aggregator has lost what it once had
    NOTICE_BAD_RECEIPT,  // a receipt that is not of any batch sent
};

// Where outputs go, called while the core works; none may call the core.
struct core_sink {
    void *shell;
    // NOT_FOUND: the terminal is gone.  Anything else but OK: it does not read.
    enum status (*to_peer)(void *shell, const struct peer *peer,
                           struct span frame);
    // False: not now.  The core tries again.
    bool (*to_aggregator)(void *shell, struct span frame);
    void (*reset_link)(void *shell); // close it, open it anew
    void (*notice)(void *shell, enum core_notice notice, enum code code);
};

struct core_options {
    const char *name;     // of this collector
    const char *endpoint; // what terminals are told; "": nothing
    const char *more_endpoints[LISTENERS_MAX]; // further ones; NULL: none
    uint32_t credit;                           // events unanswered per terminal
    uint32_t quota, burst;       // events a second per terminal; 0: no quota
    uint64_t seed;               // random
    uint32_t sessions_max;       // 0: 16384
    struct published *published; // lent; swapped between calls
    struct core_sink sink;
};

struct core;

// core_open returns NULL without memory.
struct core *core_open(const struct core_options *options);
void core_close(struct core *core);

// core_keyring says who may speak from now on: lent until the next call, NULL
// (as at first) for an inbox without keys, where HELLO is believed.  Terminals
// whose key may no longer speak, or not as they do, are parted from at once.
void core_keyring(struct core *core, struct instant now,
                  const struct keyring *keyring);

// core_frame takes what a terminal sent.
void core_frame(struct core *core, struct instant now, const struct peer *peer,
                struct span frame);

// core_dropped counts a message of which the shell made no frame.
void core_dropped(struct core *core);

// core_link_frame takes what the aggregator sent.
void core_link_frame(struct core *core, struct instant now, struct span frame);

// core_flush sends what is waiting for the aggregator; call it whenever there
// is nothing more to take in.
void core_flush(struct core *core, struct instant now);

// core_tick looks after the timers; call it a few times a second.
void core_tick(struct core *core, struct instant now);

// core_drain says goodbye to every terminal and admits no more; batches that
// were sent before that was read are still taken, and everything on the way is
// answered, until core_is_idle.
void core_drain(struct core *core, struct instant now);
bool core_is_idle(const struct core *core);

const struct collector_counters *core_counters(const struct core *core);
uint32_t core_sessions(const struct core *core);

// core_clocks looks at the clocks of all connected terminals.
struct core_clocks {
    uint32_t wrong;         // more than five minutes off
    int64_t most_ms;        // the one furthest off: ahead, negative: behind
    struct span most_wrong; // whose it is, empty without any; lent by the core
};
struct core_clocks core_clocks(const struct core *core);
