// SPDX-License-Identifier: Apache-2.0
//
// key_file: key pairs, and the files they are kept in.
//
// The file is ZeroMQ's certificate format (ZPL), so that other programs can
// read it too (Python: zmq.auth.load_certificate):
//
//   # a comment
//   curve
//       public-key = "Z85, 40 characters"
//       secret-key = "Z85, 40 characters"
//
// or `sign` instead of `curve`, and then the secret key is an Ed25519 seed.
// Nothing else makes a key usable here: no passphrase, no agent.
#pragma once

#include "common/runtime/z85.h"
#include "common/status.h"

enum key_kind {
    KEY_CURVE, // Curve25519: encrypted links
    KEY_SIGN,  // Ed25519: signatures (sign.h)
};

// A pair in memory that is locked, guarded and wiped when freed.
struct key_pair {
    uint8_t public_key[Z85_KEY_BYTES];
    uint8_t secret_key[Z85_KEY_BYTES];
};

enum { KEY_PROBLEM_MAX = 512 };

// key_pair_make makes a new one, or NULL without memory.  The caller frees it.
struct key_pair *key_pair_make(enum key_kind kind);
void key_pair_free(struct key_pair *pair); // NULL is fine

// key_file_load reads a secret key.  It first sees to it that this process
// leaves no core dump (secrecy_begin).  Anything but OK leaves a sentence with
// the path in problem: STATUS_NOT_FOUND: it cannot be read; STATUS_UNAVAILABLE:
// others may read it too, or it is not ours, so it is not a secret;
// STATUS_MALFORMED: it holds no such key.
MUST_USE enum status key_file_load(const char *path, enum key_kind kind,
                                   struct key_pair **out,
                                   char problem[KEY_PROBLEM_MAX]);

// key_file_write makes a new file, mode 0600, complete and synced or not at
// all.  STATUS_BUSY: there is one of that name, which is left alone.
MUST_USE enum status key_file_write(const char *path, enum key_kind kind,
                                    const struct key_pair *pair,
                                    char problem[KEY_PROBLEM_MAX]);
