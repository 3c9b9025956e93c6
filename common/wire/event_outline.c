// SPDX-License-Identifier: Apache-2.0
#include "common/wire/event_code.h"
#include "common/wire/put.h"

size_t
event_outline_write(const struct event *event, uint8_t *out, size_t capacity)
{
    struct writer writer = writer_on(out, capacity);

    put_bytes(&writer, 1, span_of(event->id.bytes, EVENT_ID_SIZE));
    put_bytes(&writer, 2, event->dealer_id);
    put_signed_always(&writer, 3, event->occurred_at);
    return writer.failed ? 0 : writer.used;
}

bool
event_outline_read(struct span body, struct event *event)
{
    struct outcome outcome = event_read(body, event);

    if (outcome.kind == OUTCOME_ACCEPTED)
        return true;
    event->type = EVENT_NONE;
    // The payload is asked for when everything before it is there and right.
    return outcome.code == CODE_MISSING_FIELD && outcome.field &&
           strcmp(outcome.field, "payload") == 0;
}
