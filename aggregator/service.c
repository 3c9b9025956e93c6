// SPDX-License-Identifier: Apache-2.0
#include "aggregator/service.h"

#include <stdlib.h>

#include "aggregator/vetting.h"

struct service {
    struct ledger *ledger;
    struct service_sink sink;
    struct link link;
    const struct keyring *keyring; // NULL: no keys
    int64_t began_at_ms;           // the group at hand; wall clock
    bool draining;
    bool is_held;
    size_t count; // batches of the group at hand, and whose they are
    struct peer peers[GROUP_BATCHES_MAX];
};

enum status
service_open(struct service **out, const struct service_options *options)
{
    struct service *service = calloc(1, sizeof *service);
    if (!service)
        return STATUS_SYSTEM;
    service->ledger = options->ledger;
    service->sink = options->sink;
    link_introduce(&service->link, &options->sink.link, options->seed,
                   options->identity, options->history);
    *out = service;
    return STATUS_OK;
}

void
service_close(struct service *service)
{
    free(service);
}

static struct outcome
vet(const void *context, struct span terminal, const struct event *event,
    const struct delivery *delivery)
{
    const struct service *service = context;
    return vetting_judge(service->keyring, service->began_at_ms, terminal,
                         event, delivery);
}

void
service_keyring(struct service *service, const struct keyring *keyring)
{
    bool signs = keyring && keyring->sign_count > 0;
    const struct vetter vetter = {service, signs ? vet : NULL};

    service->keyring = keyring;
    link_keyring(&service->link, keyring);
    ledger_vet(service->ledger, &vetter);
}

void
service_backed_up(struct service *service, uint64_t position)
{
    link_backed_up(&service->link, position);
    ledger_backed_up(service->ledger, position);
}

void
service_hold(struct service *service, bool held)
{
    service->is_held = held;
}

void
service_begin(struct service *service, struct instant now)
{
    service->count = 0;
    service->began_at_ms = now.wall_ms;
    ledger_begin(service->ledger, now.wall_ms);
}

void
service_tend(struct service *service, struct instant now)
{
    uint32_t credit =
        service->draining || service->is_held
            ? 0
            : ledger_credit(service->ledger, service->link.sessions.count);

    ledger_grant(service->ledger, credit);
    link_grant(&service->link, now, credit);
}

void
service_drain(struct service *service, struct instant now)
{
    service->draining = true;
    service_tend(service, now);
}

void
service_part(struct service *service)
{
    link_part(&service->link);
}

// admit adds a batch to the group; STATUS_FULL: it does not fit any more.
static enum status
admit(struct service *service, struct instant now, const struct peer *peer,
      struct span frame, const struct batch *batch)
{
    if (!ledger_fits(service->ledger, frame.length))
        return STATUS_FULL;
    enum status status =
        service->is_held ? ledger_put_off(service->ledger, batch,
                                          CODE_STORE_FULL, now.wall_ms)
                         : ledger_batch(service->ledger, batch, now.wall_ms);
    if (status == STATUS_OK)
        service->peers[service->count++] = *peer;
    return status;
}

enum status
service_take(struct service *service, struct instant now,
             const struct peer *peer, struct span frame,
             enum service_taken *taken)
{
    struct batch batch;

    *taken = SERVICE_ANSWERED;
    if (!link_take(&service->link, now, peer, frame, &batch))
        return STATUS_OK;
    enum status status = admit(service, now, peer, frame, &batch);
    if (status == STATUS_OK)
        *taken = SERVICE_JOINED;
    if (status != STATUS_FULL)
        return status;
    if (service->count == 0)
        // Larger than any group can be: its collector does not keep to the
        // limits it was told.
        link_refuse(&service->link, peer, CODE_TOO_LARGE);
    else
        *taken = SERVICE_PUT_OFF;
    return STATUS_OK;
}

static void
send_receipts(struct service *service)
{
    const struct link_sink *sink = &service->sink.link;

    for (size_t i = 0; i < service->count; i++)
        sink->to_peer(sink->shell, &service->peers[i],
                      ledger_receipt(service->ledger, i));
}

static void
tell(struct service *service, enum service_notice notice, uint64_t position,
     enum status status)
{
    service->sink.notice(service->sink.link.shell, notice, position, status);
}

// store appends the record and answers the group accordingly; *stored tells
// whether there is something to fold.
static enum status
store(struct service *service, struct instant now, struct span record,
      const struct journal_end *end, bool *stored)
{
    enum status status =
        service->sink.append(service->sink.link.shell, record, end);

    *stored = status == STATUS_OK;
    if (status == STATUS_FULL) {
        tell(service, SERVICE_JOURNAL_FULL, end->position, status);
        ledger_refused(service->ledger, CODE_STORE_FULL, now.wall_ms);
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        send_receipts(service);
    else
        tell(service, SERVICE_JOURNAL_FAILED, end->position, status);
    return status;
}

enum status
service_commit(struct service *service, struct instant now)
{
    struct journal_end end;
    bool stored;

    if (service->count == 0)
        return STATUS_OK;
    struct span record = ledger_seal(service->ledger, &end);
    if (record.length == 0) {
        send_receipts(service);
        return STATUS_OK;
    }
    enum status status = store(service, now, record, &end, &stored);
    if (status != STATUS_OK || !stored)
        return status;
    status = ledger_committed(service->ledger);
    if (status != STATUS_OK)
        tell(service, SERVICE_FOLD_FAILED, end.position, status);
    return status;
}
