// SPDX-License-Identifier: Apache-2.0
//
// Does anybody listen where the collectors should be?
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "terminal/doctor_parts.h"

enum { CONNECT_MS = 5000 };

// try_connect: NULL when somebody listens there, else why not.
static const char *
try_connect(const struct addrinfo *address)
{
    const char *why = NULL;
    socklen_t size = sizeof(int);
    int error = 0;

    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return strerror(errno);
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0 &&
        errno != EINPROGRESS) {
        why = strerror(errno);
    } else {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        if (poll(&wait, 1, CONNECT_MS) != 1)
            why = "no answer in 5 s";
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
                 error != 0)
            why = strerror(error);
    }
    close(fd);
    return why;
}

void
doctor_try_collector(struct examination *on, const char *named)
{
    char host[256] = "", endpoint[256];
    struct addrinfo *found = NULL, hints = {.ai_family = AF_UNSPEC,
                                            .ai_socktype = SOCK_STREAM};

    // Behind a # stands the collector's key.
    snprintf(endpoint, sizeof endpoint, "%.*s", (int)strcspn(named, "#"),
             named);
    const char *colon = strrchr(endpoint, ':');
    if (strncmp(endpoint, "tcp://", 6) != 0 || !colon || colon < endpoint + 6) {
        printf("note  %s is not looked at: it is not tcp://HOST:PORT\n",
               endpoint);
        return;
    }
    snprintf(host, sizeof host, "%.*s", (int)(colon - endpoint - 6),
             endpoint + 6);
    int result = getaddrinfo(host, colon + 1, &hints, &found);
    const char *why = result == 0 ? try_connect(found) : gai_strerror(result);
    if (why)
        doctor_bad(on, EX_UNAVAILABLE,
                   "%s cannot be reached: %s; is the collector running, is a "
                   "firewall in between?",
                   endpoint, why);
    else
        printf("ok    somebody listens at %s\n", endpoint);
    if (found)
        freeaddrinfo(found);
}
