// SPDX-License-Identifier: Apache-2.0
//
// check: whether one event, taken alone, may be stored.
//
// What a collector can judge without a second event: the sender's right, the
// dealer, the time, the questionnaire and its scales.  Anything that needs
// another event is the entity's business (rulings A4).
#pragma once

#include "common/domain/directory.h"
#include "common/domain/event.h"
#include "common/domain/outcome.h"
#include "common/domain/rulebook.h"

// Numbers are those of Role in proto/terminal.proto.
enum role {
    ROLE_NONE,
    ROLE_DEALER,
    ROLE_HQ,
    ROLE_AUDITOR,
    ROLE_REPORTER,
    ROLE_COLLECTOR,
};

// role_may_send tells whether a role may send events of a type at all: only HQ
// sends controls, verdicts and invoices; audits come from HQ and auditors.
bool role_may_send(enum role role, enum event_type type);

// check_event returns CODE_NONE's outcome or the first thing wrong: first what
// is wrong for good, then what may change.  It fills event->survey.complete
// (also a CORRECT's).  now is the receiver's clock.  Look-back and future are
// those of the version valid now, questionnaires those of the version valid
// when the event (for a CORRECT: its target) happened.
struct outcome check_event(struct event *event,
                           const struct rulebook_history *history,
                           const struct directory *directory, int64_t now);
