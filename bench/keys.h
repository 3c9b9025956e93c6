// SPDX-License-Identifier: Apache-2.0
//
// keys: a key for each terminal of the load, or none.
#pragma once

#include "common/transport/curve.h"

struct bench_keys {
    const char *folder; // NAME.key for each terminal NAME; NULL: in the clear
    const char *server; // the server's public key
};

// The keys of one link.  All zero is a link in the clear.
struct bench_link_keys {
    struct key_pair *own;
    uint8_t server[Z85_KEY_BYTES];
    struct curve_client client;
};

// bench_keys_load reads NAME.key; false, with the reason on stderr.
bool bench_keys_load(struct bench_link_keys *out, const struct bench_keys *keys,
                     const char *name);
void bench_keys_free(struct bench_link_keys *keys);

// bench_keys_client: NULL for a link in the clear.
const struct curve_client *
bench_keys_client(const struct bench_link_keys *keys);
