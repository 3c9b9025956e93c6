// SPDX-License-Identifier: Apache-2.0
//
// configure: how every socket of ours is set up, in one place.  Private to this
// folder: it shows ZeroMQ's handles.
#pragma once

#include <stdint.h>

#include "common/transport/curve.h"
#include "common/transport/socket.h"

struct transport {
    void *context;
};

enum socket_kind { SOCKET_INBOX, SOCKET_OUTBOX, SOCKET_PUBLISHER };

// socket_open makes a socket with every option of its kind set, not yet bound
// or connected.  endpoint only tells whether IPv6 is wanted.
MUST_USE enum status socket_open(void **out, struct transport *transport,
                                 enum socket_kind kind, const char *endpoint,
                                 int64_t max_bytes);

// socket_serve_curve and socket_use_curve give a socket its keys, before it is
// bound or connected.  Without success it must not be used.
MUST_USE enum status socket_serve_curve(void *socket,
                                        const struct curve_server *server);
MUST_USE enum status socket_use_curve(void *socket,
                                      const struct curve_client *client);

// message_key takes from a ZeroMQ message under which key its sender was let
// in.  False: under none.
bool message_key(void *message, struct peer *peer);

// socket_connect starts connecting and returns at once.
MUST_USE enum status socket_connect(void *socket, const char *endpoint);

// socket_bind binds and writes where, with the port the kernel chose.
enum { ENDPOINT_TEXT_MAX = 256 };
MUST_USE enum status socket_bind(void *socket, const char *endpoint,
                                 char bound[ENDPOINT_TEXT_MAX]);

// socket_status translates an errno of ZeroMQ.
enum status socket_status(int error);

// socket_take_rest receives and drops what is left of a message.
void socket_take_rest(void *socket);

// frame_message: the ZeroMQ message inside a frame.
void *frame_message(struct frame *frame);
