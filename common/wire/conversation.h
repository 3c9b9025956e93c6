// SPDX-License-Identifier: Apache-2.0
//
// conversation: the messages inside an Envelope, one reader each.  Internal to
// common/wire.  False: malformed.
#pragma once

#include "common/wire/envelope.h"
#include "common/wire/record.h"

enum { CODE_MAX = 127, ENDPOINT_MAX = 255, SENTENCE_MAX = 1024 };

bool hello_read(struct span bytes, struct hello *hello);
bool welcome_read(struct span bytes, struct welcome *welcome);
bool receipt_read(struct span bytes, struct receipt *receipt);
bool ping_read(struct span bytes, struct ping *ping);
bool pong_read(struct span bytes, struct pong *pong);
bool goaway_read(struct span bytes, struct goaway *goaway);
enum code batch_read(struct span bytes, uint32_t max_events,
                     struct batch *batch);

// parcel_read checks a whole Parcel; delivery_read, one Delivery.
bool parcel_read(struct span bytes, struct parcel *parcel);
bool delivery_read(struct span bytes, struct delivery *delivery);

// delivery_put writes the fields of a delivery that is open.
void delivery_put(struct writer *writer, const struct delivery *delivery);

// collector_valid: an endpoint as WELCOME and RECEIPT may name it.
bool collector_valid(const struct field *field);

// envelope_begin writes the version and opens the kind.
void envelope_begin(struct writer *writer, enum envelope_kind kind);

static inline struct repeated
repeated_of(struct span bytes, uint32_t field)
{
    return (struct repeated){.rest = bytes, .field = field};
}

// repeated_next finds the next of the list, skipping other fields.
static inline bool
repeated_next(struct repeated *list, struct span *bytes)
{
    struct cursor cursor = cursor_on(list->rest);
    struct field field;

    while (cursor_more(&cursor) && cursor_field(&cursor, &field)) {
        if (field.number != list->field || field.type != WIRE_LENGTH)
            continue;
        list->rest = cursor_rest(&cursor);
        *bytes = field.value.bytes;
        return true;
    }
    list->rest = (struct span){NULL, 0};
    return false;
}
