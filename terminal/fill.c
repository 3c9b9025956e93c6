// SPDX-License-Identifier: Apache-2.0
#include "terminal/fill.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/config/when.h"

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

bool
fill_draft(const struct source_row *row, const struct map_event *event,
           struct draft *draft, struct fault *fault)
{
    return set_fields(row, event, draft, fault) &&
           set_times(row, event, draft, fault) &&
           set_answers(row, event, draft, fault);
}
