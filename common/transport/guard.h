// SPDX-License-Identifier: Apache-2.0
//
// guard: who may connect to a socket that serves with CURVE.
//
// libzmq asks a ZAP handler about every new connection
// (rfc.zeromq.org/spec/27); this is one, in a thread of its own, over a
// question its owner answers from memory.  It closes rather than opens: a
// socket with a curve_server refuses to exist without its guard, and when the
// guard is gone nobody new gets in (libzmq 4.3.4 would let everybody in;
// curve.c tells it not to).
//
// A connection that was let in stays: whoever serves asks its table again for
// every message (struct peer has the key).
#pragma once

#include "common/runtime/z85.h"
#include "common/transport/socket.h"

struct guard;

// Who is to answer, in the guard's thread: no I/O, no long lock.  domain is the
// server's, address the peer's.
struct guard_question {
    void *context;
    bool (*admits)(void *context, struct span domain,
                   const uint8_t key[Z85_KEY_BYTES], struct span address);
};

// guard_open binds the handler of a transport before it returns, so that
// sockets opened later are never without.  STATUS_BUSY: it has one already.
MUST_USE enum status guard_open(struct guard **out, struct transport *transport,
                                const struct guard_question *question);

// guard_close ends the thread; close it after the sockets it guards, before
// the transport.  NULL is fine.
void guard_close(struct guard *guard);

// guard_refusals returns how many connections were refused.  Any thread.
uint64_t guard_refusals(const struct guard *guard);
