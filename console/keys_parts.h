// SPDX-License-Identifier: Apache-2.0
//
// keys_parts: what the files of `dealerpulse keys` share.
#pragma once

#include "common/crypto/key_file.h"
#include "console/keyring_file.h"

struct keys_options {
    const char *action; // new, list, revoke, rotate
    const char *name;   // of the terminal, collector or reporter
    const char *config, *keyring, *role, *dealers, *from, *until, *out, *key;
    bool server, sign;
    int64_t overlap_ms;
    char path[4096]; // of the keyring
};

// Each does one action and returns the exit code.
int keys_new(const struct keys_options *options);
int keys_list(const struct keys_options *options);
int keys_revoke(const struct keys_options *options);
int keys_rotate(const struct keys_options *options);

// keys_usage says what is wrong with the command line.
int keys_usage(const char *sentence);

// A pair being made, and where its secret went.
struct fresh {
    struct key_pair *pair, *sign;
    char file[4096], sign_file[4096 + 8];
    char text[Z85_KEY_TEXT + 1]; // the public key
};

// fresh_make makes the pairs and writes their secrets: to out, or NAME.key.
int fresh_make(struct fresh *fresh, const char *out, const char *name,
               bool signs);
// fresh_drop takes the files back: the keyring could not be changed.
void fresh_drop(const struct fresh *fresh);
void fresh_print(const struct fresh *fresh);
void fresh_close(struct fresh *fresh);
