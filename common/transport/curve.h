// SPDX-License-Identifier: Apache-2.0
//
// curve: the keys of an encrypted link.  All keys are 32 bytes and lent until
// the call returns; libzmq keeps a copy of its own.
#pragma once

#include "common/transport/guard.h"

// The side that binds.
struct curve_server {
    const struct guard *guard; // open, of the same transport
    const char *domain;        // what the guard is asked with; not empty
    const uint8_t *secret_key;
};

// The side that connects.
struct curve_client {
    const uint8_t *server_key; // public
    const uint8_t *public_key, *secret_key;
};
