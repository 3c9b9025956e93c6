// SPDX-License-Identifier: Apache-2.0
//
// event_parts: the payloads of an Event, one reader each; internal to
// event_code.
#pragma once

#include "common/domain/event.h"
#include "common/wire/record.h"

// Readers fill their whole value; spans point into bytes.
struct fault survey_read(struct span bytes, struct survey *survey);
struct fault invitation_read(struct span bytes);
struct fault visit_read(struct span bytes, struct visit *visit);
struct fault complaint_read(struct span bytes, struct complaint *complaint);
struct fault action_read(struct span bytes, struct complaint_action *action);
struct fault verdict_read(struct span bytes, enum verdict *verdict);

// control_read also reads a CORRECT's replacement into event's payload.
struct fault control_read(struct span bytes, struct event *event);
