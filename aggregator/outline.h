// SPDX-License-Identifier: Apache-2.0
//
// outline: what a purge leaves of a record.
//
// Position, time and the head before it; of each parcel who, when and how; of
// each event its number, id, dealer and occurred_at (event_outline_write).
// Whole stay: publications, VOID and UNVOID, which say what counts, and what
// this version cannot read.  Conflicts, comments and signatures go.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/event.h"
#include "common/span.h"
#include "common/status.h"

struct outliner { // zero to begin with
    uint8_t *room;
    size_t capacity;
};
void outliner_free(struct outliner *outliner);

// outline_shortens tells whether something of an event's body goes, and reads
// what stays.
bool outline_shortens(struct span body, struct event *event);

// outline_record lends the outline until the next call; that of an outline is
// the same again.  STATUS_CORRUPT: it is no record.
MUST_USE enum status outline_record(struct outliner *outliner,
                                    struct span record, struct span *out);
