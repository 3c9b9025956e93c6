// SPDX-License-Identifier: Apache-2.0
//
// A start of a simulated aggregator: checkpoint, journal, service.
#include "tests/simulation/books.h"
#include "tests/simulation/host.h"
#include "tests/simulation/world.h"

enum { WARMUP_MS = 4000 };

struct cache_limits
host_limits(const struct world *world)
{
    // Clearing the memory of a large cache would take most of our time.
    return (struct cache_limits){.ids = world->facts.count + 64,
                                 .entities = 4 * world->facts.count + 64,
                                 .tallies = 4096,
                                 .others = 1024,
                                 .bytes = (size_t)7 << 20,
                                 .filter_bytes = (size_t)64 << 10};
}

static struct cache_limits
tight_limits(const struct world *world)
{
    uint32_t dirty = world->plan.dirty_events;

    return (struct cache_limits){.ids = GROUP_EVENTS_MAX + dirty,
                                 .entities = 4 * GROUP_EVENTS_MAX + 2 * dirty,
                                 .tallies = 17 * GROUP_EVENTS_MAX,
                                 .others = 2 * GROUP_EVENTS_MAX,
                                 .bytes = (size_t)20 << 20,
                                 .filter_bytes = (size_t)64 << 10};
}

static enum status
open_ledger(struct host *host)
{
    const struct world *world = host->world;
    const struct ledger_options options = {
        .limits = world->plan.tight ? tight_limits(world) : host_limits(world),
        .hash_seed = dice_roll(&host->world->dice),
        .credit = LINK_CREDIT,
    };
    return ledger_open(&host->ledger, store_disk_store(&host->disk),
                       host->history, &options);
}

// publish_later publishes what is configured and not in the journal, as every
// start does.
static void
publish_later(struct host *host)
{
    struct world *world = host->world;

    if (world_fault(world, FAULT_RULES, NODE_HOST))
        host->has_later_rules = true;
    if (host->later_rules > host->disk.record_count)
        host->later_rules = 0; // the backup was older
    if (host->has_later_rules && host->later_rules == 0) {
        host_publish(host, RULES_FIRST);
        books_append(world, &host->disk);
        host->later_rules = host->disk.record_count;
    }
    host->history =
        host->later_rules ? world->rules->later : world->rules->history;
}

// open_again opens the ledger, over an emptied checkpoint when that was folded
// under other rules.
static enum status
open_again(struct host *host)
{
    publish_later(host);
    enum status status = open_ledger(host);
    if (status != STATUS_MALFORMED)
        return status;
    world_note(host->world, NODE_HOST, "folds everything under other rules");
    store_disk_empty(&host->disk);
    return open_ledger(host);
}

static enum status
replay(struct host *host)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !host->is_dying &&
           ledger_position(host->ledger) < host->disk.record_count) {
        host_make_room(host);
        status = ledger_replay(
            host->ledger,
            store_disk_record(&host->disk, ledger_position(host->ledger) + 1));
        host->is_dying = world_fault(host->world, FAULT_REPLAY, NODE_HOST);
    }
    return status;
}

void
host_start(struct host *host)
{
    struct world *world = host->world;

    enum status status = open_again(host);
    if (status == STATUS_OK) {
        host->keeping = KEEPING_NOTHING;
        host->frozen = ledger_position(host->ledger);
        host->frozen_events = ledger_end(host->ledger)->events;
        host->dirty_since = -1;
        status = replay(host);
    }
    if (status == STATUS_OK && host->incarnation > 1 && dice_coin(&world->dice))
        host_settle(host); // else nobody can be told from where to send again
    if (status == STATUS_OK)
        status = host_open_service(host);
    if (status != STATUS_OK) {
        world_fail(world, "the aggregator does not start: %s",
                   status_text(status));
        return;
    }
    if (host->is_dying) {
        host_crash(host);
        return;
    }
    world_note(world, NODE_HOST, "starts at record %llu of %zu",
               (unsigned long long)host->frozen, host->disk.record_count);
    world_later(world, TASK_TEND, NODE_HOST, 1);
    if (world->plan.warms_up)
        world_later(world, TASK_WARMUP, NODE_HOST,
                    1 + dice_below(&world->dice, WARMUP_MS));
}

void
host_warm_up(struct host *host)
{
    const struct disk_value *value;
    size_t place = 0;

    while ((value = store_disk_next(&host->disk, &place)))
        cache_tell(ledger_cache(host->ledger), value->db,
                   disk_value_key(value));
    cache_told_all(ledger_cache(host->ledger));
}
