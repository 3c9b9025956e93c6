// SPDX-License-Identifier: Apache-2.0
#include "terminal/event_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/config/when.h"
#include "terminal/event_place.h"

static bool
bad(struct fault *fault, const char *name, const char *text)
{
    return fault_set(fault, CODE_BAD_FIELD, name, text);
}

// --- Values ------------------------------------------------------------------

static bool
read_instant(json_t *value, const char *name, int64_t *ms, struct fault *fault)
{
    if (json_is_integer(value)) {
        *ms = json_integer_value(value);
        return true;
    }
    if (json_is_string(value) &&
        when_read(span_text(json_string_value(value)), "iso", 0, ms))
        return true;
    return bad(fault, name,
               "an instant is 2026-01-31T08:30:00+08:00, or ms since 1970");
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// read_hex reads pairs of lower-case digits, hyphens between them allowed.
static bool
read_hex(const char *text, uint8_t *out, size_t max, size_t *length)
{
    *length = 0;
    while (*text) {
        if (*text == '-') {
            text++;
            continue;
        }
        int high = hex_digit(text[0]);
        int low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0 || *length == max)
            return false;
        out[(*length)++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return true;
}

static bool
read_id(json_t *value, const char *name, struct event_id *id,
        struct fault *fault)
{
    size_t length = 0;

    if (json_is_string(value) &&
        read_hex(json_string_value(value), id->bytes, sizeof id->bytes,
                 &length) &&
        length == sizeof id->bytes)
        return true;
    return bad(fault, name,
               "an event id is 32 hex digits, as spool ls shows it");
}

// --- Fields ------------------------------------------------------------------

// set_bytes sets a field of bytes; they replace the text in place.
static bool
set_bytes(struct draft *draft, enum map_field field, json_t *value,
          struct fault *fault)
{
    uint8_t bytes[PERSON_KEY_MAX];
    size_t length = 0;

    if (!json_is_string(value) ||
        !read_hex(json_string_value(value), bytes, sizeof bytes, &length))
        return bad(fault, map_field_name(field),
                   "a key or hash is hex digits, at most 32 bytes of them");
    uint8_t *place = (uint8_t *)(uintptr_t)json_string_value(value);
    memcpy(place, bytes, length); // shorter than the digits it was read from
    return draft_set(draft, field, span_of(place, length), fault);
}

// set_parent makes a survey a re-survey of the response it names.
static bool
set_parent(struct draft *draft, json_t *value, struct fault *fault)
{
    if (!place_of_text(&draft->event, MAP_FIELD_QUESTIONNAIRE))
        return bad(fault, "parent", "only a SURVEY_RESPONSE has a parent");
    draft->event.survey.resurvey = true;
    return read_id(value, "parent", &draft->event.survey.parent, fault);
}

static bool
set_field(struct draft *draft, enum map_field field, json_t *value,
          struct fault *fault)
{
    char number[32];

    if (map_field_kind(field) == MAP_BYTES)
        return set_bytes(draft, field, value, fault);
    if (json_is_string(value))
        return draft_set(
            draft, field,
            span_of(json_string_value(value), json_string_length(value)),
            fault);
    if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(number, sizeof number, json_is_true(value) ? "true" : "false");
    else
        return bad(fault, map_field_name(field),
                   "this is no text, whole number, true or false");
    if (map_field_kind(field) == MAP_TEXT)
        return bad(fault, map_field_name(field), "this field is a text");
    return draft_set(draft, field, span_text(number), fault);
}

// set_answer reads one member of "answers".
static bool
set_answer(struct draft *draft, const char *item, json_t *value,
           struct fault *fault)
{
    char *end;
    long number = strtol(item, &end, 10);
    json_int_t answer = json_is_integer(value) ? json_integer_value(value) : -1;

    if (*end || end == item || number < 1 || number > UINT16_MAX)
        return bad(fault, "answers", "an answer's name is its item's number");
    if (json_is_null(value))
        return draft_answer(draft, (uint16_t)number, ANSWER_NOT_APPLICABLE,
                            fault);
    if (answer < 0 || answer > 100)
        return fault_set(fault, CODE_OFF_SCALE, "answers",
                         "an answer is a whole number from 0 to 100, or null");
    return draft_answer(draft, (uint16_t)number, (uint8_t)answer, fault);
}

static int
compare_answers(const void *a, const void *b)
{
    const struct answer *left = a, *right = b;
    return (left->item > right->item) - (left->item < right->item);
}

static bool
set_answers(struct draft *draft, json_t *answers, struct fault *fault)
{
    struct survey *survey = &draft->event.survey;
    const char *item;
    json_t *value;

    if (!json_is_object(answers))
        return bad(fault, "answers", "answers is an object, item to value");
    json_object_foreach(answers, item, value)
    {
        if (!set_answer(draft, item, value, fault))
            return false;
    }
    qsort(survey->answers, survey->answer_count, sizeof survey->answers[0],
          compare_answers);
    return true;
}

// --- Controls ----------------------------------------------------------------

// set_control takes what names a control's target.  It comes first: a CORRECT's
// fields are those of the target's type.
static bool
set_control(struct draft *draft, json_t *object, struct fault *fault)
{
    struct control *control = &draft->event.control;
    json_t *target = json_object_get(object, "target");
    json_t *type = json_object_get(object, "target_type");
    json_t *at = json_object_get(object, "target_occurred_at");
    json_t *other = json_object_get(object, "control");

    if (!target || !type || !at)
        return fault_set(fault, CODE_MISSING_FIELD, "target",
                         "a control needs target, target_type and "
                         "target_occurred_at");
    if (json_is_string(type))
        control->target_type = event_type_by_name(json_string_value(type));
    if (control->target_type == EVENT_NONE)
        return bad(fault, "target_type", "there is no such event type");
    return read_id(target, "target", &control->target, fault) &&
           read_instant(at, "target_occurred_at", &control->target_occurred_at,
                        fault) &&
           (!other || read_id(other, "control", &control->control, fault));
}

static bool
is_of_control(const char *name)
{
    return strcmp(name, "target") == 0 || strcmp(name, "target_type") == 0 ||
           strcmp(name, "target_occurred_at") == 0 ||
           strcmp(name, "control") == 0;
}

// --- The object --------------------------------------------------------------

static bool
set_member(struct draft *draft, const char *name, json_t *value,
           struct fault *fault)
{
    int64_t ms;

    if (strcmp(name, "answers") == 0)
        return set_answers(draft, value, fault);
    if (strcmp(name, "parent") == 0)
        return set_parent(draft, value, fault);
    for (int i = 0; i < MAP_FIELD_COUNT; i++)
        if (strcmp(name, map_field_name((enum map_field)i)) == 0)
            return set_field(draft, (enum map_field)i, value, fault);
    for (int i = 0; i < MAP_TIME_COUNT; i++)
        if (strcmp(name, map_time_name((enum map_time)i)) == 0)
            return read_instant(value, name, &ms, fault) &&
                   draft_set_time(draft, (enum map_time)i, ms, fault);
    return bad(fault, name, "no event has a field of this name");
}

bool
event_json_read(json_t *object, struct draft *draft, struct fault *fault)
{
    json_t *named = json_object_get(object, "type");
    const char *name;
    json_t *value;

    if (!json_is_string(named))
        return fault_set(fault, CODE_MISSING_FIELD, "type",
                         "an event needs its type, like SURVEY_RESPONSE");
    enum event_type type = event_type_by_name(json_string_value(named));
    if (type == EVENT_NONE)
        return fault_set(fault, CODE_UNKNOWN_TYPE, "type", NULL);
    draft_begin(draft, type);
    if (event_type_is_control(type) && !set_control(draft, object, fault))
        return false;
    json_object_foreach(object, name, value)
    {
        if (strcmp(name, "type") == 0 ||
            (event_type_is_control(type) && is_of_control(name)))
            continue;
        if (!set_member(draft, name, value, fault))
            return false;
    }
    return true;
}
