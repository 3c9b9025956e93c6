// SPDX-License-Identifier: Apache-2.0
//
// http: the site on a port.  It and live.h know libmicrohttpd, nobody else.
//
// One thread of its own, everything bounded: connections, their memory, their
// idle time.  GET and HEAD only, but for the form of /login; every answer
// carries the headers that keep browsers from running, framing, guessing or
// leaking anything.
#pragma once

#include <stdint.h>

#include "common/status.h"
#include "reporter/door.h"
#include "reporter/site.h"

enum { HTTP_PROBLEM_MAX = 256 };

struct http;

// http_open serves the site at "host:port" ("127.0.0.1:8080", "[::1]:8080";
// port 0: any).  extra_host is one more name that browsers may use, or NULL.
// STATUS_MALFORMED: not an address; STATUS_BUSY: taken by somebody else; in
// both cases, and for STATUS_SYSTEM, problem says what happened.  The site must
// outlive it.
MUST_USE enum status http_open(struct http **out, const struct site *site,
                               const char *address, const char *extra_host,
                               char problem[HTTP_PROBLEM_MAX]);

// What it takes to be reached from other machines.
struct http_guard {
    struct door *door;             // who may see what; NULL: nobody is asked
    const char *certificate, *key; // PEM texts, lent for the call; NULL: HTTP
};

// http_open_guarded is http_open with a guard.  STATUS_MALFORMED also when the
// address reaches beyond this machine and there is no door or no certificate.
// The door must outlive it, and site->asks_tokens be set with it.
MUST_USE enum status http_open_guarded(struct http **out,
                                       const struct site *site,
                                       const char *address,
                                       const char *extra_host,
                                       const struct http_guard *guard,
                                       char problem[HTTP_PROBLEM_MAX]);
void http_close(struct http *http); // NULL is fine

// http_wake tells those who listen to /api/v1/stream what is new; call it after
// every refresh.
void http_wake(struct http *http);

// http_port returns the port it is bound to.
uint16_t http_port(const struct http *http);

// http_is_local tells whether only this machine can reach it.
bool http_is_local(const struct http *http);
