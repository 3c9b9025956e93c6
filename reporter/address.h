// SPDX-License-Identifier: Apache-2.0
//
// address: "host:port" as a listening TCP socket.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

enum { ADDRESS_HOST_MAX = 128 };

struct address {
    char host[ADDRESS_HOST_MAX]; // without brackets
    uint16_t port;               // the one it got
    bool any, loopback;
};

// address_split reads "127.0.0.1:8080", "localhost:8080" or "[::1]:8080".
bool address_split(struct address *address, const char *text);

// address_listen binds and listens.  STATUS_MALFORMED: not an address here;
// STATUS_BUSY: taken; STATUS_SYSTEM; problem is then a sentence naming it.
MUST_USE enum status address_listen(struct address *address, int *listener,
                                    const char *text, char *problem,
                                    size_t problem_size);
