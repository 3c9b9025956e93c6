// SPDX-License-Identifier: Apache-2.0
//
// voided: which events are taken back, worked out from all events of a journal,
// in any order.  An event is, while one VOID of it was not taken back itself.
#pragma once

#include "common/domain/event.h"
#include "common/status.h"

struct voided;

MUST_USE enum status voided_open(struct voided **out);
void voided_close(struct voided *voided); // NULL is fine

// voided_hear takes note of an event; all but VOID and UNVOID are ignored.
MUST_USE enum status voided_hear(struct voided *voided,
                                 const struct event *event);

// voided_settle ends the hearing; false: nothing is taken back.
bool voided_settle(struct voided *voided);

// voided_has tells whether an event is taken back.
bool voided_has(const struct voided *voided, const struct event *event);
