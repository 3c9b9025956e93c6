// SPDX-License-Identifier: Apache-2.0
//
// event_json: one event as a JSON object, with the names of import maps.
//
//   {"type": "SURVEY_RESPONSE", "dealer": "D1", "visit": "v-17",
//    "occurred_at": "2026-10-05T09:30:00+08:00", "questionnaire": "sales",
//    "questionnaire_version": 1, "answers": {"1": 9, "2": 10, "3": null}}
//
// Instants are ISO 8601 (UTC without an offset) or ms since 1970; a null answer
// means "does not apply"; customer and vehicle are hex.  Controls add target,
// target_type, target_occurred_at and, for UNVOID and RELEASE, control; CORRECT
// carries the fields of its target's type.  Unknown names are faults.
#pragma once

#include <jansson.h>

#include "terminal/draft.h"

// event_json_read fills the draft; its texts are lent by the object.
bool event_json_read(json_t *object, struct draft *draft, struct fault *fault);
