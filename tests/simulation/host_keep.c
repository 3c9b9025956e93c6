// SPDX-License-Identifier: Apache-2.0
//
// The checkpoints of a simulated aggregator, step by step.
#include <endian.h>
#include <stdlib.h>

#include "common/domain/sequence.h"

#include "tests/simulation/books.h"
#include "tests/simulation/host.h"
#include "tests/simulation/world.h"

enum { TEND_MS = 200, WRITE_MS = 1500, TAKE_UP_MS = 300 };

static void
must(struct host *host, enum status status, const char *what)
{
    if (status != STATUS_OK)
        world_fail(host->world, "%s: %s", what, status_text(status));
}

static bool
is_dirty(const struct host *host)
{
    return ledger_position(host->ledger) != host->frozen;
}

static void
freeze(struct host *host)
{
    must(host, ledger_freeze(host->ledger), "a checkpoint cannot begin");
    host->frozen = ledger_position(host->ledger);
    host->frozen_events = ledger_end(host->ledger)->events;
    host->dirty_since = -1;
    host->keeping = KEEPING_FROZEN;
}

static void
write_staged(struct host *host)
{
    const struct store_writer writer = store_disk_stage(&host->disk);
    must(host, cache_write_to(ledger_cache(host->ledger), &writer),
         "a generation cannot be written");
}

static void
commit_staged(struct host *host)
{
    store_disk_commit(&host->disk, ledger_end(host->ledger));
    host->keeping = KEEPING_WRITTEN;
    host->world->sums.checkpoints++;
}

static void
take_up(struct host *host)
{
    must(host, ledger_flushed(host->ledger), "a checkpoint is not taken up");
    cache_reset(ledger_cache(host->ledger));
    host->keeping = KEEPING_NOTHING;
}

void
host_back_up(struct host *host)
{
    host->backup = host->disk.durable_count;
    service_backed_up(host->service, host->backup);
    world_note(host->world, NODE_HOST, "a backup up to record %llu",
               (unsigned long long)host->backup);
}

void
host_lose_disk(struct host *host)
{
    world_note(host->world, NODE_HOST, "falls back from record %zu to %llu",
               host->disk.record_count, (unsigned long long)host->backup);
    host_crash(host);
    store_disk_cut(&host->disk, host->backup);
    books_restore(host->world, &host->disk, host->backup);
    host->incarnation++;
}

static int
by_epoch(const void *a, const void *b)
{
    const struct resend_from *one = a, *other = b;
    return (one->epoch > other->epoch) - (one->epoch < other->epoch);
}

size_t
host_resend(void *shell, const struct resend_from **list)
{
    static struct sequence sequence;
    struct host *host = shell;
    const struct disk_value *value;
    size_t place = 0, count = 0;
    uint64_t epoch;

    while ((value = store_disk_next(&host->disk, &place))) {
        if (value->db != STATE_SEQUENCE || count == TERMINALS_MAX)
            continue;
        must(host, sequence_decode(&sequence, disk_value_span(value)),
             "a sequence cannot be read");
        memcpy(&epoch, value->bytes + value->key_length - sizeof epoch,
               sizeof epoch);
        host->resend[count++] = (struct resend_from){
            .epoch = be64toh(epoch), .seq = sequence_resend_from(&sequence)};
    }
    qsort(host->resend, count, sizeof *host->resend, by_epoch);
    *list = host->resend;
    return count;
}

void
host_tend(struct host *host)
{
    struct world *world = host->world;

    world_later(world, TASK_TEND, NODE_HOST, TEND_MS);
    if (host->keeping != KEEPING_NOTHING || !is_dirty(host))
        return;
    if (host->dirty_since < 0)
        host->dirty_since = world->now;
    if (ledger_end(host->ledger)->events - host->frozen_events <
            world->plan.dirty_events &&
        world->now - host->dirty_since < CHECKPOINT_IDLE_MS)
        return;
    freeze(host);
    world_later(world, TASK_CHECKPOINT, NODE_HOST,
                dice_below(&world->dice, WRITE_MS));
}

void
host_checkpoint(struct host *host)
{
    struct world *world = host->world;

    if (host->keeping != KEEPING_FROZEN)
        return; // it was needed earlier
    if (world_fault(world, FAULT_CHECKPOINT_FAILED, NODE_HOST)) {
        host_crash(host); // nothing but the end of the process helps
        return;
    }
    bool dies = world_fault(world, FAULT_CHECKPOINT, NODE_HOST);
    uint64_t step = world_amount(world, FAULT_CHECKPOINT, 3);
    write_staged(host);
    if (dies && step == 0) {
        host_crash(host);
        return;
    }
    commit_staged(host);
    if (dies && step == 1) {
        host_crash(host);
        return;
    }
    if (dies) // written and taken up, and the next one begun
        take_up(host);
    if (dies && is_dirty(host)) {
        freeze(host);
        write_staged(host);
    }
    if (dies) {
        host_crash(host);
        return;
    }
    world_later(world, TASK_TAKE_UP, NODE_HOST,
                dice_below(&world->dice, TAKE_UP_MS));
}

void
host_take_up(struct host *host)
{
    if (host->keeping == KEEPING_WRITTEN)
        take_up(host);
}

void
host_settle(struct host *host)
{
    for (int round = 0; round < 2; round++) {
        if (host->keeping == KEEPING_NOTHING && is_dirty(host))
            freeze(host);
        if (host->keeping == KEEPING_FROZEN) {
            write_staged(host);
            commit_staged(host);
        }
        if (host->keeping == KEEPING_WRITTEN)
            take_up(host);
    }
}

void
host_make_room(struct host *host)
{
    if (host->world->plan.tight && !ledger_has_room(host->ledger))
        host_settle(host);
}
