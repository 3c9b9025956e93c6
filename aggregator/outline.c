// SPDX-License-Identifier: Apache-2.0
#include "aggregator/outline.h"

#include <stdlib.h>

#include "common/wire/commit.h"
#include "common/wire/event_code.h"

// Lengths of parcels are written in five bytes, whatever they were before.
enum { MARGIN = 4096 };

void
outliner_free(struct outliner *outliner)
{
    free(outliner->room);
    *outliner = (struct outliner){0};
}

static bool
make_room(struct outliner *outliner, size_t capacity)
{
    if (capacity <= outliner->capacity)
        return true;
    uint8_t *room = realloc(outliner->room, capacity);
    if (!room)
        return false;
    outliner->room = room;
    outliner->capacity = capacity;
    return true;
}

bool
outline_shortens(struct span body, struct event *event)
{
    return event_outline_read(body, event) && event->type != EVENT_VOID &&
           event->type != EVENT_UNVOID;
}

static void
put_delivery(struct writer *writer, const struct delivery *delivery)
{
    uint8_t bytes[EVENT_BODY_MAX];
    struct span body = delivery->body;
    struct event event;

    if (outline_shortens(body, &event))
        body = span_of(bytes, event_outline_write(&event, bytes, sizeof bytes));
    parcel_delivery(writer, delivery->seq, delivery->recorded_at_ms, body);
}

static void
put_parcel(struct writer *writer, const struct parcel *parcel)
{
    struct repeated deliveries = parcel->deliveries, list = parcel->settled;
    struct delivery delivery;
    struct settled settled;

    parcel_begin(writer, parcel->terminal, parcel->epoch, parcel->sent_at_ms);
    while (parcel_next_delivery(&deliveries, &delivery))
        put_delivery(writer, &delivery);
    while (parcel_next_settled(&list, &settled))
        parcel_settled(writer, &settled);
    parcel_received(writer, parcel->collector, parcel->received_at_ms);
    parcel_told(writer, parcel->told_seq);
    parcel_end(writer);
}

enum status
outline_record(struct outliner *outliner, struct span record, struct span *out)
{
    struct commit commit;
    struct parcel parcel;

    enum status status = commit_read(record, &commit);
    if (status != STATUS_OK)
        return status;
    if (commit.has_publication) {
        *out = record;
        return STATUS_OK;
    }
    if (!make_room(outliner, 2 * (size_t)record.length + MARGIN))
        return STATUS_SYSTEM;
    struct writer writer = writer_on(outliner->room, outliner->capacity);
    commit_begin(&writer, commit.position, commit.previous.data,
                 commit.committed_at_ms);
    while (batch_next_parcel(&commit.parcels, &parcel))
        put_parcel(&writer, &parcel);
    *out = span_of(outliner->room, commit_end(&writer));
    return out->length ? STATUS_OK : STATUS_SYSTEM;
}
