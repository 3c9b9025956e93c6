// SPDX-License-Identifier: Apache-2.0
//
// plan: what a simulated world is made of.  The seed says everything; the rest
// can be set for a replay or by shrinking.
#pragma once

#include "tests/simulation/faults.h"

// A world that is broken on purpose: what finds no fault in it is no test.
#define BREAK_MAP(X)                                                           \
    X(NONE, "none", "nothing is broken")                                       \
    X(EARLY_ACK, "early-ack", "the store says stored before it is")            \
    X(FORGET_IDS, "forget-ids", "deduplication forgets at a restart")          \
    X(DROP_AT_SEND, "drop-at-send", "a terminal drops what it sends")          \
    X(LOSE_DELTA, "lose-delta", "a checkpoint loses a change of a tally")      \
    X(LATER_NOTE, "later-note", "a checkpoint claims a later position")        \
    X(ORDER, "order", "a tally depends on the order of the fold")              \
    X(SKIP_SEQ, "skip-seq", "a sequence forgets a number it had")

enum breakage {
#define X(name, word, text) BREAK_##name,
    BREAK_MAP(X)
#undef X
        BREAK_COUNT
};

enum { TERMINALS_MAX = 12, COLLECTORS_MAX = 3 };

struct plan {
    uint64_t seed;
    enum breakage broken;
    uint32_t events;     // about so many
    uint32_t terminals;  // 1..TERMINALS_MAX, the first is headquarters'
    uint32_t collectors; // 1..COLLECTORS_MAX
    uint32_t dealers;    // at least one terminal speaks for each
    uint32_t dirty_events;
    int64_t span_ms; // in which everything is submitted
    bool resends;    // afterwards every spool is restored and sent again
    bool warms_up;   // the aggregator's filter gets complete
    bool keyed;      // collectors serve by key, else whoever is let in
    bool tight;      // its cache has room for one group and little more
    bool trace;      // tell what happens on stderr
    struct fault_choice choice;
};

struct plan plan_of(uint64_t seed);

const char *breakage_word(enum breakage breakage);
const char *breakage_text(enum breakage breakage);
enum breakage breakage_by_word(const char *word); // BREAK_COUNT: none
