// SPDX-License-Identifier: Apache-2.0
#include "aggregator/aggregator.h"

#include <stdlib.h>

#include "aggregator/data.h"
#include "aggregator/link.h"
#include "aggregator/opening.h"
#include "aggregator/queries.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

enum { POLL_MAX_MS = 1000 };

// A batch of the group at hand: whose, and the frame its bytes live in.
struct guest {
    struct peer peer;
    struct frame frame;
};

struct aggregator {
    struct data data;
    struct transport *transport;
    struct link link; // the collectors' side
    struct queries *queries;
    int stop_fd;
    size_t guest_count;
    struct guest *guests;
    bool has_held; // a batch that waits for the next group
    struct guest held;
};

enum status
aggregator_open(struct aggregator **out, const struct config *config,
                int stop_fd, int *exit_code)
{
    struct inbox *inbox = NULL;

    struct aggregator *aggregator = calloc(1, sizeof *aggregator);
    if (!aggregator)
        return STATUS_SYSTEM;
    aggregator->stop_fd = stop_fd;
    frame_init(&aggregator->held.frame);
    aggregator->guests = calloc(GROUP_BATCHES_MAX, sizeof *aggregator->guests);
    enum status status = aggregator->guests
                             ? transport_open(&aggregator->transport, 1)
                             : STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = opening_data(&aggregator->data, config, exit_code);
    if (status == STATUS_OK)
        status =
            opening_port(&aggregator->link.inbox, aggregator->transport,
                         config->aggregator.listen, LINK_FRAME_MAX, exit_code);
    if (status == STATUS_OK)
        status = opening_port(&inbox, aggregator->transport,
                              config->aggregator.queries, FRAME_MAX, exit_code);
    if (status == STATUS_OK) {
        const struct answers answers = {.journal = aggregator->data.journal,
                                        .state = aggregator->data.state,
                                        .history = aggregator->data.history,
                                        .identity = aggregator->data.identity};
        status = queries_open(&aggregator->queries, inbox, &answers);
    }
    if (status != STATUS_OK) {
        aggregator_close(aggregator);
        return status;
    }
    link_welcome(&aggregator->link, &aggregator->data.identity,
                 aggregator->data.history);
    *out = aggregator;
    return STATUS_OK;
}

static void
drop_guests(struct aggregator *aggregator)
{
    for (size_t i = 0; i < aggregator->guest_count; i++)
        frame_close(&aggregator->guests[i].frame);
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
    inbox_close(aggregator->link.inbox);
    if (aggregator->guests)
        drop_guests(aggregator);
    frame_close(&aggregator->held.frame);
    transport_close(aggregator->transport);
    data_close(&aggregator->data);
    free(aggregator->guests);
    free(aggregator);
}

// admit adds a batch to the group; STATUS_FULL: it waits for the next one.
static enum status
admit(struct aggregator *aggregator, const struct peer *peer,
      struct frame *frame, const struct batch *batch)
{
    struct ledger *ledger = aggregator->data.ledger;

    if (!ledger_fits(ledger, frame_span(frame).length))
        return STATUS_FULL;
    enum status status = ledger_batch(ledger, batch, clock_wall_ms());
    if (status != STATUS_OK)
        return status;
    struct guest *guest = &aggregator->guests[aggregator->guest_count++];
    guest->peer = *peer;
    frame_init(&guest->frame);
    frame_move(&guest->frame, frame);
    return STATUS_OK;
}

// take_frame handles one message; a batch joins the group or is held.
static enum status
take_frame(struct aggregator *aggregator, const struct peer *peer,
           struct frame *frame)
{
    struct batch batch;

    if (!link_take(&aggregator->link, peer, frame_span(frame), &batch))
        return STATUS_OK;
    enum status status = admit(aggregator, peer, frame, &batch);
    if (status == STATUS_FULL && aggregator->guest_count == 0) {
        // Larger than any group can be: its collector does not keep to the
        // limits it was told.
        link_refuse(&aggregator->link, peer, CODE_TOO_LARGE);
        return STATUS_OK;
    }
    if (status == STATUS_FULL) {
        aggregator->held.peer = *peer;
        frame_move(&aggregator->held.frame, frame);
        aggregator->has_held = true;
    }
    return status;
}

// gather takes what is waiting, up to one group.
static enum status
gather(struct aggregator *aggregator)
{
    struct frame frame;
    struct peer peer;
    enum status status = STATUS_OK;

    frame_init(&frame);
    ledger_begin(aggregator->data.ledger, clock_wall_ms());
    if (aggregator->has_held) {
        aggregator->has_held = false;
        frame_move(&frame, &aggregator->held.frame);
        status = take_frame(aggregator, &aggregator->held.peer, &frame);
        frame_close(&frame);
    }
    for (int i = 0; status == STATUS_OK && i < GROUP_BATCHES_MAX; i++) {
        status = inbox_receive(aggregator->link.inbox, &peer, &frame);
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

static void
send_receipts(struct aggregator *aggregator)
{
    for (size_t i = 0; i < aggregator->guest_count; i++)
        // A collector that is gone or does not read asks again.
        (void)!inbox_send(aggregator->link.inbox, &aggregator->guests[i].peer,
                          ledger_receipt(aggregator->data.ledger, i));
}

// commit makes the group durable, answers it, then folds it.
static enum status
commit(struct aggregator *aggregator)
{
    struct data *data = &aggregator->data;
    struct journal_end end;
    struct span record = ledger_seal(data->ledger, &end);

    if (record.length == 0) {
        send_receipts(aggregator);
        return STATUS_OK;
    }
    enum status status = journal_append(data->journal, record, false, &end);
    if (status == STATUS_FULL) {
        log_error("journal-full", "map or disk is full; events are put off");
        ledger_refused(data->ledger, CODE_STORE_FULL, clock_wall_ms());
        send_receipts(aggregator);
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        log_error("journal-failed", "position=%llu reason=\"%s\"",
                  (unsigned long long)end.position, status_text(status));
        return status;
    }
    send_receipts(aggregator);
    status = ledger_committed(data->ledger);
    if (status != STATUS_OK)
        log_error("fold-failed", "position=%llu reason=\"%s\"",
                  (unsigned long long)end.position, status_text(status));
    return status;
}

static enum status
serve_group(struct aggregator *aggregator)
{
    enum status status = keeper_make_room(aggregator->data.keeper);
    if (status == STATUS_OK)
        status = gather(aggregator);
    if (status == STATUS_OK && aggregator->guest_count > 0)
        status = commit(aggregator);
    drop_guests(aggregator);
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
        inbox_waitable(aggregator->link.inbox),
        {.fd = aggregator->stop_fd},
        {.fd = keeper_fd(aggregator->data.keeper)},
    };

    for (;;) {
        enum status status = wait_any(items, 3, patience(aggregator));
        if (status != STATUS_OK && status != STATUS_AGAIN)
            return status;
        if (items[1].ready)
            return STATUS_OK;
        if (items[0].ready || aggregator->has_held)
            status = serve_group(aggregator);
        else
            status = STATUS_OK;
        if (status == STATUS_OK) {
            status = keeper_tend(aggregator->data.keeper, clock_steady_ms());
            if (status != STATUS_OK)
                log_error("checkpoint-failed", "reason=\"%s\"",
                          status_text(status));
        }
        if (status != STATUS_OK)
            return status;
    }
}
