// SPDX-License-Identifier: Apache-2.0
#include "reporter/address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128 };

bool
address_split(struct address *address, const char *text)
{
    const char *colon = strrchr(text, ':');
    char *end;

    *address = (struct address){0};
    if (!colon || colon[1] < '0' || colon[1] > '9')
        return false;
    unsigned long port = strtoul(colon + 1, &end, 10);
    size_t length = (size_t)(colon - text);
    if (text[0] == '[') {
        if (length < 3 || text[length - 1] != ']')
            return false;
        text += 1;
        length -= 2;
    } else if (memchr(text, ':', length)) {
        return false; // IPv6 goes into brackets
    }
    if (*end || port > UINT16_MAX || length == 0 ||
        length >= sizeof address->host)
        return false;
    memcpy(address->host, text, length);
    address->port = (uint16_t)port;
    return true;
}

// bind_one makes a listening socket of one candidate, or returns -1 and errno.
static int
bind_one(const struct addrinfo *info)
{
    int on = 1;
    int fd =
        socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 ||
        listen(fd, BACKLOG) != 0) {
        int problem = errno;
        close(fd);
        errno = problem;
        return -1;
    }
    return fd;
}

static void
describe(struct address *address, const struct sockaddr *name)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (name->sa_family == AF_INET) {
        memcpy(&v4, name, sizeof v4);
        address->port = ntohs(v4.sin_port);
        address->any = v4.sin_addr.s_addr == htonl(INADDR_ANY);
        address->loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    } else {
        memcpy(&v6, name, sizeof v6);
        address->port = ntohs(v6.sin6_port);
        address->any = IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
        address->loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
}

enum status
address_listen(struct address *address, int *listener, const char *text,
               char *problem, size_t problem_size)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    struct sockaddr_storage name = {0};
    socklen_t name_length = sizeof name;
    char port[8];

    if (!address_split(address, text)) {
        snprintf(problem, problem_size,
                 "\"%s\" is not an address like 127.0.0.1:8080", text);
        return STATUS_MALFORMED;
    }
    snprintf(port, sizeof port, "%u", address->port);
    int unknown = getaddrinfo(address->host, port, &hints, &list);
    if (unknown) {
        snprintf(problem, problem_size, "%s: %s", text, gai_strerror(unknown));
        return STATUS_MALFORMED;
    }
    int fd = bind_one(list);
    int reason = errno;
    freeaddrinfo(list);
    if (fd < 0) {
        snprintf(problem, problem_size, "%s: %s", text, strerror(reason));
        return reason == EADDRINUSE ? STATUS_BUSY
               : reason == EADDRNOTAVAIL || reason == EAFNOSUPPORT
                   ? STATUS_MALFORMED
                   : STATUS_SYSTEM;
    }
    if (getsockname(fd, (struct sockaddr *)&name, &name_length) == 0)
        describe(address, (struct sockaddr *)&name);
    *listener = fd;
    return STATUS_OK;
}
