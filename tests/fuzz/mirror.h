// SPDX-License-Identifier: Apache-2.0
//
// mirror: events as protobuf-c's generated code reads and writes them, to hold
// common/wire against.
#pragma once

#include "common/domain/event.h"
#include "event.pb-c.h"
#include "tests/support/dice.h"

struct mirror {
    Dealerpulse__Event *message;
    struct event event; // lent by message
};

// mirror_open unpacks a body; false when protobuf-c refuses it or it holds no
// payload that this version folds.  Nothing is judged.
bool mirror_open(struct mirror *mirror, struct span body);
void mirror_close(struct mirror *mirror);

// mirror_write packs an event with protobuf-c; with defaults it also states
// numbers that are what an absent field reads as.  Returns the length; out has
// EVENT_BODY_MAX.
size_t mirror_write(const struct event *event, bool defaults, uint8_t *out);

// events_differ names the first field in which two events of a known type
// differ, NULL when they are the same.
const char *events_differ(const struct event *a, const struct event *b);

// event_random makes a valid event of a folded type; its spans point into
// memory of at least EVENT_TEXTS_MAX bytes.
enum { EVENT_TEXTS_MAX = 1024 };
void event_random(struct event *event, struct dice *dice, uint8_t *texts);
