// SPDX-License-Identifier: Apache-2.0
//
// inbox: many peers on one bound ROUTER socket, each answered by name.
#pragma once

#include "common/transport/curve.h"

struct inbox;

// inbox_open binds.  STATUS_BUSY when the port is taken, STATUS_MALFORMED when
// the endpoint is not one.  max_bytes bounds one frame.
MUST_USE enum status inbox_open(struct inbox **out, struct transport *transport,
                                const char *endpoint, int64_t max_bytes);
// inbox_open_curve serves with keys: only peers the guard admits, and only
// encrypted.
MUST_USE enum status inbox_open_curve(struct inbox **out,
                                      struct transport *transport,
                                      const char *endpoint, int64_t max_bytes,
                                      const struct curve_server *server);
void inbox_close(struct inbox *inbox);
// inbox_close_after first gives what was sent so long to reach its peers.
void inbox_close_after(struct inbox *inbox, int linger_ms); // NULL is fine
struct waitable inbox_waitable(struct inbox *inbox);

// inbox_receive takes a waiting message without blocking: STATUS_AGAIN when
// there is none, STATUS_MALFORMED for one that is not a single frame, or
// nobody's (it is gone).  The caller closes the frame.
MUST_USE enum status inbox_receive(struct inbox *inbox, struct peer *peer,
                                   struct frame *frame);

// inbox_send copies bytes to a peer without blocking.  STATUS_FULL: the peer
// does not read, STATUS_NOT_FOUND: it is gone.  Either way it will ask again.
MUST_USE enum status inbox_send(struct inbox *inbox, const struct peer *peer,
                                struct span bytes);

// inbox_send_taken sends a malloc'ed buffer without copying; it is freed.
MUST_USE enum status inbox_send_taken(struct inbox *inbox,
                                      const struct peer *peer, void *bytes,
                                      size_t length);

// inbox_strangers returns how many messages were dropped because nobody can be
// named for them, though the inbox serves with keys.
uint64_t inbox_strangers(const struct inbox *inbox);

// inbox_endpoint returns where it is bound ("tcp://127.0.0.1:7070"), also when
// it was asked for port 0.  Lent until inbox_close.
const char *inbox_endpoint(const struct inbox *inbox);
