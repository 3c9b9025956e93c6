// SPDX-License-Identifier: Apache-2.0
//
// mapper: what an import map makes of one row.
#pragma once

#include <stddef.h>

#include "client/dealerpulse.h"
#include "common/config/map.h"
#include "terminal/draft.h"
#include "terminal/rows.h"

struct mapped_event {
    const struct map_event *from;
    struct event_id id;
    const struct event *event;
    struct span body;
    struct span salt, comment; // empty: none
};

struct mapper;

MUST_USE enum status mapper_open(struct mapper **out,
                                 const struct import_map *map);
void mapper_close(struct mapper *mapper); // NULL is fine

// mapper_row makes the events of a row: those whose conditions hold.  False
// when one of them cannot be made; the row then gives none and fault says why.
// Everything is lent until the next call.
bool mapper_row(struct mapper *mapper, const struct row *row,
                const struct mapped_event **events, size_t *count,
                struct fault *fault);

// mapper_item_column names the column an answer comes from, "" for none.
const char *mapper_item_column(const struct mapper *mapper,
                               const struct map_event *event, uint16_t item);

// mapper_column names the column a field of an event comes from, given the
// field's name in an outcome; "" when it is none.
const char *mapper_column(const struct mapper *mapper,
                          const struct map_event *event, const char *field);
