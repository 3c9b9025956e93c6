// SPDX-License-Identifier: Apache-2.0
#include "terminal/draft.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/wire/event_code.h"
#include "terminal/event_place.h"

enum event_type
event_type_by_name(const char *name)
{
#define X(type, number)                                                        \
    if (strcmp(name, #type) == 0)                                              \
        return EVENT_##type;
    EVENT_TYPE_MAP(X)
#undef X
    return EVENT_NONE;
}

void
draft_begin(struct draft *draft, enum event_type type)
{
    draft->event = (struct event){.type = type};
    draft->length = 0;
    draft->comment = (struct span){NULL, 0};
}

static bool
foreign(const struct event *event, const char *name, struct fault *fault)
{
    char text[FAULT_TEXT_MAX];

    snprintf(text, sizeof text, "%s has no field %s",
             event_type_name((uint32_t)event->type), name);
    return fault_set(fault, CODE_BAD_FIELD, name, text);
}

bool
draft_set(struct draft *draft, enum map_field field, struct span text,
          struct fault *fault)
{
    const char *name = map_field_name(field);
    enum map_kind kind = map_field_kind(field);
    char copy[64], why[FAULT_TEXT_MAX];
    int64_t value;

    if (field == MAP_FIELD_COMMENT) {
        draft->comment = text;
        return true;
    }
    if (kind == MAP_TEXT || kind == MAP_BYTES) {
        struct span *place = place_of_text(&draft->event, field);
        if (!place)
            return foreign(&draft->event, name, fault);
        *place = text;
        return true;
    }
    snprintf(copy, sizeof copy, "%.*s", (int)text.length,
             (const char *)text.data);
    if (text.length >= sizeof copy ||
        !map_field_number(field, payload_type(&draft->event), copy, &value)) {
        snprintf(why, sizeof why, "\"%.60s\" is no %s", copy, name);
        return fault_set(fault, CODE_BAD_FIELD, name, why);
    }
    return place_number(&draft->event, field, value) ||
           foreign(&draft->event, name, fault);
}

bool
draft_set_time(struct draft *draft, enum map_time time, int64_t ms,
               struct fault *fault)
{
    int64_t *place = place_of_time(&draft->event, time);

    if (!place)
        return foreign(&draft->event, map_time_name(time), fault);
    *place = ms;
    return true;
}

bool
draft_answer(struct draft *draft, uint16_t item, uint8_t value,
             struct fault *fault)
{
    struct survey *survey = &draft->event.survey;

    if (!place_of_text(&draft->event, MAP_FIELD_QUESTIONNAIRE))
        return foreign(&draft->event, "answers", fault);
    if (survey->answer_count == SURVEY_ANSWERS_MAX)
        return fault_set(fault, CODE_TOO_LARGE, "answers", "too many answers");
    survey->answers[survey->answer_count++] =
        (struct answer){.item = item, .value = value};
    return true;
}

// bind puts the comment's hash into the event.
static bool
bind(struct draft *draft, struct fault *fault)
{
    if (draft->comment.length == 0)
        return true;
    if (draft->comment.length > WORDS_COMMENT_MAX)
        return fault_set(fault, CODE_TOO_LARGE, "comment",
                         "a comment has at most 2048 bytes");
    if (!utf8_valid(draft->comment))
        return fault_set(fault, CODE_BAD_TEXT, "comment", NULL);
    words_hash(span_of(draft->salt, sizeof draft->salt), draft->comment,
               draft->hash);
    draft->event.comment_hash = span_of(draft->hash, sizeof draft->hash);
    return true;
}

struct dealerpulse_body
draft_entry(const struct draft *draft)
{
    return (struct dealerpulse_body){
        .bytes = draft->body,
        .length = draft->length,
        .salt = draft->comment.length > 0 ? draft->salt : NULL,
        .comment = (const char *)draft->comment.data,
        .comment_length = draft->comment.length,
    };
}

bool
draft_encode(struct draft *draft, const struct event_id *id,
             struct fault *fault)
{
    struct event again;

    draft->event.id = *id;
    if (!bind(draft, fault))
        return false;
    draft->length = event_write(&draft->event, draft->body, sizeof draft->body);
    if (draft->length == 0)
        return fault_set(fault, CODE_TOO_LARGE, "", NULL);
    struct outcome outcome =
        event_read(span_of(draft->body, draft->length), &again);
    if (outcome.code == CODE_NONE)
        return true;
    return fault_set(fault, outcome.code, outcome.field, NULL);
}

bool
field_of_event(const char *name, enum map_field *field, enum map_time *time,
               bool *is_time)
{
    size_t length = strlen(name);
    *is_time = false;

    if (strcmp(name, "version") == 0)
        name = map_field_name(MAP_FIELD_QUESTIONNAIRE_VERSION);
    else if (strcmp(name, "complaint_action.dealer") == 0)
        name = map_field_name(MAP_FIELD_REASSIGN_TO);
    for (int i = 0; i < MAP_FIELD_COUNT; i++)
        if (strcmp(map_field_name((enum map_field)i), name) == 0) {
            *field = (enum map_field)i;
            return true;
        }
    *is_time = true;
    for (int i = 0; i < MAP_TIME_COUNT; i++) {
        const char *known = map_time_name((enum map_time)i);
        if (strncmp(known, name, strlen(known)) == 0 &&
            length == strlen(known) + 3) {
            *time = (enum map_time)i;
            return true;
        }
    }
    return false;
}
