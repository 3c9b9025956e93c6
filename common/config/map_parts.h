// SPDX-License-Identifier: Apache-2.0
//
// map_parts: the sections of a map file, inside common/config only.
#pragma once

#include "common/config/map.h"
#include "common/config/pool.h"
#include "common/config/yaml_value.h"

struct map_draft {
    struct pool *pool;
    struct import_map *map;
    const char **columns; // room for MAP_COLUMNS_MAX
    bool out_of_memory;
};

// map_take is pool_take that remembers a failure in the draft; map_text
// likewise for pool_text (never NULL: "" without memory).
void *map_take(struct map_draft *draft, size_t count, size_t size);
const char *map_text(struct map_draft *draft, struct span text);

// map_value reads a scalar's text, which may be empty; false with a problem
// for anything else.
bool map_value(struct node node, struct span *text);

// map_texts reads one text or a list of them and returns how many.
size_t map_texts(struct map_draft *draft, struct node node,
                 const char *const **out);

// map_column returns the index of a column in map->columns, added if new.
bool map_column(struct map_draft *draft, struct node node, struct span name,
                size_t *out);

// map_source reads a value's source: a text, or {column: x} and the like.
// The node may have further keys, which somebody else asks for.
bool map_source(struct map_draft *draft, struct node node,
                struct source *source);

// map_template reads "D{row0 mod 10}".
bool map_template(struct map_draft *draft, struct node node, struct span text,
                  struct source *source);

void map_field_check(struct node node, enum map_field field,
                     enum event_type type, const struct source *source);
bool map_field_fits(enum map_field field, enum event_type type);

void map_time(struct map_draft *draft, struct node node,
              struct time_source *time);
bool map_time_fits(enum map_time time, enum event_type type);

void map_key(struct map_draft *draft, struct node root);
void map_events(struct map_draft *draft, struct node root);
