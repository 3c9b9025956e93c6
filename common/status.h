// SPDX-License-Identifier: Apache-2.0
//
// status: the one vocabulary of outcomes.
//
// Every library we use has its own: LMDB's codes, ZeroMQ's errno, protobuf-c's
// NULL, SQLite's results.  The module that wraps a library translates them
// here, so that the code above only ever asks "what should I do now?".
#pragma once

#define STATUS_MAP(X)                                                          \
    X(OK, "success")                                                           \
    X(AGAIN, "nothing to do yet")            /* wait for an event */           \
    X(NOT_FOUND, "not there")                /* go on without it */            \
    X(STOPPED, "asked to stop")              /* finish and exit well */        \
    X(MALFORMED, "not valid")                /* refuse it for good */          \
    X(FULL, "no room left")                  /* make room, then go on */       \
    X(UNAVAILABLE, "nobody answers there")   /* try again later */             \
    X(BUSY, "in use by another process")     /* stop: somebody else owns it */ \
    X(CORRUPT, "stored data is damaged")     /* stop the process */            \
    X(SYSTEM, "the operating system failed") /* stop the process */

enum status {
#define X(name, text) STATUS_##name,
    STATUS_MAP(X)
#undef X
};

#define MUST_USE __attribute__((warn_unused_result))

// status_text returns a constant, lower-case phrase for logs.
const char *status_text(enum status status);
