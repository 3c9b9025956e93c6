// SPDX-License-Identifier: Apache-2.0
//
// tokens_file: changing the tokens file: read it, write it anew beside the old
// one, put it in its place.  The reporter sees the old one or the new one.
#pragma once

#include "common/config/tokens.h"

struct tokens_draft {
    const char *path;
    char part[4096];         // the file being written; also keeps others out
    int fd;                  // of it; -1: none
    struct token_list *list; // with room for one more
};

// tokens_draft_open reads the file, if there is one, and keeps others from
// changing it.  Anything but 0 is the exit code to end with, said on stderr.
int tokens_draft_open(struct tokens_draft *draft, const char *path);

// tokens_draft_save checks what was made of it, and puts it in place.
int tokens_draft_save(struct tokens_draft *draft);

// tokens_draft_close drops what was not saved.
void tokens_draft_close(struct tokens_draft *draft);

// tokens_file_read reads it only; *out is NULL when there is no file.
int tokens_file_read(const char *path, struct token_list **out);
