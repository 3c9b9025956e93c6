// SPDX-License-Identifier: Apache-2.0
//
// event_dump: an event as JSON, for people and for `spool load`.
//
// `body` (hex) and, of a comment, `salt` and `comment` are what counts; `event`
// shows what the body says, with the names of import maps.
#pragma once

#include <jansson.h>

#include "client/dealerpulse.h"

// entry_dump returns a new object, NULL without memory.
json_t *entry_dump(const struct dealerpulse_entry *entry);
