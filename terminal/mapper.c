// SPDX-License-Identifier: Apache-2.0
#include "terminal/mapper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/config/when.h"
#include "terminal/natural_key.h"
#include "terminal/source.h"

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

// --- Fields ------------------------------------------------------------------

// blame puts the column in the place of the field a draft complains about.
static bool
blame(const struct source_row *row, const struct source *source,
      struct fault *fault)
{
    const char *column = source_column(row->map, source);
    if (column[0])
        snprintf(fault->column, sizeof fault->column, "%s", column);
    return false;
}

static bool
set_fields(const struct source_row *row, const struct map_event *event,
           struct draft *draft, struct fault *fault)
{
    for (int i = 0; i < MAP_FIELD_COUNT; i++) {
        const struct source *source = &event->fields[i];
        struct span text;
        if (source->kind == SOURCE_ABSENT)
            continue;
        enum source_result result = source_text(row, source, &text, fault);
        if (result == SOURCE_IS_FAULTY)
            return false;
        if (result == SOURCE_IS_TEXT &&
            !draft_set(draft, (enum map_field)i, text, fault))
            return blame(row, source, fault);
    }
    return true;
}

// whole_number reads a text that may be negative; absent_is for an absent one.
static enum source_result
whole_number(const struct source_row *row, const struct source *source,
             int64_t *number, struct fault *fault)
{
    struct span text;
    char *end;

    enum source_result result = source_text(row, source, &text, fault);
    if (result != SOURCE_IS_TEXT)
        return result;
    errno = 0;
    *number = strtoll((const char *)text.data, &end, 10);
    if (errno == 0 && *end == '\0' && text.length > 0)
        return SOURCE_IS_TEXT;
    fault_set(fault, CODE_BAD_FIELD, source_column(row->map, source),
              "this is no whole number");
    return SOURCE_IS_FAULTY;
}

// add_part adds scaled `source` to *ms; a source that is not given adds 0.
static enum source_result
add_part(const struct source_row *row, const struct source *source,
         int64_t scale, int64_t *ms, struct fault *fault)
{
    int64_t number = 0, scaled;

    if (source->kind == SOURCE_ABSENT)
        return SOURCE_IS_TEXT;
    enum source_result result = whole_number(row, source, &number, fault);
    if (result != SOURCE_IS_TEXT)
        return result;
    if (__builtin_mul_overflow(number, scale, &scaled) ||
        __builtin_add_overflow(*ms, scaled, ms)) {
        fault_set(fault, CODE_BAD_FIELD, source_column(row->map, source),
                  "this is too far away in time");
        return SOURCE_IS_FAULTY;
    }
    return SOURCE_IS_TEXT;
}

static enum source_result
read_time(const struct source_row *row, const struct time_source *time,
          int64_t *ms, struct fault *fault)
{
    char why[FAULT_TEXT_MAX];
    struct span text;

    enum source_result result = source_text(row, &time->base, &text, fault);
    if (result != SOURCE_IS_TEXT)
        return result;
    if (!when_read(text, time->format, row->map->offset_s, ms)) {
        snprintf(why, sizeof why, "\"%.60s\" is no time of the form %.60s",
                 (const char *)text.data, time->format);
        fault_set(fault, CODE_BAD_FIELD, source_column(row->map, &time->base),
                  why);
        return SOURCE_IS_FAULTY;
    }
    result = add_part(row, &time->plus_days, DAY_MS, ms, fault);
    return result == SOURCE_IS_TEXT
               ? add_part(row, &time->plus_ms, 1, ms, fault)
               : result;
}

static bool
set_times(const struct source_row *row, const struct map_event *event,
          struct draft *draft, struct fault *fault)
{
    for (int i = 0; i < MAP_TIME_COUNT; i++) {
        const struct time_source *time = &event->times[i];
        int64_t ms = 0;
        if (time->base.kind == SOURCE_ABSENT)
            continue;
        enum source_result result = read_time(row, time, &ms, fault);
        if (result == SOURCE_IS_FAULTY)
            return false;
        if (result == SOURCE_IS_ABSENT && i == MAP_TIME_OCCURRED_AT)
            return fault_set(fault, CODE_MISSING_FIELD,
                             source_column(row->map, &time->base),
                             "the event needs its time");
        if (result == SOURCE_IS_TEXT &&
            !draft_set_time(draft, (enum map_time)i, ms, fault))
            return blame(row, &time->base, fault);
    }
    return true;
}

static bool
is_not_applicable(const struct map_event *event, struct span text)
{
    for (size_t i = 0; i < event->not_applicable_count; i++)
        if (span_equal(text, span_text(event->not_applicable[i])))
            return true;
    return false;
}

static bool
set_answer(const struct source_row *row, const struct map_event *event,
           const struct map_answer *answer, struct draft *draft,
           struct fault *fault)
{
    char why[FAULT_TEXT_MAX];
    struct span text;
    unsigned value;

    enum source_result result = source_text(row, &answer->value, &text, fault);
    if (result != SOURCE_IS_TEXT)
        return result == SOURCE_IS_ABSENT;
    if (is_not_applicable(event, text))
        return draft_answer(draft, answer->item, ANSWER_NOT_APPLICABLE, fault);
    const char *digits = (const char *)text.data;
    size_t length = strspn(digits, "0123456789");
    value = length >= 1 && length <= 3 ? (unsigned)atoi(digits) : UINT32_MAX;
    if (length != text.length || value > 100) {
        snprintf(why, sizeof why, "\"%.60s\" is no answer from 0 to 100",
                 digits);
        return fault_set(fault, CODE_OFF_SCALE,
                         source_column(row->map, &answer->value), why);
    }
    return draft_answer(draft, answer->item, (uint8_t)value, fault);
}

static bool
set_answers(const struct source_row *row, const struct map_event *event,
            struct draft *draft, struct fault *fault)
{
    for (size_t i = 0; i < event->answer_count; i++)
        if (!set_answer(row, event, &event->answers[i], draft, fault))
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
    if (!set_fields(row, from, draft, fault) ||
        !set_times(row, from, draft, fault) ||
        !set_answers(row, from, draft, fault))
        return false;
    *made = (struct mapped_event){
        .from = from,
        .id = id_of(from, &draft->event, mapper->map, key),
        .event = &draft->event,
    };
    if (!draft_encode(draft, &made->id, fault)) {
        const char *column = mapper_column(mapper, from, fault->column);
        if (column[0])
            snprintf(fault->column, sizeof fault->column, "%s", column);
        return false;
    }
    made->body = span_of(draft->body, draft->length);
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
