// SPDX-License-Identifier: Apache-2.0
//
// spool: events that wait on this machine until their outcome is known.
//
// One file is one terminal and one epoch: a random number made with the file
// and kept as long as it.  Sequence numbers count from 1 without a gap and are
// never used again.  What is appended is on disk before the call returns
// (SQLite, WAL, synchronous=FULL).  Bodies are kept as they were encoded.
//
// Any number of processes may append; who settles holds the sender's lock
// (lock.h).  A handle belongs to one thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/settlement.h"
#include "common/domain/event.h"
#include "common/span.h"
#include "common/status.h"

struct spool;

enum { SPOOL_ERROR_MAX = 512, SPOOL_EVENT_OVERHEAD = 128 };

// spool_open makes the file unless must_exist (then STATUS_NOT_FOUND).
// STATUS_CORRUPT: damaged; STATUS_MALFORMED: something else than a spool, or
// one of a newer version; STATUS_BUSY: locked for ten seconds.  error gets a
// sentence on failure.
MUST_USE enum status spool_open(struct spool **out, const char *path,
                                uint64_t max_bytes, bool must_exist,
                                char error[SPOOL_ERROR_MAX]);
void spool_close(struct spool *spool); // NULL is fine

// spool_error returns a sentence about the last failure; lent until the next.
const char *spool_error(const struct spool *spool);

// What is known of the spool as a whole.
struct spool_head {
    uint64_t epoch;
    uint64_t last_seq; // 0: nothing was ever appended
    struct event_id last_id;
    uint64_t waiting, retry, rejected;
    uint64_t bytes; // of all events, SPOOL_EVENT_OVERHEAD each included
};

MUST_USE enum status spool_head(struct spool *spool, struct spool_head *head);

struct spool_entry {
    struct event_id id;
    struct span body;
};

// spool_append stores all entries in one transaction, or none: STATUS_FULL when
// they would exceed max_bytes, or the disk is full.  seqs[i] becomes the number
// of entry i.  An entry that still is in the spool with the same id and bytes
// is not stored twice; unless it is waiting already, it is sent again.
MUST_USE enum status spool_append(struct spool *spool,
                                  const struct spool_entry *entries,
                                  size_t count, int64_t now_ms, uint64_t *seqs);

enum spool_state { SPOOL_WAITING, SPOOL_RETRY, SPOOL_REJECTED };

// Everything is lent for the time of the call that passes it.
struct spool_event {
    uint64_t seq;
    struct event_id id;
    enum spool_state state;
    int64_t recorded_at_ms;
    int64_t not_before_ms; // RETRY
    uint32_t tries;        // answered RETRY so often
    enum code code;
    struct span field, text;
    struct span body;
    bool damaged; // body no longer has the checksum it was stored with
};

// A visitor returns false to end the walk.
typedef bool spool_visitor(void *context, const struct spool_event *event);

// spool_waiting walks the waiting events with seq > after, ascending.
// spool_due walks those to be tried again by now.  spool_all walks everything.
// The visitor must not call the spool.
MUST_USE enum status spool_waiting(struct spool *spool, uint64_t after,
                                   spool_visitor *visit, void *context);
MUST_USE enum status spool_due(struct spool *spool, int64_t now_ms,
                               spool_visitor *visit, void *context);
MUST_USE enum status spool_all(struct spool *spool, spool_visitor *visit,
                               void *context);

// spool_settle puts outcomes into the spool in one transaction: ACCEPTED and
// DUPLICATE take the event out, REJECTED keeps it as a dead letter, RETRY keeps
// it for now_ms + after_ms.  Events no longer there are passed over.
MUST_USE enum status spool_settle(struct spool *spool,
                                  const struct settlement *list, size_t count,
                                  int64_t now_ms);
