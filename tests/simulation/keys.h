// SPDX-License-Identifier: Apache-2.0
//
// keys: the keyring file of a simulated world: one key for each terminal, some
// of them revoked at the moment.  Collectors read it again now and then, as
// they do a file that changed.
#pragma once

#include "common/config/keyring.h"
#include "common/transport/socket.h"

struct world;

enum { KEYRINGS_MAX = 512 };

struct keys {
    uint32_t revoked; // terminals, by bit, in the newest
    size_t count;
    struct keyring *list[KEYRINGS_MAX]; // all there were; cores lend them
};

// keys_newest returns the file as it stands now.
const struct keyring *keys_newest(struct world *world);
void keys_fini(struct keys *keys);

// keys_sign_in gives a peer the key of a terminal.
void keys_sign_in(struct peer *peer, uint32_t terminal);
