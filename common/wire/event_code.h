// SPDX-License-Identifier: Apache-2.0
//
// event_code: the bytes of one Event (proto/event.proto) and its value.
//
// event_read goes straight over the wire format, bounds-checked, without
// allocating; it is stricter than protobuf-c's unpack and must agree with it
// on everything it takes (tests/fuzz).  It refuses what two readers could
// understand differently: unknown fields, a singular field given twice, two
// payloads, wrong wire types, enumerations out of range, arrays of different
// length, items given twice, text that is not UTF-8 or holds a NUL.
#pragma once

#include <stddef.h>

#include "common/domain/event.h"
#include "common/domain/outcome.h"

// event_read fills *event with spans into body, which must outlive it.
// answers come out ascending by item.  dealer numbers and survey.complete are
// left 0/false: whoever knows directory and rulebook fills them.  On failure
// the outcome says what is wrong and where; *event is then unspecified, but
// for id and dealer_id when those were readable (length 0 / zero otherwise).
struct outcome event_read(struct span body, struct event *event);

// event_write encodes canonically (ascending field numbers, defaults left
// out) into out[capacity], returns the length, or 0 when it does not fit.  It
// writes all that event_read reads, and for canonical bytes those same bytes.
size_t event_write(const struct event *event, uint8_t *out, size_t capacity);

// An outline is what a purge of the journal leaves of a body: id, dealer and
// occurred_at, without a payload.  event_outline_read takes whole bodies too;
// true: these three are filled, and type, which is EVENT_NONE of an outline.
size_t event_outline_write(const struct event *event, uint8_t *out,
                           size_t capacity);
bool event_outline_read(struct span body, struct event *event);

// utf8_valid: well-formed UTF-8 without NUL.
bool utf8_valid(struct span text);
