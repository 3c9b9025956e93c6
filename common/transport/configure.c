// SPDX-License-Identifier: Apache-2.0
#include "common/transport/configure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

// Frames that may wait per peer.  Credit is what limits a sender; these only
// bound what somebody who ignores credit can make us hold.
enum {
    BATCHES_MAX = 1000,
    RECEIPTS_MAX = 4096,
    UNTAKEN_MAX = 64,  // of a peer; of a terminal at most 16 MiB
    UNREAD_MAX = 1024, // receipts for a peer that does not read
    SUBSCRIPTION_BYTES = 1024,
};

enum {
    HANDSHAKE_MS = 2000, // mute connections must not eat the descriptors
    CONNECT_MS = 5000,
    RECONNECT_MS = 500, // ZeroMQ adds as much again at random
    RECONNECT_MAX_MS = 15000,
    BACKLOG = 1024, // all terminals come back at once
    KEEPALIVE_IDLE_S = 30,
};

struct option {
    int name;
    int value;
};

static int
set_options(void *socket, const struct option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int rc = zmq_setsockopt(socket, options[i].name, &options[i].value,
                                sizeof options[i].value);
        if (rc != 0)
            return rc;
    }
    return 0;
}

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct option every_socket[] = {
    {ZMQ_LINGER, 0}, // the spool owns what was not answered
    {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
    {ZMQ_TCP_KEEPALIVE, 1},
    {ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S},
};

static const struct option inbox_options[] = {
    {ZMQ_RCVHWM, UNTAKEN_MAX},
    {ZMQ_SNDHWM, UNREAD_MAX},
    {ZMQ_BACKLOG, BACKLOG},
    {ZMQ_ROUTER_MANDATORY, 1},
    // Nobody takes over another's answers.
    {ZMQ_ROUTER_HANDOVER, 0},
};

static const struct option outbox_options[] = {
    {ZMQ_SNDHWM, BATCHES_MAX},
    {ZMQ_RCVHWM, RECEIPTS_MAX},
    {ZMQ_IMMEDIATE, 1}, // nothing is queued for a peer that is not there
    {ZMQ_CONNECT_TIMEOUT, CONNECT_MS},
    {ZMQ_RECONNECT_IVL, RECONNECT_MS},
    {ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS},
};

static const struct option publisher_options[] = {
    {ZMQ_SNDHWM, BATCHES_MAX},
    {ZMQ_BACKLOG, BACKLOG},
};

static int
configure(void *socket, enum socket_kind kind)
{
    if (set_options(socket, every_socket, COUNT_OF(every_socket)) != 0)
        return -1;
    switch (kind) {
    case SOCKET_INBOX:
        return set_options(socket, inbox_options, COUNT_OF(inbox_options));
    case SOCKET_OUTBOX:
        return set_options(socket, outbox_options, COUNT_OF(outbox_options));
    case SOCKET_PUBLISHER:
        return set_options(socket, publisher_options,
                           COUNT_OF(publisher_options));
    }
    return -1;
}

enum status
socket_open(void **out, struct transport *transport, enum socket_kind kind,
            const char *endpoint, int64_t max_bytes)
{
    static const int types[] = {ZMQ_ROUTER, ZMQ_DEALER, ZMQ_PUB};
    int64_t limit = kind == SOCKET_PUBLISHER ? SUBSCRIPTION_BYTES : max_bytes;
    int ipv6 = strchr(endpoint, '[') != NULL;

    void *socket = zmq_socket(transport->context, types[kind]);
    if (!socket)
        return STATUS_SYSTEM;
    if (configure(socket, kind) != 0 ||
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &limit, sizeof limit) != 0 ||
        zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6) != 0) {
        zmq_close(socket);
        return STATUS_SYSTEM;
    }
    *out = socket;
    return STATUS_OK;
}

// ZeroMQ takes ports modulo 65536 and would bind to 34463 for 99999.
static bool
port_is_possible(const char *endpoint)
{
    const char *port = strrchr(endpoint, ':');

    if (strncmp(endpoint, "tcp://", 6) != 0 || strcmp(port, ":*") == 0)
        return true;
    size_t digits = strspn(port + 1, "0123456789");
    return digits > 0 && digits <= 5 && port[1 + digits] == '\0' &&
           atoi(port + 1) <= UINT16_MAX;
}

enum status
socket_connect(void *socket, const char *endpoint)
{
    if (!port_is_possible(endpoint))
        return STATUS_MALFORMED;
    return zmq_connect(socket, endpoint) == 0 ? STATUS_OK
                                              : socket_status(errno);
}

enum status
socket_bind(void *socket, const char *endpoint, char bound[ENDPOINT_TEXT_MAX])
{
    size_t length = ENDPOINT_TEXT_MAX;

    if (!port_is_possible(endpoint))
        return STATUS_MALFORMED;
    if (zmq_bind(socket, endpoint) != 0)
        return socket_status(errno);
    if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &length) != 0)
        return STATUS_SYSTEM;
    return STATUS_OK;
}

enum status
socket_status(int error)
{
    switch (error) {
    case EAGAIN:
    case EINTR:
        return STATUS_AGAIN;
    case EHOSTUNREACH:
        return STATUS_NOT_FOUND;
    case EADDRINUSE:
        return STATUS_BUSY;
    case EADDRNOTAVAIL:
        return STATUS_UNAVAILABLE;
    case EINVAL:
    case ENODEV:
    case ENOENT:
    case ENAMETOOLONG:
    case EPROTONOSUPPORT:
    case ENOCOMPATPROTO:
        return STATUS_MALFORMED;
    case ETERM:
        return STATUS_STOPPED;
    default:
        return STATUS_SYSTEM;
    }
}
