// SPDX-License-Identifier: Apache-2.0
//
// offline: what commands that work on a data directory share.
#pragma once

#include "common/config/config.h"

struct offline {
    const char *title; // of the command, for its messages
    const char *data;  // the directory
    struct config *config;
    struct problems *problems;
};

// offline_open reads the configuration (NULL: the defaults); `data` stands in
// for what it names.  Returns 0, or an exit code after it said why.  Close in
// either case.
int offline_open(struct offline *offline, const char *title, const char *config,
                 const char *data);
void offline_close(struct offline *offline);

// offline_fail says that something failed at a step, and returns the exit code.
int offline_fail(const struct offline *offline, const char *step,
                 enum status status);
