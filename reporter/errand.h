// SPDX-License-Identifier: Apache-2.0
//
// errand: long answers are made on a thread of their own, one after the other,
// so that nobody who asks for a short one waits behind a file of a million
// cells.
//
// An errand is lent from whoever sends it until `done` was called, on the other
// thread, with its response filled in.
#pragma once

#include "reporter/site.h"

enum { ERRANDS_MAX = 8 };

struct errand {
    const char *raw; // the target
    struct request request;
    struct response response;
    void (*done)(struct errand *errand);
    void *context;       // whose it is
    struct errand *next; // errand.c's
};

struct errands;

// errands_open starts the thread.  The site must outlive it.  STATUS_SYSTEM: no
// memory or no thread.
MUST_USE enum status errands_open(struct errands **out,
                                  const struct site *site);

// errands_end ends what is under way early, answers what waits, and what is
// still sent, with 503; every errand is done then.  errands_close frees, once
// nobody sends any more.  NULL is fine for both.
void errands_end(struct errands *errands);
void errands_close(struct errands *errands);

// errands_is_full: no more are taken for now.  Only one thread may send.
bool errands_is_full(struct errands *errands);
void errands_send(struct errands *errands, struct errand *errand);
