// SPDX-License-Identifier: Apache-2.0
//
// purge: what happened is removed from the journal's oldest records, once it is
// folded for good (decision 0022).
//
// Of the records up to a position outlines are left: which terminal gave which
// number when, and id, dealer and time of each event; HQ's files, VOIDs and
// UNVOIDs stay whole.  Beside them the fold up to there is kept as the base
// (aggregator/base.h).  Both are made in purge.partial/ and then take the
// place of journal/.
#pragma once

#include "aggregator/refold.h"
#include "aggregator/verify.h"
#include "common/config/problem.h"

struct purge_options {
    const char *dir;
    size_t journal_bytes, state_bytes;
    uint64_t before;    // the first record to stay whole; 0: see before_day
    int64_t before_day; // days since 1970, in the programme's zone: so is the
                        // first one committed on this day or later
    bool dry_run;       // only report
    struct refold_watch watch;
};

struct purge_report {
    uint64_t position, previous; // outlines up to here: afterwards, before
    uint64_t events;             // whose bodies go
    uint64_t quarantined;        // of them: they never contribute from now on
    uint64_t bytes_before, bytes_after; // of the journal and its base
    uint64_t bytes_state;               // of state/: so much the base will take
    struct journal_base base;           // as written
    struct verify_report verify;
    const char *step; // what was being done when it failed
    uint64_t at;      // and where in the journal
};

// purge_run verifies the store, makes the new journal and changes the two over.
// position == previous: nothing is old enough and nothing was done.
// STATUS_BUSY: an aggregator has the directory.  STATUS_AGAIN: the checkpoint
// in state/ is older than the position; start and stop the aggregator once.
// STATUS_CORRUPT: the store is damaged, and is as it was.
MUST_USE enum status purge_run(const struct purge_options *options,
                               struct purge_report *report,
                               struct problems *problems);

// purge_finish, called by the owner before anything is opened, removes what a
// purge that was broken off left: the journal it was making, or the old one it
// had already put another in the place of.
MUST_USE enum status purge_finish(const char *dir);

// purge_rehearse tries in purge.partial/, which exists, whether journal/ can be
// changed over.  STATUS_MALFORMED: not here, and problems say why.
MUST_USE enum status purge_rehearse(const char *dir, struct problems *problems);

// purge_change_over gives journal/ and purge.partial/journal each other's name
// at once, so that there is a whole journal/ at any moment, and removes the old
// one.
MUST_USE enum status purge_change_over(const char *dir);
