// SPDX-License-Identifier: Apache-2.0
#include "console/http_get.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, HOST_MAX = 256, PART = 4096 };

// split takes "host:port" and "[host]:port" apart.
static bool
split(const char *address, char host[HOST_MAX], const char **port)
{
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : HOST_MAX;

    if (length >= HOST_MAX || length == 0)
        return false;
    bool is_v6 = address[0] == '[' && address[length - 1] == ']';
    snprintf(host, HOST_MAX, "%.*s", (int)(length - 2 * is_v6),
             address + is_v6);
    *port = colon + 1;
    return true;
}

// link_up connects; -1: nobody is there.
static int
link_up(const char *address, int64_t timeout_ms)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    const struct timeval timeout = {.tv_sec = timeout_ms / 1000,
                                    .tv_usec = timeout_ms % 1000 * 1000};
    char host[HOST_MAX];
    const char *port;
    struct addrinfo *found;

    if (!split(address, host, &port) ||
        getaddrinfo(host, port, &wanted, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    }
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

// take_all reads until the other side has said all.
static bool
take_all(int fd, struct buffer *answer)
{
    char part[PART];
    ssize_t length;

    while ((length = recv(fd, part, sizeof part, 0)) > 0) {
        buffer_bytes(answer, part, (size_t)length);
        if (answer->used > ANSWER_MAX || answer->failed)
            return false;
    }
    return length == 0;
}

enum status
http_get(const char *address, const char *path, int64_t timeout_ms,
         unsigned *code, struct buffer *body)
{
    struct buffer question = {0}, answer = {0};
    enum status status = STATUS_UNAVAILABLE;

    *code = 0;
    // 1.0: the answer ends with the connection and comes in one piece.
    buffer_put(&question, "GET ");
    buffer_put(&question, path);
    buffer_put(&question, " HTTP/1.0\r\nHost: localhost\r\n\r\n");
    int fd = link_up(address, timeout_ms);
    if (fd >= 0 && !question.failed &&
        send(fd, question.data, question.used, MSG_NOSIGNAL) ==
            (ssize_t)question.used &&
        take_all(fd, &answer) && answer.data &&
        sscanf(answer.data, "HTTP/1.%*u %u", code) == 1) {
        const char *end = strstr(answer.data, "\r\n\r\n");
        buffer_put(body, end ? end + 4 : "");
        status = STATUS_OK;
    }
    if (fd >= 0)
        close(fd);
    buffer_fini(&question);
    buffer_fini(&answer);
    return status;
}
