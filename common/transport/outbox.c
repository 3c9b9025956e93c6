// SPDX-License-Identifier: Apache-2.0
#include "common/transport/outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <zmq.h>

#include "common/transport/configure.h"

struct outbox {
    void *socket;
    void *monitor; // tells of handshakes; NULL: in the clear
    enum outbox_trouble trouble;
};

// watch_handshakes: libzmq tells nobody else that a link was refused, and never
// tries such a link again.
static enum status
watch_handshakes(struct outbox *outbox, struct transport *transport)
{
    char name[64];
    int linger = 0;

    (void)snprintf(name, sizeof name, "inproc://handshakes-%p", (void *)outbox);
    if (zmq_socket_monitor(outbox->socket, name,
                           ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                               ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0)
        return STATUS_SYSTEM;
    outbox->monitor = zmq_socket(transport->context, ZMQ_PAIR);
    if (!outbox->monitor ||
        zmq_setsockopt(outbox->monitor, ZMQ_LINGER, &linger, sizeof linger) !=
            0 ||
        zmq_connect(outbox->monitor, name) != 0)
        return STATUS_SYSTEM;
    return STATUS_OK;
}

// take_event reads one event of the monitor: its number is the first 16 bits
// of the first frame, the second is an address.
static bool
take_event(struct outbox *outbox)
{
    zmq_msg_t frame;
    uint16_t event = 0;

    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, outbox->monitor, ZMQ_DONTWAIT) < 0) {
        zmq_msg_close(&frame);
        return false;
    }
    if (zmq_msg_size(&frame) >= sizeof event)
        memcpy(&event, zmq_msg_data(&frame), sizeof event);
    if (zmq_msg_more(&frame))
        socket_take_rest(outbox->monitor);
    zmq_msg_close(&frame);
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
        outbox->trouble = OUTBOX_REFUSED;
    else if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
        outbox->trouble = OUTBOX_FINE;
    else
        outbox->trouble = OUTBOX_WRONG_SERVER;
    return true;
}

enum outbox_trouble
outbox_trouble(struct outbox *outbox)
{
    while (outbox->monitor && take_event(outbox))
        ;
    return outbox->trouble;
}

enum status
outbox_open(struct outbox **out, struct transport *transport,
            const char *endpoint, int64_t max_bytes)
{
    return outbox_open_curve(out, transport, endpoint, max_bytes, NULL);
}

enum status
outbox_open_curve(struct outbox **out, struct transport *transport,
                  const char *endpoint, int64_t max_bytes,
                  const struct curve_client *client)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        return STATUS_SYSTEM;

    enum status status = socket_open(&outbox->socket, transport, SOCKET_OUTBOX,
                                     endpoint, max_bytes);
    if (status == STATUS_OK && client)
        status = socket_use_curve(outbox->socket, client);
    if (status == STATUS_OK && client)
        status = watch_handshakes(outbox, transport);
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
    if (outbox->monitor) {
        // First the side that tells: without a listener it would wait for one.
        (void)zmq_socket_monitor(outbox->socket, NULL, 0);
        zmq_close(outbox->monitor);
    }
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

    if (zmq_msg_recv(content, outbox->socket, ZMQ_DONTWAIT) < 0) {
        enum status status = socket_status(errno);
        (void)outbox_trouble(outbox); // the monitor must not fill up
        return status;
    }
    if (!zmq_msg_more(content))
        return STATUS_OK;
    socket_take_rest(outbox->socket);
    frame_close(frame);
    return STATUS_MALFORMED;
}
