// SPDX-License-Identifier: Apache-2.0
#include "common/transport/outbox.h"

#include <errno.h>
#include <stdlib.h>

#include <zmq.h>

#include "common/transport/configure.h"

struct outbox {
    void *socket;
};

enum status
outbox_open(struct outbox **out, struct transport *transport,
            const char *endpoint, int64_t max_bytes)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return STATUS_SYSTEM;

    enum status status = socket_open(&outbox->socket, transport, SOCKET_OUTBOX,
                                     endpoint, max_bytes);
    if (status == STATUS_OK)
        status = socket_connect(outbox->socket, endpoint);
    if (status != STATUS_OK) {
        outbox_close(outbox);
        return status;
    }
    *out = outbox;
    return STATUS_OK;
}

void
outbox_close(struct outbox *outbox)
{
    if (!outbox)
        return;
    if (outbox->socket)
        zmq_close(outbox->socket);
    free(outbox);
}

struct waitable
outbox_waitable(struct outbox *outbox)
{
    return (struct waitable){.socket = outbox->socket};
}

enum status
outbox_send(struct outbox *outbox, struct span bytes)
{
    if (zmq_send(outbox->socket, bytes.data, bytes.length, ZMQ_DONTWAIT) >= 0)
        return STATUS_OK;
    if (errno == EAGAIN || errno == EINTR)
        return STATUS_FULL;
    return socket_status(errno);
}

enum status
outbox_receive(struct outbox *outbox, struct frame *frame)
{
    zmq_msg_t *content = frame_message(frame);

    if (zmq_msg_recv(content, outbox->socket, ZMQ_DONTWAIT) < 0)
        return socket_status(errno);
    if (!zmq_msg_more(content))
        return STATUS_OK;
    socket_take_rest(outbox->socket);
    frame_close(frame);
    return STATUS_MALFORMED;
}
