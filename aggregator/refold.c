// SPDX-License-Identifier: Apache-2.0
#include "aggregator/refold.h"

#include "aggregator/base.h"
#include "common/crypto/digest.h"

enum { CHECKPOINT_EVENTS = 400000, RECORDS_PER_STEP = 4096 };

enum status
refold_open(struct refold *refold, const char *dir, size_t map_bytes,
            const char *from, struct journal *journal,
            const struct history *history, struct problems *problems)
{
    struct journal_base base;
    struct ledger_options ledger = {.limits = ledger_limits(CHECKPOINT_EVENTS)};
    const struct keeper_options keeper = {.dirty_events = CHECKPOINT_EVENTS,
                                          .idle_ms = 1000};

    *refold = (struct refold){0};
    random_fill(&ledger.hash_seed, sizeof ledger.hash_seed);
    enum status status = journal_base_read(journal, &base);
    if (status == STATUS_OK && base.position > 0)
        status = base_seed(from, journal, history, dir, map_bytes, problems);
    if (status == STATUS_OK)
        status = state_open(&refold->state, dir, map_bytes, false);
    if (status == STATUS_OK)
        status = snapshot_open(&refold->snapshot, refold->state);
    if (status == STATUS_OK)
        status = ledger_open(&refold->ledger, store_of(refold->snapshot),
                             history, &ledger);
    if (status == STATUS_OK) {
        if (base.position == 0)
            cache_told_all(ledger_cache(refold->ledger)); // it is empty
        status = keeper_open(&refold->keeper, refold->ledger, refold->state,
                             &keeper);
    }
    return status;
}

void
refold_close(struct refold *refold)
{
    keeper_close(refold->keeper);
    ledger_close(refold->ledger);
    snapshot_close(refold->snapshot);
    state_close(refold->state);
    *refold = (struct refold){0};
}

enum status
refold_to(struct refold *refold, struct journal *journal, uint64_t position,
          const struct refold_watch *watch, uint64_t *at)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && ledger_position(refold->ledger) < position) {
        uint64_t next = ledger_position(refold->ledger) + RECORDS_PER_STEP;
        status = data_replay(journal, refold->ledger, refold->keeper,
                             next < position ? next : position);
        *at = ledger_position(refold->ledger) + 1;
        if (status == STATUS_OK && watch->tell)
            watch->tell(watch->context, ledger_position(refold->ledger),
                        position);
    }
    return status;
}

enum status
refold_settle(struct refold *refold)
{
    enum status status = keeper_settle(refold->keeper);
    return status == STATUS_OK ? snapshot_renew(refold->snapshot) : status;
}
