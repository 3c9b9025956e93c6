// SPDX-License-Identifier: Apache-2.0
//
// session: what a collector knows of one connected terminal.
//
// A table of a fixed number of places, found by peer.  A place is used again
// after sessions_remove, under another session id: whoever keeps a place's
// index keeps the id too and compares.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/dealer_set.h"
#include "common/domain/check.h"
#include "common/domain/skew.h"
#include "common/transport/socket.h"

enum { PEER_NAME_MAX = 32 };

struct session {
    uint64_t id; // 0: the place is free
    struct peer peer;
    enum role role;
    uint8_t name_length;
    char name[PEER_NAME_MAX];
    struct dealer_set dealers; // of a DEALER
    uint64_t epoch;            // of the spool, as HELLO said
    uint64_t last_seq;         // the highest number it had given then
    struct skew skew;          // its clock minus ours
    uint32_t unanswered;       // events without a receipt
    uint32_t credit;           // as last told
    uint32_t credit_before;    // more than that, told until credit_until_ms
    int64_t credit_until_ms;   // steady clock
    uint64_t active_in;        // the last second it sent a batch in
    uint64_t quota_name;
    uint64_t put_off;    // events beyond what it was granted
    int64_t heard_at_ms; // steady clock
    uint32_t next;       // in its bucket, or among the free ones
};

struct sessions {
    uint32_t capacity, count, mask;
    uint32_t free;
    uint32_t *buckets;
    struct session *places;
};

// sessions_init makes a table.  False without memory.
bool sessions_init(struct sessions *sessions, uint32_t capacity);
void sessions_fini(struct sessions *sessions);

// sessions_find returns the peer's session, or NULL.
struct session *sessions_find(struct sessions *sessions,
                              const struct peer *peer);

// sessions_add returns a new, empty session of a peer that has none; NULL when
// the table is full.  The caller sets id.
struct session *sessions_add(struct sessions *sessions,
                             const struct peer *peer);
void sessions_remove(struct sessions *sessions, struct session *session);

// sessions_at returns the session at a place if it still has that id.
struct session *sessions_at(struct sessions *sessions, uint32_t place,
                            uint64_t id);
uint32_t session_place(const struct sessions *sessions,
                       const struct session *session);

static inline struct span
session_name(const struct session *session)
{
    return span_of(session->name, session->name_length);
}
