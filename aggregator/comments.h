// SPDX-License-Identifier: Apache-2.0
//
// comments: what customers said, shown to or erased by an authorised person on
// the aggregator's host; also while the aggregator runs.
//
// Erasing destroys keys (keys/comments) and nothing else: journal, chain, state
// and figures stay as they are, byte for byte.
#pragma once

#include "common/config/problem.h"
#include "common/domain/event.h"
#include "common/span.h"
#include "common/status.h"

struct comments;

enum comments_use { COMMENTS_SHOW, COMMENTS_ERASE };

// comments_open opens a data directory.  STATUS_UNAVAILABLE: there is none, or
// no comment was ever kept in it.
MUST_USE enum status comments_open(struct comments **out, const char *dir,
                                   enum comments_use use, size_t map_bytes,
                                   struct problems *problems);
void comments_close(struct comments *comments); // NULL is fine

// Which ones.
struct comments_wanted {
    struct span dealer;           // whom they are about
    const struct event_id *event; // NULL: any
    uint32_t month; // of occurred_at in the programme's zone; MONTH_NONE: any
};

// One of them, lent for the time of the call.
struct comments_entry {
    struct event_id id;
    int64_t occurred_at;
    enum { COMMENT_READ, COMMENT_ERASED, COMMENT_DAMAGED } state;
    struct span comment; // READ; not filtered: whatever the customer wrote
};

// comments_show finds the events in the journal and opens their words.
MUST_USE enum status
comments_show(struct comments *comments, const struct comments_wanted *wanted,
              void (*visit)(void *context, const struct comments_entry *entry),
              void *context);

// comments_erase returns when the keys are gone.  *count: erased now; *before:
// wanted, but erased before.
MUST_USE enum status comments_erase(struct comments *comments,
                                    const struct comments_wanted *wanted,
                                    size_t *count, size_t *before);
