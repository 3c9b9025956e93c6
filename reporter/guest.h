// SPDX-License-Identifier: Apache-2.0
//
// guest: who is at the other end of a connection, and signing in and out.
#pragma once

#include <microhttpd.h>

#include "reporter/door.h"
#include "reporter/response.h"

struct guest {
    struct MHD_Connection *connection;
    struct door *door; // NULL: nobody is asked
    const char *raw;   // the address asked for
    bool is_secure;    // over TLS
    struct caller caller;
    struct viewer viewer; // once guest_knock said so
};

void guest_begin(struct guest *guest, struct MHD_Connection *connection,
                 struct door *door, const char *raw, bool is_secure);

// guest_knock finds out who it is by `Authorization: Bearer` or the cookie; who
// shows nothing stays nobody.  False, with the answer, for a token that is not
// good.
bool guest_knock(struct guest *guest, struct response *response);

// guest_is_login tells whether the address is one of signing in and out.
bool guest_is_login(const struct guest *guest);

// guest_login answers there; body is what was sent, NULL when too much.
void guest_login(struct guest *guest, const char *method, const char *body,
                 struct response *response);

// guest_record writes an answer that must not go unrecorded into the audit
// file: what was refused, and what leaves as a file.  If it cannot, the answer
// becomes a 503.
void guest_record(struct guest *guest, struct response *response);
