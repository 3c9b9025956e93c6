// SPDX-License-Identifier: Apache-2.0
//
// service: what the aggregator does for its collectors, as a state machine.
//
// One group at a time: service_begin, service_take for every frame that is
// waiting, service_commit.  The order there is the promise of the whole
// system: the record is on disk, then the receipts go, then it is folded.
// Anything but STATUS_OK ends the process: nobody was told anything that is
// not in the journal.
//
// Room for a whole group in the cache is the caller's business (the keeper).
#pragma once

#include "aggregator/ledger.h"
#include "aggregator/link.h"

enum service_notice {
    SERVICE_JOURNAL_FULL,   // events are put off
    SERVICE_JOURNAL_FAILED, // the process must end
    SERVICE_FOLD_FAILED,    // likewise
};

struct service_sink {
    struct link_sink link;
    // As journal_append, without a publication.
    enum status (*append)(void *shell, struct span record,
                          const struct journal_end *end);
    void (*notice)(void *shell, enum service_notice notice, uint64_t position,
                   enum status status);
};

struct service_options {
    struct ledger *ledger; // lent, as are the next two
    const struct history *history;
    const struct store_identity *identity;
    uint64_t seed; // of session numbers
    struct service_sink sink;
};

struct service;

MUST_USE enum status service_open(struct service **out,
                                  const struct service_options *options);
void service_close(struct service *service); // NULL is fine

// service_keyring: who may speak from now on (link_keyring).
void service_keyring(struct service *service, const struct keyring *keyring);

// service_backed_up: every answer says from now on that the journal is in a
// backup up to there.
void service_backed_up(struct service *service, uint64_t position);

// service_hold: while held, every batch is answered RETRY(STORE_FULL) and
// nobody is granted any credit.  Between groups only.
void service_hold(struct service *service, bool held);

void service_begin(struct service *service, struct instant now);

enum service_taken {
    SERVICE_ANSWERED, // the frame is done with
    SERVICE_JOINED,   // it is in the group: keep it until service_commit
    SERVICE_PUT_OFF,  // the group is full: bring it first to the next one
};
MUST_USE enum status service_take(struct service *service, struct instant now,
                                  const struct peer *peer, struct span frame,
                                  enum service_taken *taken);

// service_tend gives collectors the credit the store has room for; call it
// before each group and whenever a checkpoint is done.
void service_tend(struct service *service, struct instant now);

// service_drain: collectors get no more credit.  Commit what still comes, then
// service_part says goodbye to them.
void service_drain(struct service *service, struct instant now);
void service_part(struct service *service);

// service_commit stores the group, answers it and folds it; an empty one is
// fine.
MUST_USE enum status service_commit(struct service *service,
                                    struct instant now);
