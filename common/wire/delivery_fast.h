// SPDX-License-Identifier: Apache-2.0
//
// delivery_fast: deliveries as our own writers put them, the way nearly all
// of them come.
//
// What these functions take, cursor_field and delivery_read would take and
// read the same; what they do not take is still to be shown to those.  They
// look at a handful of bytes without a loop over fields, and they never read
// beyond the end they are given.
#pragma once

#include "common/wire/cursor.h"
#include "common/wire/envelope.h"
#include "common/wire/parcel_fields.h"
#include "common/wire/word.h"

enum {
    // The shortest delivery looked at here: seq and recorded_at at their
    // longest, and the head of a body.
    DELIVERY_FAST_MIN = 24,
    DELIVERY_HEAD = 4, // tag and length of a delivery, and a byte behind them
    TAG_DELIVERIES = PARCEL_DELIVERIES << 3 | WIRE_LENGTH,
    TAG_SEQ = DELIVERY_SEQ << 3 | WIRE_VARINT,
    TAG_RECORDED_AT = DELIVERY_RECORDED_AT << 3 | WIRE_VARINT,
    TAG_BODY = DELIVERY_BODY << 3 | WIRE_LENGTH,
};

// length_fast reads the tag of bytes or of a message and a length of one or two
// bytes out of `head`, the four bytes there.  It returns how many bytes they
// take, 0 when it is something else.
INLINE uint32_t
length_fast(uint32_t head, uint32_t tag, uint32_t *length)
{
    if ((head & 0xff) != tag)
        return 0;
    if ((head & 0x8000) == 0) {
        *length = head >> 8 & 0x7f;
        return 2;
    }
    *length = (head >> 8 & 0x7f) | (head >> 9 & 0x3f80);
    return head & 0x800000 ? 0 : 3;
}

// delivery_span finds the bytes of the delivery that comes next, and returns
// where it ends; NULL when it is no delivery or needs a closer look.
INLINE const uint8_t *
delivery_span(const uint8_t *at, const uint8_t *end, struct span *bytes)
{
    uint32_t size, length;

    if (end - at < DELIVERY_HEAD)
        return NULL;
    size = length_fast(load_4(at), TAG_DELIVERIES, &length);
    if (size == 0 || length > (size_t)(end - at) - size)
        return NULL;
    *bytes = (struct span){at + size, length};
    return at + size + length;
}

// delivery_fast reads a delivery of seq, recorded_at and body, in this order
// and nothing else.  False: it is something else, or wrong.
INLINE bool
delivery_fast(struct span bytes, struct delivery *delivery)
{
    const uint8_t *at = bytes.data;
    uint32_t size, length;

    if (bytes.length < DELIVERY_FAST_MIN || at[0] != TAG_SEQ)
        return false;
    struct packed seq = packed_of(load_8(at + 1));
    at += 1 + seq.size;
    if (seq.sevens == 0 || at[0] != TAG_RECORDED_AT)
        return false;
    struct packed recorded_at = packed_of(load_8(at + 1));
    at += 1 + recorded_at.size;
    if (recorded_at.size == 0)
        return false;
    size = length_fast(load_4(at), TAG_BODY, &length);
    at += size;
    if (size == 0 || length != (size_t)(bytes.data + bytes.length - at))
        return false;
    // Field by field: of one literal gcc makes a slow `rep stos`, of a chain of
    // assignments loads that must wait for the stores just before.
    delivery->seq = packed_value(seq);
    delivery->recorded_at_ms = zigzag_decode(packed_value(recorded_at));
    delivery->body = (struct span){at, length};
    delivery->salt = (struct span){NULL, 0};
    delivery->comment = (struct span){NULL, 0};
    delivery->signature = (struct span){NULL, 0};
    delivery->sealed = (struct span){NULL, 0};
    delivery->bytes = bytes;
    return true;
}
