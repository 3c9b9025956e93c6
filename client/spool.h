// SPDX-License-Identifier: Apache-2.0
//
// spool: events that wait on this machine until their outcome is known, and
// for as long as there is room until it is in a backup.
//
// One file is one terminal and one epoch: a random number made with the file
// and kept as long as it.  Sequence numbers count from 1 without a gap and are
// never used again.  What is appended is on disk before the call returns
// (SQLite, WAL, synchronous=FULL).  Bodies are kept as they were encoded.
//
// An accepted event is done: it will not be sent again, but stays (KEPT) until
// spool_release learns of a backup behind its commit, or until its room is
// needed, the oldest first.  So a store restored from a backup can ask for it
// again (spool_resend).  Every number ever given is in the spool, or among the
// ranges of those done; spool_check relies on it (docs/STORAGE.md).
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
    uint64_t previous_epoch; // 0: none
    uint64_t previous_last_seq;
    uint64_t waiting, retry, rejected, kept;
    uint64_t bytes; // of all events, SPOOL_EVENT_OVERHEAD each included
    uint64_t kept_bytes;
    uint64_t revision; // struct spool_cursor
};

MUST_USE enum status spool_head(struct spool *spool, struct spool_head *head);

struct spool_entry {
    struct event_id id;
    struct span body;
    struct span salt, comment, signature; // empty: none
};

// spool_append stores all entries in one transaction, or none: STATUS_FULL when
// they would exceed max_bytes though every kept event gave way, or the disk is
// full.  seqs[i] becomes the number of entry i.  An entry that still is in the
// spool with the same id and bytes is not stored twice; unless it is waiting
// already, it is sent again.
MUST_USE enum status spool_append(struct spool *spool,
                                  const struct spool_entry *entries,
                                  size_t count, int64_t now_ms, uint64_t *seqs);

enum spool_state { SPOOL_WAITING, SPOOL_RETRY, SPOOL_REJECTED, SPOOL_KEPT };

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
    struct span body, salt, comment, signature;
    uint64_t position; // KEPT: of its commit or a later one
    bool damaged;      // no longer has the checksum it was stored with
};

// A visitor returns false to end the walk.
typedef bool spool_visitor(void *context, const struct spool_event *event);

// How far a walk over the waiting events is; zero: at the start.
struct spool_cursor {
    uint64_t after;    // everything up to here was visited
    uint64_t revision; // raised when an older event goes back to waiting
};

// spool_waiting walks the waiting events behind the cursor, ascending, and
// moves it on; it begins anew when an older event went back to waiting.  The
// event at which the visitor returned false will be visited again.
MUST_USE enum status spool_waiting(struct spool *spool,
                                   struct spool_cursor *cursor,
                                   spool_visitor *visit, void *context);

// However long a time a receipt names, an event is tried again after so long;
// one that is put off for longer was so by a clock that was ahead.
enum { RETRY_MOST_MS = 5 * 60 * 1000 };

// spool_due walks those to be tried again by now.  spool_all walks everything,
// the kept ones as well if asked.  No visitor may call the spool.
MUST_USE enum status spool_due(struct spool *spool, int64_t now_ms,
                               spool_visitor *visit, void *context);
MUST_USE enum status spool_all(struct spool *spool, bool kept_as_well,
                               spool_visitor *visit, void *context);

// spool_settle puts outcomes into the spool in one transaction: ACCEPTED and
// DUPLICATE make the event a kept one, REJECTED a dead letter, RETRY keeps it
// for now_ms + after_ms.  Events done or no longer there are passed over.
MUST_USE enum status spool_settle(struct spool *spool,
                                  const struct settlement *list, size_t count,
                                  int64_t now_ms);

// spool_release drops kept events whose commits a backup holds, some hundreds
// to some thousands a call; *count says how many, 0 when none is left.
MUST_USE enum status spool_release(struct spool *spool,
                                   uint64_t backed_up_position,
                                   uint64_t *count);

// spool_resend puts everything with seq >= from back to waiting: kept events,
// and those of RETRY and REJECTED, because a restored store has forgotten what
// it said of them and would miss their numbers.  *count: without the RETRY.
MUST_USE enum status spool_resend(struct spool *spool, uint64_t from,
                                  uint64_t *count);

// spool_retry puts dead letters and events waiting for their time back to
// waiting: one, or all of them with seq 0.  Kept events only by their number.
// STATUS_NOT_FOUND: no such event.
MUST_USE enum status spool_retry(struct spool *spool, uint64_t seq,
                                 uint64_t *count);

// spool_lost counts the numbers whose events repairs could not save.
MUST_USE enum status spool_lost(struct spool *spool, uint64_t *count);

enum { SPOOL_STORE_SIZE = 16 };

// What a collector last told of the store behind it, and of the time.
struct spool_peer {
    bool has_store;
    uint8_t store[SPOOL_STORE_SIZE];
    uint32_t incarnation;
    uint64_t backed_up_position;
    bool has_clock;
    int64_t clock_offset_ms; // its clock minus ours
    int64_t clock_seen_ms;   // when, by ours
};

MUST_USE enum status spool_peer(struct spool *spool, struct spool_peer *peer);
MUST_USE enum status spool_peer_put(struct spool *spool,
                                    const struct spool_peer *peer);
