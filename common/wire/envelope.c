// SPDX-License-Identifier: Apache-2.0
#include "common/wire/envelope.h"

#include "common/wire/conversation.h"
#include "common/wire/put.h"

// The Envelope itself: its version and the one message in it.
struct opened {
    uint64_t version;
    bool has_version;
    uint32_t kind; // 0: none
    struct span message;
};

static bool
opened_take(struct opened *opened, const struct field *field)
{
    if (field->number == 1 && field->type == WIRE_VARINT &&
        !opened->has_version) {
        opened->has_version = true;
        opened->version = field->value.number;
        return true;
    }
    if (field->number < ENVELOPE_HELLO || field->number > ENVELOPE_GOAWAY ||
        field->type != WIRE_LENGTH || opened->kind != 0)
        return false;
    opened->kind = field->number;
    opened->message = field->value.bytes;
    return true;
}

static enum code
envelope_open(struct span frame, struct opened *opened)
{
    struct cursor cursor = cursor_on(frame);
    struct field field;
    bool fine = true;

    *opened = (struct opened){0};
    while (fine && cursor_more(&cursor))
        fine = cursor_field(&cursor, &field) && opened_take(opened, &field);
    // Another version may well look different; say that rather than malformed.
    if (opened->has_version && opened->version != PROTOCOL_VERSION)
        return CODE_UNKNOWN_VERSION;
    return fine && opened->has_version && opened->kind ? CODE_NONE
                                                       : CODE_MALFORMED;
}

enum code
envelope_read(struct span frame, uint32_t max_events, struct envelope *envelope)
{
    struct opened opened;
    enum code code = envelope_open(frame, &opened);
    bool fine = false;

    if (code)
        return code;
    envelope->kind = (enum envelope_kind)opened.kind;
    switch (envelope->kind) {
    case ENVELOPE_HELLO:
        fine = hello_read(opened.message, &envelope->hello);
        break;
    case ENVELOPE_WELCOME:
        fine = welcome_read(opened.message, &envelope->welcome);
        break;
    case ENVELOPE_BATCH:
        return batch_read(opened.message, max_events, &envelope->batch);
    case ENVELOPE_RECEIPT:
        fine = receipt_read(opened.message, &envelope->receipt);
        break;
    case ENVELOPE_PING:
        fine = ping_read(opened.message, &envelope->ping);
        break;
    case ENVELOPE_PONG:
        fine = pong_read(opened.message, &envelope->pong);
        break;
    case ENVELOPE_GOAWAY:
        fine = goaway_read(opened.message, &envelope->goaway);
        break;
    }
    return fine ? CODE_NONE : CODE_MALFORMED;
}

void
envelope_begin(struct writer *writer, enum envelope_kind kind)
{
    put_unsigned_always(writer, 1, PROTOCOL_VERSION);
    put_open(writer, kind);
}
