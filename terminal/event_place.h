// SPDX-License-Identifier: Apache-2.0
//
// event_place: where in an event the fields stand that maps name.
//
// A CORRECT has the fields of its target's type.
#pragma once

#include "common/config/map.h"
#include "common/domain/event.h"

// payload_type is the type whose payload the event carries.
enum event_type payload_type(const struct event *event);

// place_of_text, place_of_time: NULL when the event's type has no such field,
// or it is none of this form.
struct span *place_of_text(struct event *event, enum map_field field);
int64_t *place_of_time(struct event *event, enum map_time time);

// place_number puts a number, name or truth where it belongs; false when the
// event's type has no such field.  map_field_number has read the value.
bool place_number(struct event *event, enum map_field field, int64_t value);
