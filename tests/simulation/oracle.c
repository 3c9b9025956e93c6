// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/oracle.h"

#include <endian.h>

#include "common/domain/sequence.h"
#include "tests/simulation/books.h"
#include "tests/simulation/host.h"

// judge_numbers: all numbers of a terminal have an outcome, so none may be
// missing in its sequence.
static void
judge_numbers(struct world *world, const struct terminal *terminal)
{
    static struct sequence sequence;
    uint8_t key[64];
    size_t length = strlen(terminal->name);
    uint64_t epoch = htobe64(books_epoch(world, terminal->number));

    if (terminal->spool.count == 0)
        return;
    memcpy(key, terminal->name, length);
    memcpy(key + length, &epoch, sizeof epoch);
    const struct disk_value *value =
        store_disk_find(&world->host->disk, STATE_SEQUENCE,
                        span_of(key, length + sizeof epoch));
    if (!value ||
        sequence_decode(&sequence, disk_value_span(value)) != STATUS_OK)
        world_fail(world, "%s has no sequence", terminal->name);
    else if (sequence.high != terminal->spool.count ||
             sequence_missing(&sequence) != 0 || sequence.forgotten != 0)
        world_fail(world,
                   "%s used %zu numbers; the store knows %llu and reports %llu "
                   "missing, the first %llu",
                   terminal->name, terminal->spool.count,
                   (unsigned long long)sequence.high,
                   (unsigned long long)sequence_missing(&sequence),
                   (unsigned long long)(sequence.gap_count
                                            ? sequence.gaps[0].first
                                            : 0));
}

static void
judge_end(struct world *world)
{
    const struct journal_end *end = ledger_end(world->host->ledger);

    if (end->position != world->books.read ||
        memcmp(end->head, world->books.head, CHAIN_SIZE) != 0)
        world_fail(world,
                   "the ledger ends at %llu, the journal at %llu, or "
                   "their chains differ",
                   (unsigned long long)end->position,
                   (unsigned long long)world->books.read);
}

// wait_for_host lets the aggregator come back, when it is away.
static void
wait_for_host(struct world *world)
{
    struct host *host = world->host;

    if (!world->nodes[NODE_HOST].alive) {
        world->nodes[NODE_HOST].alive = true;
        world->nodes[NODE_HOST].boot++;
        host_start(host);
    }
    if (world->failure[0] == '\0')
        host_settle(host);
}

void
oracle_judge_world(struct world *world)
{
    wait_for_host(world);
    if (world->failure[0] != '\0')
        return;
    books_close(world);
    judge_end(world);
    for (uint32_t i = 0; i < world->plan.terminals; i++)
        judge_numbers(world, world->terminals[i]);
    oracle_figures(world);
    oracle_refold(world);
}

void
oracle_send_again(struct world *world)
{
    size_t records = world->host->disk.record_count;

    world_note(world, NODE_NONE, "every spool is restored and sent again");
    host_crash(world->host);
    for (uint32_t i = 0; i < world->plan.terminals; i++)
        if (world->nodes[i].alive)
            terminal_restore(world, world->terminals[i]);
    world->calm_at = world->now; // patience begins anew
    world_go(world);
    if (world->failure[0] == '\0' && world->host->disk.record_count != records)
        world_fail(world, "sending everything again added %zu records",
                   world->host->disk.record_count - records);
    if (world->failure[0] == '\0')
        oracle_judge_world(world);
}
