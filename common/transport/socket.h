// SPDX-License-Identifier: Apache-2.0
//
// socket: one ZeroMQ context, and frames that outlive the receive call.
//
// All sockets have LINGER 0, bounded high-water marks, a maximum message size,
// no routing ids, no libzmq heartbeats (they abort connecting sockets in
// 4.3.4); see docs/decisions/.  One thread owns a socket.
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/runtime/z85.h"
#include "common/span.h"
#include "common/status.h"

struct transport; // the context

MUST_USE enum status transport_open(struct transport **out, int io_threads);
// transport_close: every socket of it is closed before; NULL is fine.
void transport_close(struct transport *transport);

// A received frame, kept until frame_close.  Never copy the struct; move it
// with frame_move.  frame_init comes first; receiving into a frame that still
// holds something closes that.  A closed frame may be used again.
struct frame {
    alignas(max_align_t) unsigned char opaque[64];
};

void frame_init(struct frame *frame);
void frame_close(struct frame *frame); // fine on an initialised or closed one
void frame_move(struct frame *to, struct frame *from);
struct span frame_span(struct frame *frame); // lent until frame_close

// Which peer of an inbox; valid while the peer stays connected.  key is the
// public key it was let in with, where the inbox serves with keys.
struct peer {
    uint8_t length;
    uint8_t id[15];
    uint8_t door; // which inbox of several: for whoever has them, 0 at first
    bool has_key;
    uint8_t key[Z85_KEY_BYTES];
};
// peer_equal: the same link.
bool peer_equal(const struct peer *a, const struct peer *b);

// Something to wait on: the fd of a socket or any other.
struct waitable {
    void *socket; // from *_waitable, or NULL and then fd
    int fd;
    bool ready; // set by wait_any
};

enum { WAIT_MAX = 64 };

// wait_any waits until one of at most WAIT_MAX is readable or timeout_ms passed
// (-1: for ever).  STATUS_OK, or STATUS_AGAIN after the timeout or a signal.
MUST_USE enum status wait_any(struct waitable *items, size_t count,
                              int64_t timeout_ms);
