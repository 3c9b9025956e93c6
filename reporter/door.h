// SPDX-License-Identifier: Apache-2.0
//
// door: the tokens file, followed while it changes, and who shows which token.
//
// One thread only: the one that answers requests.
#pragma once

#include "common/status.h"
#include "reporter/viewer.h"

struct door;

// door_open reads the tokens and tries the audit file.  On failure problems of
// the file are logged; STATUS_UNAVAILABLE: others may read it.  Both paths must
// outlive it.
MUST_USE enum status door_open(struct door **out, const char *tokens,
                               const char *audit);
void door_close(struct door *door); // NULL is fine

// Where a request comes from.
struct caller {
    uint64_t address; // damper.h
    char text[64];    // for the audit file
    int64_t wall_ms, steady_ms;
};

enum knock {
    KNOCK_KNOWN,   // *viewer is who it is
    KNOCK_UNKNOWN, // wrong, revoked or expired: nobody is told which
    KNOCK_DAMPED,  // too many wrong ones came from there; *wait_ms
};

// door_knock tells who shows a token.  A caller that failed too often is not
// listened to, unless the same token was good from there before.
enum knock door_knock(struct door *door, struct span token,
                      const struct caller *caller, struct viewer *viewer,
                      int64_t *wait_ms);

// door_still tells whether a viewer's token is good now.
bool door_still(struct door *door, const struct viewer *viewer, int64_t wall_ms,
                int64_t steady_ms);

// door_until returns when a viewer's token ends, ms; 0: it is not known.
int64_t door_until(const struct door *door, const struct viewer *viewer);

// door_audit appends a line to the audit file (audit.h).
bool door_audit(struct door *door, const struct viewer *viewer,
                const char *what, const char *target, unsigned status,
                const struct caller *caller);
