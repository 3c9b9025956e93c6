// SPDX-License-Identifier: Apache-2.0
//
// put: fields into a writer (common/wire/envelope.h), for common/wire alone.
//
// The put_* of a value leave out its default (0, empty), as every reader
// takes an absent field for it; put_*_always write it all the same.
#pragma once

#include "common/wire/cursor.h"
#include "common/wire/envelope.h"

// put_varint and put_raw append bytes without a tag.
void put_varint_long(struct writer *writer, uint64_t value);
void put_raw(struct writer *writer, const void *bytes, size_t length);

// put_varint: most are of one byte, with room left.
static inline void
put_varint(struct writer *writer, uint64_t value)
{
    if (value < 0x80 && writer->used < writer->capacity && !writer->failed)
        writer->data[writer->used++] = (uint8_t)value;
    else
        put_varint_long(writer, value);
}

void put_unsigned_always(struct writer *writer, uint32_t field, uint64_t value);
void put_signed_always(struct writer *writer, uint32_t field, int64_t value);
void put_bytes_always(struct writer *writer, uint32_t field, struct span bytes);

void put_unsigned(struct writer *writer, uint32_t field, uint64_t value);
void put_signed(struct writer *writer, uint32_t field, int64_t value);
void put_fixed64(struct writer *writer, uint32_t field, uint64_t value);
void put_bytes(struct writer *writer, uint32_t field, struct span bytes);

// put_open starts a message whose length is not known yet; put_close patches
// it in as a varint of exactly five bytes.
void put_open(struct writer *writer, uint32_t field);
void put_close(struct writer *writer);

// put_closed closes what is open and returns the length of it all, or 0 after
// an overflow.
size_t put_closed(struct writer *writer);

static inline uint64_t
zigzag_encode(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static inline size_t
varint_size(uint64_t value)
{
    size_t size = 1;

    while (value >= 0x80) {
        value >>= 7;
        size++;
    }
    return size;
}
