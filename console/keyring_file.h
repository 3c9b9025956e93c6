// SPDX-License-Identifier: Apache-2.0
//
// keyring_file: changing a keyring: read it, write it anew beside the old one,
// put it in its place.  Whoever follows the file sees the old one or the new
// one, never a part.
#pragma once

#include "common/config/keyring.h"

struct keyring_draft {
    const char *path;
    char part[4096];         // the file being written; also keeps others out
    int fd;                  // of it; -1: none
    struct keyring *keyring; // as it was; NULL: there was none
    size_t count;
    struct keyring_entry *entries; // to be written; room for one more
};

// keyring_draft_open reads the keyring and keeps others from changing it.
// Anything but 0 is the exit code to end with, said on stderr.
int keyring_draft_open(struct keyring_draft *draft, const char *path);

// keyring_draft_save checks what was made of it, and puts it in place.
int keyring_draft_save(struct keyring_draft *draft);

// keyring_draft_close drops what was not saved.
void keyring_draft_close(struct keyring_draft *draft);

enum { TIME_TEXT_MAX = 32 };

// time_text writes "2026-01-31T00:00:00Z", "" for always.
void time_text(int64_t at_ms, char text[TIME_TEXT_MAX]);
