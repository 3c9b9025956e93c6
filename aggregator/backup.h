// SPDX-License-Identifier: Apache-2.0
//
// backup: a copy of a data directory, made while the aggregator runs, and a
// data directory made from such a copy.
//
// A backup is a directory with state/, journal/ and keys/, copied in this
// order, so that the checkpoint lies within the journal.  It appears under its
// name only when it is whole, on disk and proven; then the store's mark says
// how far it is backed up, and terminals may forget what is.
#pragma once

#include "aggregator/verify.h"
#include "common/storage/copy.h"
#include "common/storage/journal.h"
#include "common/storage/keys.h"

struct backup_options {
    const char *from, *to;
    const char *scratch; // to fold again in, as verify_options; NULL: do not
    size_t map_bytes;    // likewise
    struct copy_watch watch;
    void (*progress)(void *context, uint64_t position, uint64_t of);
    void *context;
    int64_t now;
};

// What was copied, or what was being done when it failed.
struct backup_report {
    struct journal_end end;
    struct store_identity identity; // restore: of the store made
    bool has_state;                 // restore: else everything is folded anew
    struct verify_report verify;
    const char *step;
};

// backup_run copies the store in `from` to the directory `to`, which must not
// exist (STATUS_BUSY, also when to.partial does).  STATUS_UNAVAILABLE: there is
// no store; STATUS_CORRUPT: it, or the copy, is damaged; STATUS_AGAIN: it was
// purged meanwhile; STATUS_FULL: no room.
// After a failure what was begun is in to.partial, if anything.  Without
// verifying only the chain is followed and the store's mark stays as it was.
MUST_USE enum status backup_run(const struct backup_options *options,
                                struct backup_report *report,
                                struct problems *problems);

// restore_run makes the data directory `to`, absent or empty (STATUS_BUSY when
// it is not), from the backup in `from`, under a higher incarnation.  Without
// verifying it still follows the chain through every record.  A backup without
// state/ is fine.  After a failure `to` is empty again.
MUST_USE enum status restore_run(const struct backup_options *options,
                                 struct backup_report *report,
                                 struct problems *problems);

// backup_copy_keys copies keys/ with all that is in it, after the journal: it
// then has every key the journal needs.
MUST_USE enum status backup_copy_keys(const char *from, const char *to,
                                      const struct copy_watch *watch);

// restore_is_unfinished tells whether a restore into dir was broken off: there
// may be anything in it.
bool restore_is_unfinished(const char *dir);
