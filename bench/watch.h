// SPDX-License-Identifier: Apache-2.0
//
// watch: what another process has used, from /proc.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { WATCH_NAME_MAX = 32 };

struct watch {
    char name[WATCH_NAME_MAX];
    pid_t pid;
};

struct usage {
    double cpu_s;
    uint64_t anonymous_kib; // its own memory
    uint64_t mapped_kib;    // files it maps, LMDB's among them
};

// watch_parse reads "NAME=PID".
bool watch_parse(struct watch *watch, const char *text);

// watch_read is false when the process is gone.
bool watch_read(const struct watch *watch, struct usage *usage);
