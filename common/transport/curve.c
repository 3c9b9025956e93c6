// SPDX-License-Identifier: Apache-2.0
#include "common/transport/curve.h"

#include <errno.h>

#include <zmq.h>

#include "common/transport/configure.h"

// A draft option the header of a release hides, though the library knows it:
// without it a server whose ZAP handler does not answer lets everybody in.  It
// needs a domain.
enum { ZAP_ENFORCE_DOMAIN = 93 };

static int
set_key(void *socket, int option, const uint8_t key[Z85_KEY_BYTES])
{
    return zmq_setsockopt(socket, option, key, Z85_KEY_BYTES);
}

enum status
socket_serve_curve(void *socket, const struct curve_server *server)
{
    int yes = 1;

    if (!server->guard || !server->domain || server->domain[0] == '\0')
        return STATUS_SYSTEM;
    if (zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, server->domain,
                       strlen(server->domain)) != 0 ||
        zmq_setsockopt(socket, ZAP_ENFORCE_DOMAIN, &yes, sizeof yes) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) != 0 ||
        set_key(socket, ZMQ_CURVE_SECRETKEY, server->secret_key) != 0)
        return STATUS_SYSTEM;
    return STATUS_OK;
}

enum status
socket_use_curve(void *socket, const struct curve_client *client)
{
    if (set_key(socket, ZMQ_CURVE_SERVERKEY, client->server_key) != 0 ||
        set_key(socket, ZMQ_CURVE_PUBLICKEY, client->public_key) != 0 ||
        set_key(socket, ZMQ_CURVE_SECRETKEY, client->secret_key) != 0)
        return STATUS_SYSTEM;
    return STATUS_OK;
}

bool
message_key(void *message, struct peer *peer)
{
    const char *user = zmq_msg_gets(message, "User-Id");

    peer->has_key = user && z85_key_read(span_text(user), peer->key);
    return peer->has_key;
}
