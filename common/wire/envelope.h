// SPDX-License-Identifier: Apache-2.0
//
// envelope: the conversation of proto/terminal.proto as plain values.
//
// Reading never allocates: spans point into the frame, repeated fields are
// walked with the *_next functions.  Writing appends to a buffer the caller
// lends and returns 0 when it does not fit.
#pragma once

#include <stddef.h>

#include "common/domain/check.h"
#include "common/domain/outcome.h"
#include "common/span.h"
#include "common/status.h"

enum {
    PROTOCOL_VERSION = 1,
    FRAME_MAX = 262144,           // bytes of a terminal's batch
    BATCH_EVENTS_MAX = 512,       // events of a terminal's batch
    LINK_FRAME_MAX = 4194304,     // bytes of a collector's batch
    LINK_BATCH_EVENTS_MAX = 2048, // its events; more would outgrow the caches
    HELLO_DEALERS_MAX = 1000,
    SALT_SIZE = 16,
    RESEND_MAX = 131072, // epochs a WELCOME may name
    HASH_SIZE = 32,
    DIGEST_SIZE = 16,
};

// A repeated field still to be walked: the bytes it may be found in, and its
// number.
struct repeated {
    struct span rest;
    uint32_t field;
};

enum envelope_kind {
    ENVELOPE_HELLO = 2,
    ENVELOPE_WELCOME,
    ENVELOPE_BATCH,
    ENVELOPE_RECEIPT,
    ENVELOPE_PING,
    ENVELOPE_PONG,
    ENVELOPE_GOAWAY
};

struct hello {
    enum role role;
    struct span name;
    struct repeated dealers; // hello_next_dealer
    uint64_t epoch, last_seq, previous_epoch, previous_last_seq, waiting;
    struct span software;
};

// From which number on a spool sends everything again.
struct resend_from {
    uint64_t epoch, seq;
};

struct welcome {
    uint64_t session;
    struct span store; // 16 bytes
    uint32_t incarnation;
    int64_t server_time_ms;
    uint32_t credit, max_event_bytes, max_batch_events, max_batch_bytes;
    struct repeated collectors;       // welcome_next_collector
    struct repeated resend_from;      // welcome_next_resend
    const struct resend_from *resend; // write only
    size_t resend_count;
    struct span programme_hash, dealers_hash; // 32 bytes each
    uint64_t backed_up_position;
    enum code refusal; // CODE_NONE: admitted
    struct span refusal_text;
};

struct batch {
    uint64_t session, number;
    uint32_t events;         // deliveries of all parcels
    struct repeated parcels; // batch_next_parcel
};

struct parcel {
    struct span terminal;
    uint64_t epoch;
    int64_t sent_at_ms;
    struct span collector;
    int64_t received_at_ms;
    uint64_t told_seq;          // last_seq of its sender's HELLO; 0: not told
    uint32_t delivery_count;    // as counted while reading
    struct repeated deliveries; // parcel_next_delivery
    struct repeated settled;    // parcel_next_settled
    struct span bytes;          // the whole Parcel, as received
};

struct delivery {
    uint64_t seq;
    int64_t recorded_at_ms;
    struct span body, salt, comment, signature;
    struct span sealed; // salt and comment as the journal keeps them
    struct span bytes;  // the Delivery as received, to be copied on
};

struct settled {
    uint64_t first_seq, last_seq;
    enum code code;
    uint8_t digest[DIGEST_SIZE];
};

struct receipt {
    uint64_t session, batch;
    uint32_t events, credit;
    int64_t server_time_ms;
    uint64_t position, backed_up_position;
    struct repeated outcomes;   // receipt_next_outcome
    struct repeated collectors; // welcome_next_collector; read only
};

// One exception of a receipt.  The spans are lent by the frame.
struct receipt_outcome {
    uint32_t index;
    enum outcome_kind kind;
    enum code code;
    struct span field, text;
    uint32_t after_ms;
};

struct ping {
    int64_t sent_at_ms;
};

struct pong {
    int64_t sent_at_ms, server_time_ms;
    uint32_t credit;
};

struct goaway {
    uint32_t reconnect_after_ms;
    enum code code;
    struct span text;
};

struct envelope {
    enum envelope_kind kind;
    union {
        struct hello hello;
        struct welcome welcome;
        struct batch batch;
        struct receipt receipt;
        struct ping ping;
        struct pong pong;
        struct goaway goaway;
    };
};

// envelope_read checks a whole frame, nested messages included, so that the
// walking functions below cannot fail on it.  CODE_NONE, MALFORMED,
// UNKNOWN_VERSION or TOO_LARGE (more than max_events deliveries in a BATCH).
// After it, terminal and collector names of parcels are printable ASCII of at
// most 32 bytes, seq and settled ranges start at 1 and are in order, an
// outcome's index is below the receipt's events.  Left to the receiver, so that
// it can say what is wrong: role, name and dealers of a HELLO (any UTF-8), and
// all inside a delivery: one bad event does not spoil its batch.  Codes may be
// ones this version does not know (up to 127).
enum code envelope_read(struct span frame, uint32_t max_events,
                        struct envelope *envelope);

// The walkers return false at the end.
bool hello_next_dealer(struct repeated *dealers, struct span *dealer);
bool welcome_next_collector(struct repeated *collectors, struct span *endpoint);
bool welcome_next_resend(struct repeated *list, uint64_t *epoch, uint64_t *seq);
bool batch_next_parcel(struct repeated *parcels, struct parcel *parcel);
bool parcel_next_delivery(struct repeated *deliveries,
                          struct delivery *delivery);
bool parcel_next_settled(struct repeated *list, struct settled *settled);
bool receipt_next_outcome(struct repeated *outcomes,
                          struct receipt_outcome *outcome);

// A place to write into.  After an overflow `failed` is set, nothing more is
// written, and the *_end functions return 0.  Where a span is empty or a number
// 0, the field is left out.
struct writer {
    uint8_t *data;
    size_t capacity, used;
    size_t open[4]; // where the lengths of open messages are to be patched in
    uint8_t depth;
    uint8_t parcel_field; // of the batch or commit being written
    bool failed;
};

static inline struct writer
writer_on(void *data, size_t capacity)
{
    return (struct writer){.data = data, .capacity = capacity};
}

// Small messages in one go; the length, or 0.
size_t hello_write(struct writer *writer, const struct hello *hello,
                   const struct span *dealers, size_t dealer_count);
size_t welcome_write(struct writer *writer, const struct welcome *welcome,
                     const struct span *collectors, size_t collector_count);
size_t ping_write(struct writer *writer, const struct ping *ping);
size_t pong_write(struct writer *writer, const struct pong *pong);
size_t goaway_write(struct writer *writer, const struct goaway *goaway);

// A BATCH grows parcel by parcel:
//   batch_begin, (parcel_begin, parcel_delivery..., parcel_end)..., batch_end.
// Lengths are patched in as fixed five-byte varints, so that nothing is moved.
void batch_begin(struct writer *writer, uint64_t session, uint64_t number);
void parcel_begin(struct writer *writer, struct span terminal, uint64_t epoch,
                  int64_t sent_at_ms);
// parcel_copy_begin starts with all fields of a parcel taken whole
// (parcel.bytes) instead; parcel_settled, parcel_received, parcel_end follow.
void parcel_copy_begin(struct writer *writer, struct span bytes);
void parcel_delivery(struct writer *writer, uint64_t seq,
                     int64_t recorded_at_ms, struct span body);
// parcel_delivery_full writes all of a delivery but its bytes.
void parcel_delivery_full(struct writer *writer,
                          const struct delivery *delivery);
// parcel_delivery_copy passes a delivery on as received (delivery.bytes).
void parcel_delivery_copy(struct writer *writer, struct span bytes);
void parcel_settled(struct writer *writer, const struct settled *settled);
void parcel_received(struct writer *writer, struct span collector,
                     int64_t received_at_ms);
void parcel_told(struct writer *writer, uint64_t told_seq); // 0: nothing
void parcel_end(struct writer *writer);
size_t batch_end(struct writer *writer);

// A RECEIPT: begin, the exceptions, end.
void receipt_begin(struct writer *writer, const struct receipt *receipt);
void receipt_outcome(struct writer *writer, uint32_t index,
                     const struct outcome *outcome);
// receipt_outcome_copy passes on what another receipt said, under a new index.
void receipt_outcome_copy(struct writer *writer, uint32_t index,
                          const struct receipt_outcome *outcome);
size_t receipt_end(struct writer *writer, const struct span *collectors,
                   size_t collector_count);
