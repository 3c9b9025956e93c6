// SPDX-License-Identifier: Apache-2.0
//
// sessions: which collectors have said HELLO, and under which session.
#pragma once

#include "common/transport/socket.h"

enum { SESSIONS_MAX = 256 };

struct session_entry {
    struct peer peer;
    uint64_t session;
    int64_t last_heard; // steady ms
};

struct sessions {
    size_t count;
    struct session_entry list[SESSIONS_MAX];
};

// sessions_put gives a peer a session; when the list is full the one not heard
// of for longest makes room.
void sessions_put(struct sessions *sessions, const struct peer *peer,
                  uint64_t session, int64_t now);

// sessions_know tells whether the peer has a session at all, and that it was
// heard.
bool sessions_know(struct sessions *sessions, const struct peer *peer,
                   int64_t now);

// sessions_hear tells whether the peer has this session, and that it was heard.
bool sessions_hear(struct sessions *sessions, const struct peer *peer,
                   uint64_t session, int64_t now);
