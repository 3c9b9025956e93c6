// SPDX-License-Identifier: Apache-2.0
//
// envelope_rig: a frame being written and read back, by us and by protobuf-c.
// Include after cmocka.h.
#pragma once

#include "common/wire/envelope.h"
#include "common/wire/put.h"
#include "terminal.pb-c.h"

// A frame being written, and the last one read.
struct rig {
    uint8_t room[65536];
    struct writer out;
    struct envelope envelope;
};

static const uint8_t hash[HASH_SIZE] = {1, 2, 3};
static const uint8_t body[] = {0x0a, 0x00, 0x12, 0x00};

static inline struct writer *
begin(struct rig *rig)
{
    rig->out = writer_on(rig->room, sizeof rig->room);
    return &rig->out;
}

static inline void
read_fine(struct rig *rig, size_t length, enum envelope_kind kind)
{
    assert_int_not_equal(length, 0);
    assert_int_equal(envelope_read(span_of(rig->room, length), BATCH_EVENTS_MAX,
                                   &rig->envelope),
                     CODE_NONE);
    assert_int_equal(rig->envelope.kind, kind);
    Dealerpulse__Envelope *mirror =
        dealerpulse__envelope__unpack(NULL, length, rig->room);
    assert_non_null(mirror);
    assert_int_equal(mirror->kind_case, kind);
    dealerpulse__envelope__free_unpacked(mirror, NULL);
}

static inline void
refused(struct rig *rig, enum code code)
{
    size_t length = put_closed(&rig->out);

    assert_int_equal(envelope_read(span_of(rig->room, length), BATCH_EVENTS_MAX,
                                   &rig->envelope),
                     code);
}

// begin_kind opens an envelope of a kind; put_closed ends it.
static inline struct writer *
begin_kind(struct rig *rig, enum envelope_kind kind)
{
    struct writer *out = begin(rig);

    put_unsigned(out, 1, PROTOCOL_VERSION);
    put_open(out, kind);
    return out;
}

static inline void
assert_text(struct span span, const char *text)
{
    assert_true(span_equal(span, span_text(text)));
}
