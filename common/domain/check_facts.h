// SPDX-License-Identifier: Apache-2.0
//
// check_facts: whether what one event says is in order, whenever it arrives.
#pragma once

#include "common/domain/check.h"

// check_facts looks at names, control and payload; not at the event's own
// dealer and time.  The history holds at least one version.
struct outcome check_facts(struct event *event,
                           const struct rulebook_history *history,
                           const struct directory *directory);

// dealer_is_known: headquarters lists the dealer; "HQ" is always known.
bool dealer_is_known(const struct directory *directory, struct span id);
