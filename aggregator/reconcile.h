// SPDX-License-Identifier: Apache-2.0
//
// reconcile: the numbers of every spool (terminal, epoch), from the journal.
//
// A terminal numbers its events without gaps.  Each number ends as an event
// that counts or was taken back, as a rejection, as a repeat of a stored event,
// or is missing: suppressed, lost with a spool, or still waiting there.  The
// same number under two ids means a spool that was copied.
#pragma once

#include "common/domain/event.h"
#include "common/domain/sequence.h"
#include "common/storage/journal.h"

struct spool_account {
    char terminal[DEALER_ID_MAX + 1];
    uint64_t epoch;
    uint64_t accepted;   // events stored, under a number of their own
    uint64_t voided;     // of those, taken back by a VOID or not yet un-voided
    uint64_t rejected;   // numbers with a final refusal
    uint64_t duplicates; // numbers of events stored before under another
    uint64_t conflicts;  // of the rejected: same id, other content
    uint64_t cloned;     // numbers that came with two different events
    uint64_t told;       // the highest number its HELLOs told of
    int64_t last_at_ms;  // when something of it was last committed
    uint64_t first_at;   // the commit it was first heard in
    bool is_abandoned;   // the terminal has a later epoch
    struct sequence *numbers;
};

struct reconciliation;

// reconcile_open walks the journal, twice when anything was taken back; *at is
// the record at hand when it fails.  tell, called now and then, may be NULL.
MUST_USE enum status
reconcile_open(struct reconciliation **out, struct journal *journal,
               void (*tell)(void *context, uint64_t position, uint64_t of),
               uint64_t *at);
void reconcile_close(struct reconciliation *reconciliation); // NULL is fine

// Accounts by terminal, then by when each was first heard of; lent until close.
//   highest number = accepted - cloned + rejected + duplicates + missing
// It counts what the terminal told of: a tail that never came is missing too.
size_t reconcile_count(const struct reconciliation *reconciliation);
const struct spool_account *
reconcile_account(const struct reconciliation *reconciliation, size_t i);

static inline uint64_t
spool_highest(const struct spool_account *account)
{
    return account->told > account->numbers->high ? account->told
                                                  : account->numbers->high;
}

static inline uint64_t
spool_missing(const struct spool_account *account)
{
    return sequence_missing(account->numbers) + spool_highest(account) -
           account->numbers->high;
}
