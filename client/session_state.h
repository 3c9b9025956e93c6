// SPDX-License-Identifier: Apache-2.0
//
// session_state: what the files of the session share.  Private to them.
#pragma once

#include "client/cargo.h"
#include "client/collectors.h"
#include "client/session.h"
#include "common/wire/envelope.h"

enum {
    CARGO_EVENTS_MAX = 8192,
    CARGO_BYTES_MAX = 16 * 1024 * 1024,
    FLIGHTS_MAX = 256,
    BLOCKED_MS = 20,     // before a full link is tried again
    HELLO_AGAIN_MS = 50, // before a link not connected yet is
    CONNECT_MS = 5000,   // for a link to connect
    PING_MS = 5000,      // of quiet before a PING
    PING_FOR_CREDIT_MS = 1000,
    SILENCE_MS = 15000, // before a link is given up
    RESEND_FIRST_MS = 10000,
    RESEND_MAX_MS = 120000,
    LEAVE_MOST_MS = 60000, // whatever time a GOAWAY names
};

// A batch under way.
struct flight {
    uint64_t number;
    uint64_t first_seq;
    uint32_t events;
    int64_t resend_at, resend_delay;
};

enum sent { SENT_NOTHING, SENT_HELLO, SENT_FLIGHT, SENT_AGAIN, SENT_PING };

struct session {
    struct session_options options;
    struct collectors collectors;
    struct cargo cargo;

    enum session_phase phase;
    bool close_due;
    bool hello_due;
    int64_t open_at;  // DOWN: when to try the next link
    int64_t hello_at; // not before
    int64_t opened_at, heard_at, pinged_at, blocked_until;
    uint64_t last_seq, waiting; // for HELLO
    uint64_t links, ignored;

    // Of WELCOME:
    uint64_t session;
    uint32_t credit, max_event_bytes, max_batch_events, max_batch_bytes;

    // Of the store behind the collectors, as far as anybody ever told:
    struct store_seen store;
    uint64_t backed_up_position;
    bool store_due, release_due; // to be told by session_next
    uint64_t resend_from;        // with store_due

    bool has_clock;
    int64_t clock_offset_ms;
    int64_t leave_at; // after GOAWAY: when; else INT64_MAX

    uint64_t last_number;
    size_t flight_count;
    struct flight flights[FLIGHTS_MAX]; // ascending number
    uint64_t in_flight;                 // events

    enum sent sent; // the last SEND, should it be blocked
    size_t sent_flight;

    size_t settled, settled_taken;
    struct settlement settlements[BATCH_EVENTS_MAX];

    enum code refusal;
    char refusal_text[SESSION_TEXT_MAX];
    uint8_t *frame; // FRAME_MAX bytes, what is being sent
};

// Of departure.c: what to send now, empty when there is nothing.
struct span session_departure(struct session *session, struct instant now);

// departure_undo takes the last departure back: the link did not take it.
void departure_undo(struct session *session, struct instant now);

// flight_remove forgets a flight; its events are the caller's business.
void flight_remove(struct session *session, size_t index);

// Of arrival.c: what a frame means.
void session_arrival(struct session *session, struct instant now,
                     const struct envelope *envelope);

// session_lose gives the link up and goes to the next collector after wait_ms
// (negative: the usual random wait).
void session_lose(struct session *session, struct instant now, int64_t wait_ms);

// session_greet starts a session on the link that is there.
void session_greet(struct session *session, struct instant now);
