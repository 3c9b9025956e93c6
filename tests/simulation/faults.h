// SPDX-License-Identifier: Apache-2.0
//
// faults: what may go wrong in a simulated world, and what did.
//
// Every chance for a fault is a roll of its kind; whether the n-th roll of a
// kind comes out true depends on the seed, the kind and n alone.  So a fault
// has a name (kind and ordinal), a run can be repeated with some of its faults
// left out, and a failing run shrinks to the few that matter.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// X(name, most often in a million rolls, what happens)
#define FAULT_MAP(X)                                                           \
    X(LOSS, 40000, "a message is lost")                                        \
    X(TWICE, 40000, "a message arrives twice")                                 \
    X(LATE, 40000, "a message is overtaken by others")                         \
    X(RESET, 10000, "a connection breaks")                                     \
    X(BLOCKED, 20000, "a link does not take a message")                        \
    X(DEAF, 20000, "a receiver does not read")                                 \
    X(PARTITION, 8000, "a node is cut off")                                    \
    X(STALL, 8000, "a node stands still")                                      \
    X(CLOCK, 15000, "a clock jumps")                                           \
    X(REVOKED, 6000, "a terminal's key is revoked for a while")                \
    X(TERMINAL_CRASH, 15000, "a terminal dies")                                \
    X(COLLECTOR_CRASH, 12000, "a collector dies")                              \
    X(COLLECTOR_DRAIN, 5000, "a collector is stopped in order")                \
    X(HOST_CRASH, 10000, "the aggregator dies while idle")                     \
    X(RESTORE, 30000, "the aggregator's disk dies; its backup is restored")    \
    X(RULES, 100000, "other rules are configured, valid from before")          \
    X(DISK_FULL, 15000, "the journal's disk is full for a while")              \
    X(APPEND_FAILED, 6000, "a commit fails, stored or not")                    \
    X(APPEND_BEFORE, 6000, "the aggregator dies before a commit")              \
    X(APPEND_AFTER, 6000, "the aggregator dies after a commit")                \
    X(RECEIPT, 4000, "the aggregator dies between receipts")                   \
    X(CHECKPOINT, 60000, "the aggregator dies around a checkpoint")            \
    X(CHECKPOINT_FAILED, 10000, "a checkpoint cannot be written")              \
    X(REPLAY, 1500, "the aggregator dies while it recovers")                   \
    X(SPOOL_BEFORE, 5000, "a terminal dies before its spool commits")          \
    X(SPOOL_AFTER, 5000, "a terminal dies after its spool committed")          \
    X(SPOOL_FULL, 10000, "a spool takes no more for the moment")               \
    X(AGAIN, 30000, "an application submits what it had submitted")

enum fault_kind {
#define X(name, most, text) FAULT_##name,
    FAULT_MAP(X)
#undef X
        FAULT_COUNT
};

const char *fault_name(enum fault_kind kind);
const char *fault_text(enum fault_kind kind);
enum fault_kind fault_by_name(const char *name); // FAULT_COUNT: none

struct fault {
    enum fault_kind kind;
    uint64_t ordinal; // which roll of its kind
    int64_t at;       // simulated ms
    uint32_t node;
};

// Only these faults happen; none of the list being NULL, all may.
struct fault_choice {
    const struct fault *list;
    size_t count;
    bool chosen; // false: all may
};

struct faults {
    uint64_t seeds[FAULT_COUNT];
    uint32_t ppm[FAULT_COUNT];
    struct fault_choice choice;
    bool over; // from now on nothing goes wrong
    uint64_t rolls[FAULT_COUNT];
    struct fault *done; // in the order they happened
    size_t count, capacity;
};

// faults_init decides how often each kind happens in this world: often, rarely
// or never.
void faults_init(struct faults *faults, uint64_t seed,
                 struct fault_choice choice);
void faults_fini(struct faults *faults);

// faults_roll tells whether a fault happens here, and remembers it.
bool faults_roll(struct faults *faults, enum fault_kind kind, int64_t now,
                 uint32_t node);

// faults_amount returns 0..below - 1, a property of the last fault of a kind.
uint64_t faults_amount(const struct faults *faults, enum fault_kind kind,
                       uint64_t below);

// mix returns a number that looks random for every pair.
static inline uint64_t
mix(uint64_t a, uint64_t b)
{
    uint64_t z = a + (b + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}
