// SPDX-License-Identifier: Apache-2.0
#include "common/transport/inbox.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <zmq.h>

#include "common/transport/configure.h"

struct inbox {
    void *socket;
    zmq_msg_t name; // of the peer whose message is being received
    char endpoint[ENDPOINT_TEXT_MAX];
    bool has_keys; // every message must name its sender's
    uint64_t strangers;
};

// open_with serves in the clear when server is NULL.
static enum status
open_with(struct inbox **out, struct transport *transport, const char *endpoint,
          int64_t max_bytes, const struct curve_server *server)
{
    struct inbox *inbox = calloc(1, sizeof *inbox);
    if (!inbox)
        return STATUS_SYSTEM;
    zmq_msg_init(&inbox->name);

    enum status status = socket_open(&inbox->socket, transport, SOCKET_INBOX,
                                     endpoint, max_bytes);
    if (status == STATUS_OK && server) {
        inbox->has_keys = true;
        status = socket_serve_curve(inbox->socket, server);
    }
    if (status == STATUS_OK)
        status = socket_bind(inbox->socket, endpoint, inbox->endpoint);
    if (status != STATUS_OK) {
        inbox_close(inbox);
        return status;
    }
    *out = inbox;
    return STATUS_OK;
}

enum status
inbox_open(struct inbox **out, struct transport *transport,
           const char *endpoint, int64_t max_bytes)
{
    return open_with(out, transport, endpoint, max_bytes, NULL);
}

enum status
inbox_open_curve(struct inbox **out, struct transport *transport,
                 const char *endpoint, int64_t max_bytes,
                 const struct curve_server *server)
{
    return open_with(out, transport, endpoint, max_bytes, server);
}

void
inbox_close(struct inbox *inbox)
{
    if (!inbox)
        return;
    zmq_msg_close(&inbox->name);
    if (inbox->socket)
        zmq_close(inbox->socket);
    free(inbox);
}

void
inbox_close_after(struct inbox *inbox, int linger_ms)
{
    if (inbox && inbox->socket)
        (void)zmq_setsockopt(inbox->socket, ZMQ_LINGER, &linger_ms,
                             sizeof linger_ms);
    inbox_close(inbox);
}

struct waitable
inbox_waitable(struct inbox *inbox)
{
    return (struct waitable){.socket = inbox->socket};
}

const char *
inbox_endpoint(const struct inbox *inbox)
{
    return inbox->endpoint;
}

// take_name reads who sent the message.  False for a name longer than those
// ZeroMQ gives: somebody chose it, and we answer no chosen names.
static bool
take_name(struct inbox *inbox, struct peer *peer)
{
    size_t length = zmq_msg_size(&inbox->name);
    if (length == 0 || length > sizeof peer->id)
        return false;
    *peer = (struct peer){.length = (uint8_t)length};
    memcpy(peer->id, zmq_msg_data(&inbox->name), length);
    return true;
}

static int
receive_next(zmq_msg_t *message, void *socket)
{
    int rc;
    do
        rc = zmq_msg_recv(message, socket, ZMQ_DONTWAIT);
    while (rc < 0 && errno == EINTR); // the rest of a message is there already
    return rc;
}

enum status
inbox_receive(struct inbox *inbox, struct peer *peer, struct frame *frame)
{
    zmq_msg_t *content = frame_message(frame);

    if (zmq_msg_recv(&inbox->name, inbox->socket, ZMQ_DONTWAIT) < 0)
        return socket_status(errno);
    if (!take_name(inbox, peer)) {
        if (zmq_msg_more(&inbox->name))
            socket_take_rest(inbox->socket);
        return STATUS_MALFORMED;
    }
    if (!zmq_msg_more(&inbox->name))
        return STATUS_MALFORMED;
    if (receive_next(content, inbox->socket) < 0)
        return socket_status(errno);
    if (zmq_msg_more(content)) {
        socket_take_rest(inbox->socket);
        frame_close(frame);
        return STATUS_MALFORMED;
    }
    if (inbox->has_keys && !message_key(content, peer)) {
        inbox->strangers++;
        frame_close(frame);
        return STATUS_MALFORMED;
    }
    return STATUS_OK;
}

uint64_t
inbox_strangers(const struct inbox *inbox)
{
    return inbox->strangers;
}

// send_message sends content to a peer; content is closed in any case.
static enum status
send_message(struct inbox *inbox, const struct peer *peer, zmq_msg_t *content)
{
    int rc;

    if (zmq_send(inbox->socket, peer->id, peer->length,
                 ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        enum status status =
            errno == EAGAIN ? STATUS_FULL : socket_status(errno);
        zmq_msg_close(content);
        return status;
    }
    do // the message is open now; it cannot be left half sent
        rc = zmq_msg_send(content, inbox->socket, ZMQ_DONTWAIT);
    while (rc < 0 && errno == EINTR);
    if (rc >= 0)
        return STATUS_OK;
    enum status status = errno == EAGAIN ? STATUS_FULL : socket_status(errno);
    zmq_msg_close(content);
    return status;
}

enum status
inbox_send(struct inbox *inbox, const struct peer *peer, struct span bytes)
{
    zmq_msg_t content;

    if (zmq_msg_init_size(&content, bytes.length) != 0)
        return STATUS_SYSTEM;
    if (bytes.length > 0)
        memcpy(zmq_msg_data(&content), bytes.data, bytes.length);
    return send_message(inbox, peer, &content);
}

// give_back runs in ZeroMQ's thread once the buffer has been sent.
static void
give_back(void *bytes, void *hint)
{
    (void)hint;
    free(bytes);
}

enum status
inbox_send_taken(struct inbox *inbox, const struct peer *peer, void *bytes,
                 size_t length)
{
    zmq_msg_t content;

    if (zmq_msg_init_data(&content, bytes, length, give_back, NULL) != 0) {
        free(bytes);
        return STATUS_SYSTEM;
    }
    return send_message(inbox, peer, &content);
}
