// SPDX-License-Identifier: Apache-2.0
//
// event_parts: the payloads of an Event, one reader each; internal to
// event_code.
#pragma once

#include "common/domain/event.h"
#include "common/wire/record.h"

// Readers fill all of their payload in the event; spans point into bytes.
struct fault survey_read(struct span bytes, struct survey *survey);
struct fault invitation_read(struct span bytes, struct event *event);
struct fault visit_read(struct span bytes, struct event *event);
struct fault complaint_read(struct span bytes, struct event *event);
struct fault action_read(struct span bytes, struct complaint_action *action);
struct fault verdict_read(struct span bytes, struct event *event);
struct fault notice_read(struct span bytes, enum event_type type,
                         struct notice *notice);

// control_read fills control, reason and evidence, and the payload with a
// CORRECT's replacement.
struct fault control_read(struct span bytes, struct event *event);
