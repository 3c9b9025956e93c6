// SPDX-License-Identifier: Apache-2.0
#include "common/wire/put.h"

#include <assert.h>

// room tells whether `length` more bytes fit, and marks the writer if not.
static bool
room(struct writer *writer, size_t length)
{
    if (writer->failed || length > writer->capacity - writer->used) {
        writer->failed = true;
        return false;
    }
    return true;
}

void
put_varint_long(struct writer *writer, uint64_t value)
{
    if (!room(writer, varint_size(value)))
        return;
    uint8_t *at = writer->data + writer->used;
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    writer->used = (size_t)(at - writer->data);
}

void
put_raw(struct writer *writer, const void *bytes, size_t length)
{
    if (length == 0 || !room(writer, length))
        return;
    memcpy(writer->data + writer->used, bytes, length);
    writer->used += length;
}

static void
put_tag(struct writer *writer, uint32_t field, enum wire_type type)
{
    put_varint(writer, field << 3 | (uint32_t)type);
}

void
put_unsigned_always(struct writer *writer, uint32_t field, uint64_t value)
{
    put_tag(writer, field, WIRE_VARINT);
    put_varint(writer, value);
}

void
put_signed_always(struct writer *writer, uint32_t field, int64_t value)
{
    put_unsigned_always(writer, field, zigzag_encode(value));
}

void
put_bytes_always(struct writer *writer, uint32_t field, struct span bytes)
{
    put_tag(writer, field, WIRE_LENGTH);
    put_varint(writer, bytes.length);
    put_raw(writer, bytes.data, bytes.length);
}

void
put_unsigned(struct writer *writer, uint32_t field, uint64_t value)
{
    if (value != 0)
        put_unsigned_always(writer, field, value);
}

void
put_signed(struct writer *writer, uint32_t field, int64_t value)
{
    if (value != 0)
        put_signed_always(writer, field, value);
}

void
put_fixed64(struct writer *writer, uint32_t field, uint64_t value)
{
    uint8_t bytes[8];

    if (value == 0)
        return;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    put_tag(writer, field, WIRE_FIXED64);
    put_raw(writer, bytes, sizeof bytes);
}

void
put_bytes(struct writer *writer, uint32_t field, struct span bytes)
{
    if (bytes.length != 0)
        put_bytes_always(writer, field, bytes);
}

void
put_open(struct writer *writer, uint32_t field)
{
    static const uint8_t length[LENGTH_VARINT_MAX];

    assert(writer->depth < sizeof writer->open / sizeof writer->open[0]);
    put_tag(writer, field, WIRE_LENGTH);
    writer->open[writer->depth++] = writer->used;
    put_raw(writer, length, sizeof length);
}

void
put_close(struct writer *writer)
{
    assert(writer->depth > 0);
    size_t at = writer->open[--writer->depth];
    if (writer->failed)
        return;
    size_t length = writer->used - at - LENGTH_VARINT_MAX;
    for (unsigned i = 0; i < LENGTH_VARINT_MAX; i++) {
        bool last = i == LENGTH_VARINT_MAX - 1;
        writer->data[at + i] =
            (uint8_t)((length >> (7 * i) & 0x7f) | (last ? 0 : 0x80));
    }
}

size_t
put_closed(struct writer *writer)
{
    while (writer->depth > 0)
        put_close(writer);
    return writer->failed ? 0 : writer->used;
}
