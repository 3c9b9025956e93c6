// SPDX-License-Identifier: Apache-2.0
#include "common/config/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#include "common/config/config.h"
#include "common/config/text.h"

static bool
begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

// split_port cuts "host:port" at the last colon.
static bool
split_port(const char *address, struct span *host, struct span *port)
{
    const char *colon = strrchr(address, ':');

    if (!colon || colon == address)
        return false;
    *host = span_of(address, (size_t)(colon - address));
    *port = span_text(colon + 1);
    return true;
}

// port_valid: digits alone, or "*" where any port will do.
static bool
port_valid(struct span port, bool any)
{
    int64_t number;

    if (any && text_is(port, "*"))
        return true;
    return port.length > 0 && port.data[0] >= '0' && port.data[0] <= '9' &&
           text_whole(port, &number) && number <= UINT16_MAX;
}

static bool
address_valid(const char *address, bool any_port)
{
    struct span host, port;

    if (!split_port(address, &host, &port) || !text_is_word(host, 100))
        return false;
    bool bracketed = host.data[0] == '[';
    if (!bracketed && memchr(host.data, ':', host.length))
        return false;
    if (bracketed && (host.length < 3 || host.data[host.length - 1] != ']'))
        return false;
    return !memchr(host.data, '/', host.length) && port_valid(port, any_port);
}

bool
endpoint_valid(const char *endpoint)
{
    if (!text_is_word(span_text(endpoint), ENDPOINT_MAX - 1))
        return false;
    if (begins(endpoint, "tcp://"))
        return address_valid(endpoint + strlen("tcp://"), true);
    if (begins(endpoint, "ipc://"))
        return endpoint[strlen("ipc://")] != '\0';
    return begins(endpoint, "inproc://") &&
           endpoint[strlen("inproc://")] != '\0';
}

bool
endpoint_http_valid(const char *endpoint)
{
    return text_is_word(span_text(endpoint), ENDPOINT_MAX - 1) &&
           address_valid(endpoint, false);
}

// A name such as 127.0.0.1.example.org is no address, hence inet_pton.
static bool
host_is_local(struct span host)
{
    char name[ENDPOINT_MAX];
    struct in_addr four;
    struct in6_addr six;

    if (text_is(host, "localhost"))
        return true;
    if (host.length > 2 && host.data[0] == '[')
        host = span_of(host.data + 1, host.length - 2);
    if (!text_copy(host, name, sizeof name))
        return false;
    if (inet_pton(AF_INET, name, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, name, &six) == 1 &&
           memcmp(&six, &in6addr_loopback, sizeof six) == 0;
}

bool
endpoint_is_local(const char *endpoint)
{
    struct span host, port;

    if (begins(endpoint, "ipc://") || begins(endpoint, "inproc://"))
        return true;
    if (begins(endpoint, "tcp://"))
        endpoint += strlen("tcp://");
    return split_port(endpoint, &host, &port) && host_is_local(host);
}

bool
endpoint_is_everywhere(const char *endpoint)
{
    return begins(endpoint, "tcp://0.0.0.0:") ||
           begins(endpoint, "tcp://[::]:") || begins(endpoint, "tcp://*:");
}
