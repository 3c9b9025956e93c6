// SPDX-License-Identifier: Apache-2.0
//
// BATCH, and the parcels, deliveries and settled numbers in it: reading.
#include "common/wire/conversation.h"
#include "common/wire/delivery_fast.h"
#include "common/wire/parcel_fields.h"

// delivery_take puts one field into its place; false: no such field.
static inline bool
delivery_take(struct delivery *delivery, const struct field *field)
{
    switch (field->number << 3 | field->type) {
    case DELIVERY_SEQ << 3 | WIRE_VARINT:
        delivery->seq = field->value.number;
        return true;
    case DELIVERY_RECORDED_AT << 3 | WIRE_VARINT:
        delivery->recorded_at_ms = zigzag_decode(field->value.number);
        return true;
    case DELIVERY_BODY << 3 | WIRE_LENGTH:
        delivery->body = field->value.bytes;
        return true;
    case DELIVERY_SALT << 3 | WIRE_LENGTH:
        delivery->salt = field->value.bytes;
        return true;
    case DELIVERY_COMMENT << 3 | WIRE_LENGTH:
        delivery->comment = field->value.bytes;
        return true;
    case DELIVERY_SIGNATURE << 3 | WIRE_LENGTH:
        delivery->signature = field->value.bytes;
        return true;
    case DELIVERY_SEALED << 3 | WIRE_LENGTH:
        delivery->sealed = field->value.bytes;
        return true;
    default:
        return false;
    }
}

// delivery_read_any reads fields in any order.
static __attribute__((noinline)) bool
delivery_read_any(struct span bytes, struct delivery *delivery)
{
    struct cursor cursor = cursor_on(bytes);
    uint32_t seen = 0;
    struct field field;

    *delivery = (struct delivery){.bytes = bytes};
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field) || !delivery_take(delivery, &field))
            return false;
        uint32_t bit = UINT32_C(1) << field.number;
        if (seen & bit)
            return false;
        seen |= bit;
    }
    return delivery->seq != 0 && delivery->seq <= INT64_MAX;
}

bool
delivery_read(struct span bytes, struct delivery *delivery)
{
    return delivery_fast(bytes, delivery) || delivery_read_any(bytes, delivery);
}

static const struct rule settled_table[] = {
    [SETTLED_FIRST_SEQ] = {"first_seq", FORM_UNSIGNED, true, 1, INT64_MAX},
    [SETTLED_LAST_SEQ] = {"last_seq", FORM_UNSIGNED, true, 1, INT64_MAX},
    [SETTLED_CODE] = {"code", FORM_UNSIGNED, false, 0, CODE_MAX},
    [SETTLED_DIGEST] = {"digest", FORM_BYTES, true, DIGEST_SIZE, DIGEST_SIZE},
};

static bool
settled_read(struct span bytes, struct settled *settled)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(settled_table), bytes).code)
        return false;
    settled->first_seq = record_number(&record, SETTLED_FIRST_SEQ);
    settled->last_seq = record_number(&record, SETTLED_LAST_SEQ);
    settled->code = (enum code)record_number(&record, SETTLED_CODE);
    memcpy(settled->digest, record.values[SETTLED_DIGEST].bytes.data,
           DIGEST_SIZE);
    return settled->first_seq <= settled->last_seq;
}

static const struct rule parcel_table[] = {
    [PARCEL_TERMINAL] = {"terminal", FORM_NAME, true, 1, DEALER_ID_MAX},
    [PARCEL_EPOCH] = {.name = "epoch", .form = FORM_FIXED64},
    [PARCEL_SENT_AT] = {"sent_at_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [PARCEL_COLLECTOR] = {"collector", FORM_NAME, false, 1, DEALER_ID_MAX},
    [PARCEL_RECEIVED_AT] = {"received_at_ms", FORM_SIGNED, false, INT64_MIN,
                            INT64_MAX},
    [PARCEL_TOLD_SEQ] = {"told_seq", FORM_UNSIGNED, false, 0, INT64_MAX},
};

// deliveries_pass moves over the deliveries that come next and returns how
// many; when asked to check, only over those found right.  It stops before
// whatever needs a closer look.
INLINE uint32_t
deliveries_pass(struct cursor *cursor, bool check)
{
    const uint8_t *at = cursor->at, *next;
    struct delivery delivery;
    struct span bytes;
    uint32_t count = 0;

    while ((next = delivery_span(at, cursor->end, &bytes)) != NULL &&
           (!check || delivery_fast(bytes, &delivery))) {
        at = next;
        count++;
    }
    cursor->at = at;
    return count;
}

// entry_fine checks one entry of a Parcel's two lists.
static bool
entry_fine(const struct field *field)
{
    struct delivery delivery;
    struct settled settled;

    return field->number == PARCEL_DELIVERIES
               ? delivery_read(field->value.bytes, &delivery)
               : settled_read(field->value.bytes, &settled);
}

// parcel_fill takes a Parcel's own fields, counts its deliveries and finds the
// first settled range, so that nobody looks for one behind all deliveries.  It
// looks into the lists only when asked to check.
static bool
parcel_fill(struct span bytes, struct record *record, struct parcel *parcel,
            bool check)
{
    const struct rules rules = RULES(parcel_table);
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    parcel->delivery_count = 0;
    parcel->settled = repeated_of((struct span){NULL, 0}, PARCEL_SETTLED);
    while (cursor_more(&cursor)) {
        parcel->delivery_count += deliveries_pass(&cursor, check);
        if (!cursor_more(&cursor))
            break;
        struct span rest = cursor_rest(&cursor);
        if (!cursor_field(&cursor, &field))
            return false;
        if (field.number != PARCEL_DELIVERIES &&
            field.number != PARCEL_SETTLED) {
            if (record_take(record, rules, &field).code)
                return false;
            continue;
        }
        if (field.type != WIRE_LENGTH || (check && !entry_fine(&field)))
            return false;
        parcel->delivery_count += field.number == PARCEL_DELIVERIES;
        if (field.number == PARCEL_SETTLED && parcel->settled.rest.length == 0)
            parcel->settled.rest = rest;
    }
    return !check || record_judge(record, rules).code == CODE_NONE;
}

static void
parcel_take_over(const struct record *record, struct span bytes,
                 struct parcel *parcel)
{
    parcel->terminal = record_bytes(record, PARCEL_TERMINAL);
    parcel->epoch = record_number(record, PARCEL_EPOCH);
    parcel->sent_at_ms = record_signed(record, PARCEL_SENT_AT);
    parcel->collector = record_bytes(record, PARCEL_COLLECTOR);
    parcel->received_at_ms = record_signed(record, PARCEL_RECEIVED_AT);
    parcel->told_seq = record_number(record, PARCEL_TOLD_SEQ);
    parcel->deliveries = repeated_of(bytes, PARCEL_DELIVERIES);
    parcel->bytes = bytes;
}

bool
parcel_read(struct span bytes, struct parcel *parcel)
{
    struct record record;

    if (!parcel_fill(bytes, &record, parcel, true))
        return false;
    parcel_take_over(&record, bytes, parcel);
    return true;
}

static const struct rule batch_table[] = {
    [1] = {.name = "session", .form = FORM_FIXED64},
    [2] = {"number", FORM_UNSIGNED, false, 0, INT64_MAX},
};

enum code
batch_read(struct span bytes, uint32_t max_events, struct batch *batch)
{
    const struct rules rules = RULES(batch_table);
    struct cursor cursor = cursor_on(bytes);
    struct record record = {0};
    uint64_t events = 0;
    struct field field;

    while (cursor_more(&cursor)) {
        struct parcel parcel;
        if (!cursor_field(&cursor, &field))
            return CODE_MALFORMED;
        if (field.number != BATCH_PARCELS) {
            if (record_take(&record, rules, &field).code)
                return CODE_MALFORMED;
            continue;
        }
        if (field.type != WIRE_LENGTH ||
            !parcel_read(field.value.bytes, &parcel))
            return CODE_MALFORMED;
        events += parcel.delivery_count;
        if (events > max_events)
            return CODE_TOO_LARGE;
    }
    if (record_judge(&record, rules).code)
        return CODE_MALFORMED;
    batch->session = record_number(&record, 1);
    batch->number = record_number(&record, 2);
    batch->events = (uint32_t)events;
    batch->parcels = repeated_of(bytes, BATCH_PARCELS);
    return CODE_NONE;
}

bool
batch_next_parcel(struct repeated *parcels, struct parcel *parcel)
{
    struct record record;
    struct span bytes;

    if (!repeated_next(parcels, &bytes) ||
        !parcel_fill(bytes, &record, parcel, false))
        return false;
    parcel_take_over(&record, bytes, parcel);
    return true;
}

static __attribute__((noinline)) bool
next_delivery_any(struct repeated *deliveries, struct delivery *delivery)
{
    struct span bytes;

    return repeated_next(deliveries, &bytes) &&
           delivery_read_any(bytes, delivery);
}

bool
parcel_next_delivery(struct repeated *deliveries, struct delivery *delivery)
{
    const struct span rest = deliveries->rest;
    const uint8_t *end, *next;
    struct span bytes;

    if (rest.length == 0)
        return false;
    end = rest.data + rest.length;
    next = delivery_span(rest.data, end, &bytes);
    if (!next || !delivery_fast(bytes, delivery))
        return next_delivery_any(deliveries, delivery);
    deliveries->rest = (struct span){next, (uint32_t)(end - next)};
    return true;
}

bool
parcel_next_settled(struct repeated *list, struct settled *settled)
{
    struct span bytes;

    return repeated_next(list, &bytes) && settled_read(bytes, settled);
}
