// SPDX-License-Identifier: Apache-2.0
//
// offline: what commands that work on a data directory share.
#pragma once

#include <argp.h>

#include "common/config/config.h"

// Which data directory the command line names; NULL: the default.
struct offline_place {
    const char *config, *data;
};

// The entries of an argp table that name it, and what takes them: 0, or
// ARGP_ERR_UNKNOWN for any other key.
#define OFFLINE_OPTIONS                                                        \
    {"config", 'c', "FILE", 0, "Read FILE (dealerpulse.yaml)", 0},             \
    {                                                                          \
        "data", 'd', "DIR", 0, "The data directory", 0                         \
    }
error_t offline_option(struct offline_place *place, int key, char *value);

struct offline {
    const char *title; // of the command, for its messages
    const char *data;  // the directory
    struct config *config;
    struct problems *problems;
};

// offline_open reads the configuration (NULL: the defaults); place->data stands
// in for what it names.  Returns 0, or an exit code after it said why.  Close
// in either case.
int offline_open(struct offline *offline, const char *title,
                 const struct offline_place *place);
void offline_close(struct offline *offline);

// offline_fail says that something failed at a step, and returns the exit code.
int offline_fail(const struct offline *offline, const char *step,
                 enum status status);
