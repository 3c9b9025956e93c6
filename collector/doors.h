// SPDX-License-Identifier: Apache-2.0
//
// doors: where terminals come in.  Several places with several keys let them
// move from one server key to the next.
#pragma once

#include "common/access/access.h"

struct door {
    struct inbox *inbox;
    // What terminals are told to know of it; "": nothing.  With keys
    // "tcp://host:7070#KEY".
    char known_as[ENDPOINT_MAX + 1 + Z85_KEY_TEXT];
};

struct doors {
    size_t count;
    struct door list[LISTENERS_MAX];
};

// doors_open binds all of them; what fails is logged, *exit_code says how to
// end.  doors_close says what waits for at most linger_ms.
MUST_USE enum status doors_open(struct doors *doors, struct access *access,
                                const struct collector_config *config,
                                int *exit_code);
void doors_close(struct doors *doors, int linger_ms);

// doors_strangers counts messages dropped because nobody can be named for them.
uint64_t doors_strangers(const struct doors *doors);
