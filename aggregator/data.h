// SPDX-License-Identifier: Apache-2.0
//
// data: a data directory opened, recovered and ready to be added to.
//
// data_open does what every start needs, in this order: own the directory,
// read or make its identity, recall what HQ published, publish the configured
// files if they are new, take up the checkpoint (or empty it, when it was
// folded under other rules), and fold the journal's tail behind it.
#pragma once

#include "aggregator/keeper.h"
#include "aggregator/publication.h"
#include "aggregator/warmup.h"
#include "common/storage/comment_keys.h"
#include "common/storage/keys.h"
#include "common/storage/mark.h"
#include "common/storage/owner.h"

struct data_options {
    const char *dir;
    size_t journal_bytes, state_bytes;
    size_t checkpoint_events;
    int64_t checkpoint_ms;
    uint32_t credit;
    struct span programme, dealers; // the files to publish
    int64_t now;
};

// What happened while opening, for the log.
struct data_report {
    bool published_programme, published_dealers;
    bool refolded;      // the rules had changed: everything was folded again
    uint64_t replayed;  // records folded behind the checkpoint
    const char *step;   // what was being done when it failed
    const char *advice; // and what to do about it; NULL: no more is known
};

struct data {
    struct owner *owner;
    struct store_identity identity;
    struct comment_keys *comment_keys;
    struct backup_mark mark; // as found at the start
    struct journal *journal;
    struct state *state;
    struct snapshot *snapshot; // the core's
    struct history *history;
    struct ledger *ledger;
    struct keeper *keeper;
    struct warmup *warmup;
};

MUST_USE enum status data_open(struct data *data,
                               const struct data_options *options,
                               struct data_report *report,
                               struct problems *problems);
void data_close(struct data *data); // fine on a half-opened one

// data_append stores a record behind the keys it needs, as journal_append.
MUST_USE enum status data_append(struct data *data, struct span record,
                                 const struct journal_end *end);

// store_of is the last checkpoint as the core sees it, through a snapshot.
struct store store_of(struct snapshot *snapshot);

// data_replay folds the records after the ledger's position up to `until`.
// It opens a new snapshot of the journal every few thousand records.
MUST_USE enum status data_replay(struct journal *journal, struct ledger *ledger,
                                 struct keeper *keeper, uint64_t until);
