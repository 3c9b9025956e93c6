// SPDX-License-Identifier: Apache-2.0
//
// Notices field by field, as the generated code describes them: it is asked
// where a field lies and what it is, our own table is not.
#include "tests/fuzz/mirror_notice.h"

#include <assert.h>

typedef ProtobufCFieldDescriptor field_type;

static const field_type *
payload_of(const ProtobufCMessageDescriptor *message, uint32_t number)
{
    const field_type *field =
        protobuf_c_message_descriptor_get_field(message, number);

    assert(field && field->type == PROTOBUF_C_TYPE_MESSAGE);
    return field;
}

static const void *
member_of(const void *message, size_t offset)
{
    return (const uint8_t *)message + offset;
}

static bool
is_given(const void *message, const field_type *field)
{
    return *(const protobuf_c_boolean *)member_of(message,
                                                  field->quantifier_offset);
}

// field_fill reads one field of the message protobuf-c made.
static void
field_fill(struct notice *notice, const void *message, const field_type *field)
{
    const void *place = member_of(message, field->offset);

    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_STRING: {
        const char *text = *(const char *const *)place;
        if (text)
            notice->values[field->id].bytes = span_text(text);
        break;
    }
    case PROTOBUF_C_TYPE_BYTES: {
        const ProtobufCBinaryData *data = place;
        if (is_given(message, field))
            notice->values[field->id].bytes =
                span_of(data->data, (uint32_t)data->len);
        break;
    }
    case PROTOBUF_C_TYPE_SINT64:
        if (is_given(message, field))
            notice->values[field->id].number = *(const int64_t *)place;
        break;
    default: // uint32, bool, enum: of the same size
        if (is_given(message, field))
            notice->values[field->id].number = *(const uint32_t *)place;
        break;
    }
}

void
mirror_notice_fill(struct notice *notice,
                   const ProtobufCMessageDescriptor *around, const void *outer,
                   uint32_t number)
{
    const field_type *payload = payload_of(around, number);
    const ProtobufCMessageDescriptor *type = payload->descriptor;
    const void *message =
        *(const void *const *)member_of(outer, payload->offset);

    memset(notice, 0, sizeof *notice);
    for (unsigned i = 0; i < type->n_fields; i++)
        field_fill(notice, message, &type->fields[i]);
}

static void
field_make(const struct notice *notice, bool defaults, char *text,
           uint8_t *message, const field_type *field)
{
    const struct span bytes = notice->values[field->id].bytes;
    const int64_t number = notice->values[field->id].number;
    uint8_t *place = message + field->offset;
    protobuf_c_boolean given = bytes.length != 0;

    if (field->type == PROTOBUF_C_TYPE_STRING) {
        if (!given)
            return;
        memcpy(text, bytes.data, bytes.length);
        text[bytes.length] = '\0';
        memcpy(place, &text, sizeof text);
        return;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData data = {bytes.length,
                                    (uint8_t *)(uintptr_t)bytes.data};
        memcpy(place, &data, sizeof data);
    } else if (field->type == PROTOBUF_C_TYPE_SINT64) {
        given = number != 0 || defaults;
        memcpy(place, &number, sizeof number);
    } else {
        const uint32_t small = (uint32_t)number;
        given = number != 0 || defaults;
        memcpy(place, &small, sizeof small);
    }
    memcpy(message + field->quantifier_offset, &given, sizeof given);
}

void
mirror_notice_make(struct notice_room *room, const struct notice *notice,
                   const ProtobufCMessageDescriptor *around, void *outer,
                   uint32_t number, bool defaults)
{
    const field_type *payload = payload_of(around, number);
    const ProtobufCMessageDescriptor *type = payload->descriptor;
    void *const message = room->message;

    assert(type->sizeof_message <= sizeof room->message);
    protobuf_c_message_init(type, message);
    for (unsigned i = 0; i < type->n_fields; i++)
        field_make(notice, defaults, room->texts[type->fields[i].id], message,
                   &type->fields[i]);
    memcpy((uint8_t *)outer + payload->offset, &message, sizeof message);
}
