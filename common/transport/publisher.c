// SPDX-License-Identifier: Apache-2.0
#include "common/transport/publisher.h"

#include <errno.h>
#include <stdlib.h>

#include <zmq.h>

#include "common/transport/configure.h"

struct publisher {
    void *socket;
    char endpoint[ENDPOINT_TEXT_MAX];
};

static enum status
open_with(struct publisher **out, struct transport *transport,
          const char *endpoint, const struct curve_server *server)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return STATUS_SYSTEM;

    enum status status = socket_open(&publisher->socket, transport,
                                     SOCKET_PUBLISHER, endpoint, 0);
    if (status == STATUS_OK && server)
        status = socket_serve_curve(publisher->socket, server);
    if (status == STATUS_OK)
        status = socket_bind(publisher->socket, endpoint, publisher->endpoint);
    if (status != STATUS_OK) {
        publisher_close(publisher);
        return status;
    }
    *out = publisher;
    return STATUS_OK;
}

enum status
publisher_open(struct publisher **out, struct transport *transport,
               const char *endpoint)
{
    return open_with(out, transport, endpoint, NULL);
}

enum status
publisher_open_curve(struct publisher **out, struct transport *transport,
                     const char *endpoint, const struct curve_server *server)
{
    return open_with(out, transport, endpoint, server);
}

void
publisher_close(struct publisher *publisher)
{
    if (!publisher)
        return;
    if (publisher->socket)
        zmq_close(publisher->socket);
    free(publisher);
}

const char *
publisher_endpoint(const struct publisher *publisher)
{
    return publisher->endpoint;
}

enum status
publisher_send(struct publisher *publisher, struct span topic,
               struct span payload)
{
    int rc;

    if (zmq_send(publisher->socket, topic.data, topic.length,
                 ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return socket_status(errno);
    do // the topic is out; the payload must follow
        rc = zmq_send(publisher->socket, payload.data, payload.length,
                      ZMQ_DONTWAIT);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? socket_status(errno) : STATUS_OK;
}
