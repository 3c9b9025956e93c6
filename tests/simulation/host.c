// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/host.h"

#include <stdlib.h>

#include "common/crypto/digest.h"
#include "tests/simulation/books.h"
#include "tests/simulation/world.h"

enum { COMMIT_MS = 8, FULL_MS = 20000 };

void
host_publish(struct host *host, size_t which)
{
    struct store_disk *disk = &host->disk;
    uint8_t room[8192], head[CHAIN_SIZE] = {0};
    struct writer writer = writer_on(room, sizeof room);

    if (disk->record_count > 0)
        digest(store_disk_record(disk, disk->record_count), head, CHAIN_SIZE);
    commit_begin(&writer, disk->record_count + 1, head, RULES_EPOCH_MS);
    commit_publication(&writer, &host->world->rules->publications[which]);
    struct span record = span_of(room, commit_end(&writer));
    if (record.length == 0)
        abort();
    store_disk_append(disk, record);
    disk->durable_count = disk->record_count;
}

// genesis writes what HQ published first.
static void
genesis(struct host *host)
{
    for (size_t i = 0; i < RULES_FIRST; i++)
        host_publish(host, i);
    host->history = host->world->rules->history;
    host->backup = host->disk.record_count;
    host->incarnation = 1;
}

struct host *
host_open(struct world *world)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host)
        abort();
    host->world = world;
    store_disk_init(&host->disk, world->plan.broken);
    genesis(host);
    return host;
}

// forget gives up everything that is only in memory.
static void
forget(struct host *host)
{
    for (size_t i = 0; i < host->waiting; i++)
        free(host->inbox[i].message);
    host->waiting = 0;
    service_close(host->service);
    ledger_close(host->ledger);
    host->service = NULL;
    host->ledger = NULL;
    host->is_dying = host->is_serving = false;
}

void
host_close(struct host *host)
{
    if (!host)
        return;
    forget(host);
    store_disk_fini(&host->disk);
    free(host);
}

void
host_crash(struct host *host)
{
    forget(host);
    store_disk_crash(&host->disk);
    world_kill(host->world, NODE_HOST);
}

// --- What the service asks for -----------------------------------------------

static void
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct host *host = shell;

    if (!host->is_dying)
        host->is_dying = world_fault(host->world, FAULT_RECEIPT, NODE_HOST);
    if (!host->is_dying)
        (void)!network_answer(host->world, peer, frame);
}

static void
link_notice(void *shell, enum link_notice notice, enum code code,
            struct span about)
{
    struct host *host = shell;

    (void)about;
    if (notice == LINK_FRAME_REFUSED)
        world_fail(host->world, "the aggregator cannot read a frame: %s",
                   code_name((uint32_t)code));
}

static enum status
append(void *shell, struct span record, const struct journal_end *end)
{
    struct host *host = shell;
    struct world *world = host->world;

    if (host->is_dying)
        return STATUS_SYSTEM; // it died before it came to this
    if (world_fault(world, FAULT_DISK_FULL, NODE_HOST))
        host->full_until =
            world->now + (int64_t)world_amount(world, FAULT_DISK_FULL, FULL_MS);
    if (host->full_until > world->now)
        return STATUS_FULL;
    if (world_fault(world, FAULT_APPEND_BEFORE, NODE_HOST))
        return STATUS_SYSTEM;
    bool fails = world_fault(world, FAULT_APPEND_FAILED, NODE_HOST);
    if (fails && world_amount(world, FAULT_APPEND_FAILED, 2) == 0)
        return STATUS_SYSTEM;
    if (end->position != host->disk.record_count + 1)
        return STATUS_BUSY;
    store_disk_append(&host->disk, record);
    books_append(world, &host->disk);
    world->sums.commits++;
    if (fails || world_fault(world, FAULT_APPEND_AFTER, NODE_HOST))
        return STATUS_SYSTEM;
    return STATUS_OK;
}

static void
service_notice(void *shell, enum service_notice notice, uint64_t position,
               enum status status)
{
    struct host *host = shell;

    if (notice == SERVICE_FOLD_FAILED)
        world_fail(host->world, "record %llu cannot be folded: %s",
                   (unsigned long long)position, status_text(status));
}

enum status
host_open_service(struct host *host)
{
    const struct store_identity identity = {.id = "simulated store",
                                            .incarnation = host->incarnation};
    const struct service_options options = {
        .ledger = host->ledger,
        .history = host->history,
        .identity = &identity,
        .seed = dice_roll(&host->world->dice),
        .sink = {.link = {host, to_peer, link_notice, host_resend},
                 .append = append,
                 .notice = service_notice},
    };
    enum status status = service_open(&host->service, &options);
    if (status == STATUS_OK)
        service_backed_up(host->service, host->backup);
    return status;
}

// --- Serving -----------------------------------------------------------------

void
host_receive(struct host *host, struct message *message)
{
    if (host->waiting == HOST_INBOX_MAX) {
        free(message); // it is far behind; its sender asks again
        return;
    }
    host->inbox[host->waiting++] =
        (struct guest){.connection = message->connection, .message = message};
    if (!host->is_serving)
        world_later(host->world, TASK_SERVE, NODE_HOST,
                    1 + dice_below(&host->world->dice, COMMIT_MS));
    host->is_serving = true;
}

// gather takes what is waiting, up to one group, and returns how many.
static size_t
gather(struct host *host, enum status *status)
{
    size_t taken = 0;

    service_begin(host->service, world_clock(host->world, NODE_HOST));
    while (taken < host->waiting && *status == STATUS_OK) {
        const struct guest *guest = &host->inbox[taken];
        const struct peer peer = network_peer(guest->connection);
        enum service_taken what;
        *status = service_take(
            host->service, world_clock(host->world, NODE_HOST), &peer,
            span_of(guest->message->bytes, guest->message->length), &what);
        if (what == SERVICE_PUT_OFF)
            break;
        taken++;
    }
    return taken;
}

void
host_serve(struct host *host)
{
    enum status status = STATUS_OK;

    host->is_serving = false;
    host_make_room(host);
    size_t taken = gather(host, &status);
    if (status == STATUS_OK)
        status =
            service_commit(host->service, world_clock(host->world, NODE_HOST));
    if (status != STATUS_OK || host->is_dying) {
        host_crash(host);
        return;
    }
    for (size_t i = 0; i < taken; i++)
        free(host->inbox[i].message);
    host->waiting -= taken;
    memmove(host->inbox, host->inbox + taken,
            host->waiting * sizeof *host->inbox);
    if (host->waiting > 0) {
        host->is_serving = true;
        world_later(host->world, TASK_SERVE, NODE_HOST, 1);
    }
}
