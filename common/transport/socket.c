// SPDX-License-Identifier: Apache-2.0
#include "common/transport/socket.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <zmq.h>

#include "common/transport/configure.h"

static_assert(sizeof(zmq_msg_t) <= sizeof((struct frame *)0)->opaque,
              "a frame has room for a message");
static_assert(alignof(zmq_msg_t) <= alignof(struct frame),
              "a frame is aligned like a message");

enum status
transport_open(struct transport **out, int io_threads)
{
    struct transport *transport = calloc(1, sizeof *transport);
    if (!transport)
        return STATUS_SYSTEM;
    transport->context = zmq_ctx_new();
    if (!transport->context ||
        zmq_ctx_set(transport->context, ZMQ_IO_THREADS, io_threads) != 0 ||
        zmq_ctx_set(transport->context, ZMQ_BLOCKY, 0) != 0) {
        transport_close(transport);
        return STATUS_SYSTEM;
    }
    *out = transport;
    return STATUS_OK;
}

void
transport_close(struct transport *transport)
{
    if (!transport)
        return;
    while (transport->context && zmq_ctx_term(transport->context) != 0 &&
           errno == EINTR)
        ; // a signal: the context is not gone yet
    free(transport);
}

void *
frame_message(struct frame *frame)
{
    return frame->opaque;
}

void
frame_init(struct frame *frame)
{
    zmq_msg_init(frame_message(frame));
}

void
frame_close(struct frame *frame)
{
    zmq_msg_close(frame_message(frame));
    zmq_msg_init(frame_message(frame)); // so that it can be used again
}

void
frame_move(struct frame *to, struct frame *from)
{
    zmq_msg_move(frame_message(to), frame_message(from));
}

struct span
frame_span(struct frame *frame)
{
    return span_of(zmq_msg_data(frame_message(frame)),
                   zmq_msg_size(frame_message(frame)));
}

bool
peer_equal(const struct peer *a, const struct peer *b)
{
    return a->length == b->length && a->door == b->door &&
           memcmp(a->id, b->id, a->length) == 0;
}

void
socket_take_rest(void *socket)
{
    zmq_msg_t rest;
    int more = 1;

    zmq_msg_init(&rest);
    while (more) {
        if (zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        more = zmq_msg_more(&rest);
    }
    zmq_msg_close(&rest);
}
