// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/host.h"
#include "tests/simulation/oracle.h"

enum { RECORDS_BETWEEN = 64 };

static enum status
flush(struct ledger *ledger, struct store_disk *disk)
{
    enum status status = ledger_freeze(ledger);
    const struct store_writer writer = store_disk_stage(disk);

    if (status == STATUS_OK)
        status = cache_write_to(ledger_cache(ledger), &writer);
    if (status != STATUS_OK)
        return status;
    store_disk_commit(disk, ledger_end(ledger));
    status = ledger_flushed(ledger);
    cache_reset(ledger_cache(ledger));
    return status;
}

// fold folds the whole journal into an empty store.
static enum status
fold(const struct world *world, struct store_disk *disk)
{
    const struct store_disk *journal = &world->host->disk;
    const struct ledger_options options = {
        .limits = host_limits(world),
        .hash_seed = 7,
        .credit = 1,
    };
    struct ledger *ledger;

    enum status status = ledger_open(&ledger, store_disk_store(disk),
                                     world->host->history, &options);
    if (status != STATUS_OK)
        return status;
    for (uint64_t i = 1; i <= journal->record_count && status == STATUS_OK;
         i++) {
        if (i % RECORDS_BETWEEN == 0)
            status = flush(ledger, disk);
        if (status == STATUS_OK)
            status = ledger_replay(ledger, store_disk_record(journal, i));
    }
    if (status == STATUS_OK)
        status = flush(ledger, disk);
    ledger_close(ledger);
    return status;
}

// compare fails unless every value of one store is in the other, and equal.
static void
compare(struct world *world, const struct store_disk *a,
        const struct store_disk *b, const char *which)
{
    const struct disk_value *value;
    size_t place = 0;

    while ((value = store_disk_next(a, &place))) {
        const struct disk_value *other =
            store_disk_find(b, value->db, disk_value_key(value));
        if (!other ||
            !span_equal(disk_value_span(value), disk_value_span(other)))
            world_fail(world, "%s: a value of \"%s\" is %s", which,
                       state_db_name(value->db),
                       other ? "not what a refold gives" : "not in the other");
    }
}

void
oracle_refold(struct world *world)
{
    struct store_disk again;

    if (world->failure[0] != '\0')
        return;
    store_disk_init(&again, BREAK_NONE);
    enum status status = fold(world, &again);
    if (status != STATUS_OK)
        world_fail(world, "the journal cannot be folded again: %s",
                   status_text(status));
    compare(world, &world->host->disk, &again, "the checkpoint");
    compare(world, &again, &world->host->disk, "the refold");
    store_disk_fini(&again);
}
