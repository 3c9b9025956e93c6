// SPDX-License-Identifier: Apache-2.0
#include "terminal/mapper.h"

#include <stdio.h>
#include <stdlib.h>

#include "terminal/fill.h"
#include "terminal/natural_key.h"

enum { ROW_SCRATCH = 1 << 18 };

struct mapper {
    const struct import_map *map;
    struct scratch scratch;
    size_t count;
    struct mapped_event events[MAP_EVENTS_MAX];
    struct draft drafts[MAP_EVENTS_MAX];
};

enum status
mapper_open(struct mapper **out, const struct import_map *map)
{
    struct mapper *mapper = calloc(1, sizeof *mapper);
    if (!mapper)
        return STATUS_SYSTEM;
    mapper->map = map;
    mapper->scratch.capacity = ROW_SCRATCH;
    mapper->scratch.data = malloc(ROW_SCRATCH);
    if (!mapper->scratch.data) {
        free(mapper);
        return STATUS_SYSTEM;
    }
    *out = mapper;
    return STATUS_OK;
}

void
mapper_close(struct mapper *mapper)
{
    if (!mapper)
        return;
    free(mapper->scratch.data);
    free(mapper);
}

// --- Conditions --------------------------------------------------------------

static bool
holds(const struct map_condition *condition, const struct row *row)
{
    struct span cell = row->cells[condition->column];

    for (size_t i = 0; i < condition->text_count; i++)
        if (span_equal(cell, span_text(condition->texts[i])))
            return !condition->negated;
    return condition->negated;
}

static bool
is_wanted(const struct map_event *event, const struct row *row)
{
    for (size_t i = 0; i < event->condition_count; i++)
        if (!holds(&event->conditions[i], row))
            return false;
    return true;
}

// --- Events ------------------------------------------------------------------

const char *
mapper_column(const struct mapper *mapper, const struct map_event *event,
              const char *field)
{
    enum map_field number = MAP_FIELD_DEALER;
    enum map_time time = MAP_TIME_OCCURRED_AT;
    bool is_time;

    if (!field_of_event(field, &number, &time, &is_time))
        return "";
    return source_column(mapper->map, is_time ? &event->times[time].base
                                              : &event->fields[number]);
}

const char *
mapper_item_column(const struct mapper *mapper, const struct map_event *event,
                   uint16_t item)
{
    for (size_t i = 0; i < event->answer_count; i++)
        if (event->answers[i].item == item)
            return source_column(mapper->map, &event->answers[i].value);
    return "";
}

static struct event_id
id_of(const struct map_event *from, const struct event *event,
      const struct import_map *map, struct span key)
{
    char dealer[DEALER_ID_MAX + 1];
    struct event_id id;

    snprintf(dealer, sizeof dealer, "%.*s", (int)event->dealer_id.length,
             (const char *)event->dealer_id.data);
    dealerpulse_imported_id(id.bytes, event->occurred_at, dealer,
                            (uint32_t)from->type, map->name, from->ordinal,
                            key.data, key.length);
    return id;
}

static bool
make_event(struct mapper *mapper, const struct source_row *row,
           const struct map_event *from, struct span key, struct fault *fault)
{
    struct draft *draft = &mapper->drafts[mapper->count];
    struct mapped_event *made = &mapper->events[mapper->count];

    draft_begin(draft, from->type);
    if (!fill_draft(row, from, draft, fault))
        return false;
    *made = (struct mapped_event){
        .from = from,
        .id = id_of(from, &draft->event, mapper->map, key),
        .event = &draft->event,
    };
    words_salt_imported(span_of(made->id.bytes, sizeof made->id.bytes),
                        draft->salt);
    if (!draft_encode(draft, &made->id, fault)) {
        const char *column = mapper_column(mapper, from, fault->column);
        if (column[0])
            snprintf(fault->column, sizeof fault->column, "%s", column);
        return false;
    }
    made->body = span_of(draft->body, draft->length);
    made->comment = draft->comment;
    if (made->comment.length > 0)
        made->salt = span_of(draft->salt, sizeof draft->salt);
    mapper->count += 1;
    return true;
}

bool
mapper_row(struct mapper *mapper, const struct row *row,
           const struct mapped_event **events, size_t *count,
           struct fault *fault)
{
    const struct import_map *map = mapper->map;
    struct natural_key_value key;
    struct source_row source = {
        .map = map, .row = row, .key = "", .scratch = &mapper->scratch};

    mapper->scratch.used = 0;
    mapper->count = 0;
    if (!natural_key_read(&source, &key, fault))
        return false;
    source.key = key.text;
    for (size_t i = 0; i < map->event_count; i++)
        if (is_wanted(&map->events[i], row) &&
            !make_event(mapper, &source, &map->events[i], key.bytes, fault))
            return false;
    *events = mapper->events;
    *count = mapper->count;
    return true;
}
