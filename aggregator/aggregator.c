// SPDX-License-Identifier: Apache-2.0
#include "aggregator/aggregator.h"

#include <stdlib.h>

#include "aggregator/data.h"
#include "aggregator/opening.h"
#include "aggregator/queries.h"
#include "aggregator/service.h"
#include "aggregator/upkeep.h"
#include "common/crypto/digest.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

enum {
    POLL_MAX_MS = 1000,
    DRAIN_MS = 3000, // at most, until collectors have stopped sending
    QUIET_MS = 200,  // without a batch: they have
    LINGER_MS = 1000,
};

struct aggregator {
    struct data data;
    struct transport *transport;
    struct access *access;
    struct inbox *inbox; // the collectors' side
    struct service *service;
    struct queries *queries;
    struct upkeep *upkeep;
    const char *dir; // of the data
    struct health health;
    int stop_fd;
    size_t guest_count;
    struct frame *guests; // of the batches of the group at hand
    bool has_held;        // a batch that waits for the next group
    struct peer held_peer;
    struct frame held;
};

static struct instant
now(void)
{
    return (struct instant){.steady_ms = clock_steady_ms(),
                            .wall_ms = clock_wall_ms()};
}

// --- What the service asks for
// ------------------------------------------------

static void
to_peer(void *shell, const struct peer *peer, struct span frame)
{
    struct aggregator *aggregator = shell;
    (void)!inbox_send(aggregator->inbox, peer, frame);
}

static void
link_notice(void *shell, enum link_notice notice, enum code code,
            struct span about)
{
    char name[LOG_VALUE_MAX];

    (void)shell;
    switch (notice) {
    case LINK_JOINED:
        log_info("collector-joined", "name=%s", log_value(name, about));
        return;
    case LINK_FRAME_REFUSED:
        log_warning("frame-refused", "code=%s bytes=%u",
                    code_name((uint32_t)code), about.length);
        return;
    case LINK_NOT_ADMITTED:
        log_warning("collector-not-admitted", "name=%s",
                    log_value(name, about));
        return;
    }
}

static size_t
resend(void *shell, const struct resend_from **list)
{
    struct aggregator *aggregator = shell;
    return upkeep_resend(aggregator->upkeep, list);
}

static enum status
append(void *shell, struct span record, const struct journal_end *end)
{
    struct aggregator *aggregator = shell;

    enum status status = data_append(&aggregator->data, record, end);
    upkeep_appended(aggregator->upkeep, status, clock_steady_ms());
    return status;
}

static void
service_notice(void *shell, enum service_notice notice, uint64_t position,
               enum status status)
{
    const struct aggregator *aggregator = shell;

    switch (notice) {
    case SERVICE_JOURNAL_FULL:
        return; // the upkeep says so, once
    case SERVICE_JOURNAL_FAILED:
        log_error("journal-failed",
                  "path=%s/journal position=%llu reason=\"%s\" effect=\"the "
                  "process ends; nobody was told that these events are "
                  "stored\" advice=\"look at the disk\"",
                  aggregator->dir, (unsigned long long)position,
                  status_text(status));
        return;
    case SERVICE_FOLD_FAILED:
        log_error("fold-failed", "position=%llu reason=\"%s\"",
                  (unsigned long long)position, status_text(status));
        return;
    }
}

static enum status
open_service(struct aggregator *aggregator)
{
    struct service_options options = {
        .ledger = aggregator->data.ledger,
        .history = aggregator->data.history,
        .identity = &aggregator->data.identity,
        .sink = {.link = {aggregator, to_peer, link_notice, resend},
                 .append = append,
                 .notice = service_notice},
    };
    random_fill(&options.seed, sizeof options.seed);
    return service_open(&aggregator->service, &options);
}

enum status
aggregator_open(struct aggregator **out, const struct config *config,
                int stop_fd, int *exit_code)
{
    struct inbox *inbox = NULL;

    struct aggregator *aggregator = calloc(1, sizeof *aggregator);
    if (!aggregator)
        return STATUS_SYSTEM;
    aggregator->stop_fd = stop_fd;
    aggregator->dir = config->aggregator.data;
    frame_init(&aggregator->held);
    aggregator->guests = calloc(GROUP_BATCHES_MAX, sizeof *aggregator->guests);
    enum status status = aggregator->guests
                             ? transport_open(&aggregator->transport, 1)
                             : STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = access_open(&aggregator->access, aggregator->transport, config,
                             CONFIG_AGGREGATOR, exit_code);
    if (status == STATUS_OK)
        status = opening_data(&aggregator->data, config, exit_code);
    if (status == STATUS_OK)
        status = opening_port(&aggregator->inbox, aggregator->access,
                              ACCESS_COLLECTORS, config->aggregator.listen,
                              LINK_FRAME_MAX, exit_code);
    if (status == STATUS_OK)
        status = opening_port(&inbox, aggregator->access, ACCESS_QUERIES,
                              config->aggregator.queries, FRAME_MAX, exit_code);
    if (status == STATUS_OK) {
        const struct answers answers = {.journal = aggregator->data.journal,
                                        .state = aggregator->data.state,
                                        .history = aggregator->data.history,
                                        .identity = aggregator->data.identity,
                                        .dir = config->aggregator.data,
                                        .health = &aggregator->health};
        status = queries_open(&aggregator->queries, inbox, &answers,
                              aggregator->access);
    }
    if (status == STATUS_OK)
        status = open_service(aggregator);
    if (status == STATUS_OK)
        status =
            upkeep_open(&aggregator->upkeep, &aggregator->data,
                        aggregator->service, config->aggregator.data,
                        config->aggregator.reserve_bytes, &aggregator->health);
    if (status != STATUS_OK) {
        aggregator_close(aggregator);
        return status;
    }
    *out = aggregator;
    return STATUS_OK;
}

static void
drop_guests(struct aggregator *aggregator)
{
    for (size_t i = 0; i < aggregator->guest_count; i++)
        frame_close(&aggregator->guests[i]);
    aggregator->guest_count = 0;
}

void
aggregator_close(struct aggregator *aggregator)
{
    if (!aggregator)
        return;
    if (aggregator->data.keeper &&
        keeper_settle(aggregator->data.keeper) != STATUS_OK)
        log_warning("checkpoint-skipped", "the journal has what it lacks");
    queries_close(aggregator->queries);
    upkeep_close(aggregator->upkeep);
    service_close(aggregator->service);
    inbox_close_after(aggregator->inbox, LINGER_MS);
    if (aggregator->guests)
        drop_guests(aggregator);
    frame_close(&aggregator->held);
    access_close(aggregator->access);
    transport_close(aggregator->transport);
    data_close(&aggregator->data);
    free(aggregator->guests);
    free(aggregator);
}

// take_frame hands one message to the service and keeps what it wants kept.
static enum status
take_frame(struct aggregator *aggregator, const struct peer *peer,
           struct frame *frame)
{
    enum service_taken taken;

    enum status status = service_take(aggregator->service, now(), peer,
                                      frame_span(frame), &taken);
    if (status != STATUS_OK)
        return status;
    switch (taken) {
    case SERVICE_ANSWERED:
        break;
    case SERVICE_JOINED:
        frame_init(&aggregator->guests[aggregator->guest_count]);
        frame_move(&aggregator->guests[aggregator->guest_count++], frame);
        break;
    case SERVICE_PUT_OFF:
        aggregator->has_held = true;
        aggregator->held_peer = *peer;
        frame_move(&aggregator->held, frame);
        return STATUS_FULL;
    }
    return STATUS_OK;
}

// gather takes what is waiting, up to one group.
static enum status
gather(struct aggregator *aggregator)
{
    struct frame frame;
    struct peer peer;
    enum status status = STATUS_OK;

    frame_init(&frame);
    service_begin(aggregator->service, now());
    if (aggregator->has_held) {
        aggregator->has_held = false;
        frame_move(&frame, &aggregator->held);
        status = take_frame(aggregator, &aggregator->held_peer, &frame);
        frame_close(&frame);
    }
    for (int i = 0; status == STATUS_OK && i < GROUP_BATCHES_MAX; i++) {
        status = inbox_receive(aggregator->inbox, &peer, &frame);
        if (status == STATUS_MALFORMED) {
            status = STATUS_OK;
            continue;
        }
        if (status != STATUS_OK)
            break;
        status = take_frame(aggregator, &peer, &frame);
        frame_close(&frame);
    }
    frame_close(&frame);
    return status == STATUS_AGAIN || status == STATUS_FULL ? STATUS_OK : status;
}

// serve_group takes what waits and commits it; *joined tells whether there was
// a batch.
static enum status
serve_group(struct aggregator *aggregator, bool *joined)
{
    enum status status = STATUS_OK;

    *joined = false;
    if (!upkeep_is_holding(aggregator->upkeep))
        status = keeper_make_room(aggregator->data.keeper);
    if (status == STATUS_FULL)
        return STATUS_OK; // intake is held from the next turn on
    service_keyring(aggregator->service, access_keyring(aggregator->access));
    service_tend(aggregator->service, now());
    if (status == STATUS_OK)
        status = gather(aggregator);
    *joined = aggregator->guest_count > 0;
    if (status == STATUS_OK)
        status = service_commit(aggregator->service, now());
    drop_guests(aggregator);
    return status;
}

// drain takes what collectors had sent before they knew, commits and answers
// it, and says goodbye: none of it has to be sent again.
static enum status
drain(struct aggregator *aggregator)
{
    struct waitable item = inbox_waitable(aggregator->inbox);
    int64_t began = clock_steady_ms(), heard = began, at = began;
    enum status status = STATUS_OK;

    service_drain(aggregator->service, now());
    while (status == STATUS_OK && at - began < DRAIN_MS &&
           (at - heard < QUIET_MS || aggregator->has_held)) {
        bool joined = false;
        status = wait_any(&item, 1, aggregator->has_held ? 0 : QUIET_MS / 4);
        if (status == STATUS_OK || status == STATUS_AGAIN)
            status = serve_group(aggregator, &joined);
        at = clock_steady_ms();
        if (joined)
            heard = at;
    }
    service_part(aggregator->service);
    return status;
}

static int64_t
patience(const struct aggregator *aggregator)
{
    if (aggregator->has_held)
        return 0;
    int64_t due = keeper_due_ms(aggregator->data.keeper, clock_steady_ms());
    return due < 0 || due > POLL_MAX_MS ? POLL_MAX_MS : due;
}

enum status
aggregator_run(struct aggregator *aggregator)
{
    struct waitable items[] = {
        inbox_waitable(aggregator->inbox),
        {.fd = aggregator->stop_fd},
        {.fd = keeper_fd(aggregator->data.keeper)},
    };

    for (;;) {
        enum status status = wait_any(items, 3, patience(aggregator));
        if (status != STATUS_OK && status != STATUS_AGAIN)
            return status;
        if (items[1].ready)
            return drain(aggregator);
        upkeep_look(aggregator->upkeep, clock_steady_ms());
        status = STATUS_OK;
        bool joined;
        if (items[0].ready || aggregator->has_held)
            status = serve_group(aggregator, &joined);
        if (status == STATUS_OK) {
            status = keeper_tend(aggregator->data.keeper, clock_steady_ms());
            if (status != STATUS_OK)
                log_error("checkpoint-failed", "reason=\"%s\"",
                          status_text(status));
            service_tend(aggregator->service, now());
        }
        if (status != STATUS_OK)
            return status;
    }
}
