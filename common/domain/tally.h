// SPDX-License-Identifier: Apache-2.0
//
// tally: the figures of one dealer in one month and one slice.
//
// A tally is a sum of contributions: counters with signed integer values,
// ascending counter, no zeros.  Equal figures are equal bytes.  It never
// overflows silently: an addition that would is refused (STATUS_FULL).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

// A counter's number: class << 24 | a << 8 | b.
enum counter_class {
    COUNTER_COUNT = 1,   // a: enum count
    COUNTER_ANSWER = 2,  // a: item number, b: value or 255 (not applicable)
    COUNTER_SET = 3,     // a: set number, b: 0 = n, 1 + j = S_j
    COUNTER_SQUARE = 4,  // a: set number, b: j * 8 + k, j <= k: Q_jk
    COUNTER_GAP = 5,     // a: pair number, b: 128 + gap: histogram
    COUNTER_SLA = 6,     // a: class, b: enum sla_result
    COUNTER_ARRIVAL = 7, // a: days after the month's end, lateness.h
};

enum sla_result { SLA_MET, SLA_LATE, SLA_UNANSWERED };

// X(name, meaning): plain counts, numbered for ever in this order.
#define COUNT_MAP(X)                                                           \
    X(RESPONSES, "complete survey responses that count")                       \
    X(PARTIAL, "responses with under half of the core items")                  \
    X(SURPLUS, "further complete responses of the same visit")                 \
    X(RESURVEYS, "complete responses to a re-survey")                          \
    X(INVITED, "visits or customers invited to a survey")                      \
    X(BOUNCED, "invitations that did not arrive")                              \
    X(REFUSED, "invitations refused by the customer")                          \
    X(VISITS, "visits opened or closed")                                       \
    X(VISITS_CLOSED, "visits closed")                                          \
    X(CUSTOMERS, "different customers seen in the month")                      \
    X(RETURNING, "customers with more than one visit in the month")            \
    X(CASES, "complaint cases opened")                                         \
    X(CASES_RESOLVED, "complaint cases resolved or closed")                    \
    X(CASES_UNOPENED, "cases with actions but no opening")                     \
    X(NO_ROOT_CAUSE, "cases closed without a root cause")                      \
    X(TIME_REVERSED, "cases with an action before their receipt")              \
    X(CONFIRMED, "cases confirmed against the dealer")                         \
    X(UNFOUNDED, "cases found unfounded")                                      \
    X(FRAUD, "cases found fraudulent")                                         \
    X(EMERGENCY_UPDATES, "emergency updates given in time")                    \
    X(EMERGENCY_MISSED, "emergency updates missed")                            \
    X(VOIDED, "events taken out by a live VOID")                               \
    X(CORRECTED, "events replaced by a live CORRECT")                          \
    X(HELD, "events held back from the published figures")                     \
    X(CONTROL_ORPHAN, "controls without a target in their entity")             \
    X(ENTITY_TOO_LARGE, "entities too large to fold")

enum count {
#define X(name, text) COUNT_##name,
    COUNT_MAP(X)
#undef X
        COUNT_END
};

// count_name returns "responses" and the like (lower case); count_text the
// meaning.  count_by_name returns COUNT_END when there is none.
const char *count_name(enum count count);
const char *count_text(enum count count);
enum count count_by_name(const char *name);

static inline uint32_t
counter(enum counter_class class, uint32_t a, uint32_t b)
{
    return (uint32_t) class << 24 | (a & 0xffff) << 8 | (b & 0xff);
}

enum slice {
    SLICE_ALL = 0,
    SLICE_HELD = 1, // what held events would contribute
    // Of no contribution: how events arrived after their month (lateness.h).
    SLICE_ARRIVED = 2,
};

struct tally_key {
    uint32_t month;
    uint32_t dealer; // number
    uint32_t slice;
};

enum { TALLY_KEY_SIZE = 12 };

// tally_key_write writes the storage form: big endian, ordered as the struct.
void tally_key_write(const struct tally_key *key, uint8_t out[TALLY_KEY_SIZE]);
void tally_key_read(struct tally_key *key, const uint8_t in[TALLY_KEY_SIZE]);

// The counters and values are two arrays of `capacity` in memory the caller
// lends (tally_bytes says how much).
struct tally {
    uint32_t used, capacity;
    uint32_t *counters; // ascending
    int64_t *values;    // never 0
};

struct delta {
    struct tally_key key;
    uint32_t counter;
    int64_t value;
};

// tally_init lays an empty tally of `capacity` counters into memory of
// tally_bytes(capacity), aligned for int64_t.
size_t tally_bytes(uint32_t capacity);
void tally_init(struct tally *tally, uint32_t capacity, void *memory);

// tally_copy replaces into's content with from's; its capacity suffices.
void tally_copy(struct tally *into, const struct tally *from);

// tally_add adds `count` deltas, ascending by counter, that all belong to this
// tally (their keys are not read).  STATUS_FULL: capacity reached or a sum
// left int64; the tally is then unchanged for the deltas not yet added and
// *done says how many were.
MUST_USE enum status tally_add(struct tally *tally, const struct delta *deltas,
                               size_t count, size_t *done);

// tally_get returns a counter's value, 0 when it is not there.
int64_t tally_get(const struct tally *tally, uint32_t counter);

// tally_encode writes the canonical bytes: varints of (counter step, zigzag
// value).  Returns the length, at most tally_encoded_max(used).
size_t tally_encoded_max(uint32_t used);
size_t tally_encode(const struct tally *tally, uint8_t *out);

// tally_count reads how many counters canonical bytes hold; tally_decode
// fills a tally with enough capacity.  STATUS_CORRUPT for anything that
// tally_encode would not have written.
MUST_USE enum status tally_count(struct span bytes, uint32_t *count);
MUST_USE enum status tally_decode(struct tally *tally, struct span bytes);
