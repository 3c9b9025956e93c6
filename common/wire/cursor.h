// SPDX-License-Identifier: Apache-2.0
//
// cursor: a place in the protobuf wire format, read field by field.
//
// Everything is checked against the end before it is read.  A cursor takes
// what protobuf's own parsers take and refuses what they disagree about:
// varints that overflow their type, lengths of more than five bytes, groups.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/span.h"

enum wire_type {
    WIRE_VARINT = 0,
    WIRE_FIXED64 = 1,
    WIRE_LENGTH = 2,
    WIRE_FIXED32 = 5,
};

enum { VARINT_MAX = 10, LENGTH_VARINT_MAX = 5, FIELD_NUMBER_MAX = 0x1fffffff };

// The value of a field: bytes of WIRE_LENGTH, a number of the others (raw,
// before zigzag).
union value {
    struct span bytes;
    uint64_t number;
};

struct field {
    uint32_t number; // 1..FIELD_NUMBER_MAX
    uint32_t type;   // enum wire_type
    union value value;
};

struct cursor {
    const uint8_t *at, *end;
};

static inline struct cursor
cursor_on(struct span bytes)
{
    // An empty span's data may be NULL, and NULL + 0 is undefined in C.
    if (bytes.length == 0)
        return (struct cursor){NULL, NULL};
    return (struct cursor){bytes.data, bytes.data + bytes.length};
}

static inline bool
cursor_more(const struct cursor *cursor)
{
    return cursor->at != cursor->end;
}

// cursor_rest returns what has not been read yet.
static inline struct span
cursor_rest(const struct cursor *cursor)
{
    if (!cursor_more(cursor))
        return (struct span){NULL, 0};
    return span_of(cursor->at, (size_t)(cursor->end - cursor->at));
}

// A varint and where it ends; at is NULL when it is none.  In values, not
// pointers: a cursor whose address is taken would live in memory.
struct varint {
    const uint8_t *at;
    uint64_t value;
};

// Varints of two bytes and more, out of line: at most ten bytes and 64 bits, or
// five bytes and 32 bits.
struct varint varint_long(const uint8_t *at, const uint8_t *end);
struct varint varint32_long(const uint8_t *at, const uint8_t *end);

static inline bool
cursor_varint(struct cursor *cursor, uint64_t *value)
{
    if (cursor->at == cursor->end)
        return false;
    if (*cursor->at < 0x80) {
        *value = *cursor->at++;
        return true;
    }
    struct varint varint = varint_long(cursor->at, cursor->end);
    if (!varint.at)
        return false;
    cursor->at = varint.at;
    *value = varint.value;
    return true;
}

// cursor_varint32 reads tags and lengths: at most five bytes.
static inline bool
cursor_varint32(struct cursor *cursor, uint32_t *value)
{
    if (cursor->at == cursor->end)
        return false;
    if (*cursor->at < 0x80) {
        *value = *cursor->at++;
        return true;
    }
    struct varint varint = varint32_long(cursor->at, cursor->end);
    if (!varint.at)
        return false;
    cursor->at = varint.at;
    *value = (uint32_t)varint.value;
    return true;
}

static inline bool
cursor_bytes(struct cursor *cursor, struct span *bytes)
{
    uint32_t length;

    if (!cursor_varint32(cursor, &length) ||
        length > (size_t)(cursor->end - cursor->at))
        return false;
    *bytes = (struct span){cursor->at, length};
    cursor->at += length;
    return true;
}

// cursor_fixed reads 4 or 8 bytes, little endian.
static inline bool
cursor_fixed(struct cursor *cursor, size_t size, uint64_t *value)
{
    if (size > (size_t)(cursor->end - cursor->at))
        return false;
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value |= (uint64_t)cursor->at[i] << (8 * i);
    cursor->at += size;
    return true;
}

// cursor_field reads the next field; there is one (cursor_more).
static inline bool
cursor_field(struct cursor *cursor, struct field *field)
{
    uint32_t tag;

    if (!cursor_varint32(cursor, &tag))
        return false;
    field->number = tag >> 3;
    field->type = tag & 7;
    if (field->number == 0)
        return false;
    if (field->type == WIRE_LENGTH)
        return cursor_bytes(cursor, &field->value.bytes);
    if (field->type == WIRE_VARINT)
        return cursor_varint(cursor, &field->value.number);
    if (field->type == WIRE_FIXED64)
        return cursor_fixed(cursor, 8, &field->value.number);
    return field->type == WIRE_FIXED32 &&
           cursor_fixed(cursor, 4, &field->value.number);
}

static inline int64_t
zigzag_decode(uint64_t raw)
{
    return (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);
}
