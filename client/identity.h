// SPDX-License-Identifier: Apache-2.0
//
// identity: the keys of a handle that pumps.  Private to this folder.
#pragma once

#include "client/dealerpulse.h"
#include "common/transport/curve.h"

struct identity; // NULL: no keys, links are in the clear

// identity_open reads the key files the options name.  INVALID with a sentence
// in error; *out stays NULL when none is named.
enum dealerpulse_status identity_open(struct identity **out,
                                      const struct dealerpulse_options *options,
                                      char *error, size_t error_size);
void identity_close(struct identity *identity);

// A collector as it is named ("tcp://host:7070" or "tcp://host:7070#KEY"), cut
// into where it is and what to connect with.
struct address {
    char endpoint[128];
    bool has_keys;
    uint8_t server_key[Z85_KEY_BYTES];
    struct curve_client client; // with has_keys; points into this address
};

// identity_address cuts a name; *address stays where it is while client is
// used.  NULL, or a sentence why this collector is out of the question: one
// with keys never speaks in the clear, nor one without them otherwise.
const char *identity_address(const struct identity *identity, const char *name,
                             struct address *address);

// identity_sign signs a body when there is a key for that; otherwise false.
bool identity_sign(const struct identity *identity, struct span body,
                   uint8_t signature[64]);
