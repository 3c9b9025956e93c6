// SPDX-License-Identifier: Apache-2.0
#include "terminal/event_dump.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/config/text.h"
#include "common/domain/notice.h"
#include "common/wire/event_code.h"
#include "terminal/event_place.h"
#include "terminal/id_text.h"
#include "terminal/spool_parts.h"

static json_t *
hex(const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;

    char *text = malloc(2 * length + 1);
    if (!text)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        text[2 * i] = digits[at[i] >> 4];
        text[2 * i + 1] = digits[at[i] & 15];
    }
    json_t *value = json_stringn(text, 2 * length);
    free(text);
    return value;
}

static json_t *
words(struct span text)
{
    return json_stringn((const char *)text.data, text.length);
}

static json_t *
number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static void
dump_texts(json_t *object, struct event *event)
{
    for (int i = 0; i < MAP_FIELD_COUNT; i++) {
        enum map_field field = (enum map_field)i;
        const struct span *text = place_of_text(event, field);
        if (!text || text->length == 0)
            continue;
        json_object_set_new(object, map_field_name(field),
                            map_field_kind(field) == MAP_BYTES
                                ? hex(text->data, text->length)
                                : words(*text));
    }
    for (int i = 0; i < MAP_TIME_COUNT; i++) {
        const int64_t *ms = place_of_time(event, (enum map_time)i);
        if (ms && *ms != 0)
            json_object_set_new(object, map_time_name((enum map_time)i),
                                json_integer(*ms));
    }
}

static void
dump_answers(json_t *object, const struct survey *survey)
{
    json_t *answers = json_object();
    char item[16];

    for (size_t i = 0; i < survey->answer_count; i++) {
        const struct answer *answer = &survey->answers[i];
        snprintf(item, sizeof item, "%u", answer->item);
        json_object_set_new(answers, item,
                            answer->value == ANSWER_NOT_APPLICABLE
                                ? json_null()
                                : json_integer(answer->value));
    }
    json_object_set_new(object, "questionnaire_version",
                        number(survey->version));
    json_object_set_new(object, "answers", answers);
}

static void
dump_control(json_t *object, const struct control *control)
{
    char id[ID_TEXT_SIZE];

    id_text_put(id, control->target.bytes);
    json_object_set_new(object, "target", json_string(id));
    json_object_set_new(
        object, "target_type",
        json_string(event_type_name((uint32_t)control->target_type)));
    json_object_set_new(object, "target_occurred_at",
                        json_integer(control->target_occurred_at));
}

// dump_notice adds what dump_texts does not: numbers, names and truths.
static void
dump_notice(json_t *object, const struct event *event)
{
    const struct notice_shape *shape = notice_shape(event->type);

    for (uint32_t n = 1; n < shape->count; n++) {
        const struct notice_field *field = &shape->fields[n];
        int64_t value = event->notice.values[n].number;
        if (notice_is_words(field) || field->form == NOTICE_TIME || value == 0)
            continue;
        json_object_set_new(object, field->name,
                            field->form == NOTICE_NAME
                                ? json_string(field->words[value - 1])
                            : field->form == NOTICE_BOOL ? json_true()
                                                         : json_integer(value));
    }
}

static json_t *
event_dump(struct event *event)
{
    json_t *object = json_object();

    json_object_set_new(object, "type",
                        json_string(event_type_name((uint32_t)event->type)));
    dump_texts(object, event);
    if (event_type_is_control(event->type))
        dump_control(object, &event->control);
    if (event_is_notice(event->type))
        dump_notice(object, event);
    else if (event_type_has_answers(event->type))
        dump_answers(object, &event->survey);
    else if (event->type == EVENT_COMPLAINT_ACTION)
        json_object_set_new(object, "kind", number(event->action.kind));
    else if (event->type == EVENT_COMPLAINT_OPENED)
        json_object_set_new(object, "class", number(event->complaint.class));
    else if (event->type == EVENT_COMPLAINT_VERDICT)
        json_object_set_new(object, "verdict", number(event->verdict));
    return object;
}

static void
dump_outcome(json_t *object, const struct dealerpulse_entry *entry)
{
    if (entry->place == DEALERPULSE_KEPT)
        json_object_set_new(object, "position", number(entry->position));
    if (entry->code == 0)
        return;
    json_object_set_new(object, "code", json_string(entry->code_name));
    if (entry->field[0])
        json_object_set_new(object, "field", json_string(entry->field));
    json_object_set_new(object, "tries", number(entry->tries));
}

json_t *
entry_dump(const struct dealerpulse_entry *entry)
{
    struct event event;
    char id[ID_TEXT_SIZE];
    json_t *object = json_object();

    if (!object)
        return NULL;
    id_text_put(id, entry->id);
    json_object_set_new(object, "seq", number(entry->seq));
    json_object_set_new(object, "state",
                        json_string(spool_place(entry->place)));
    json_object_set_new(object, "id", json_string(id));
    json_object_set_new(object, "recorded_at_ms",
                        json_integer(entry->recorded_at_ms));
    dump_outcome(object, entry);
    if (entry->damaged)
        json_object_set_new(object, "damaged", json_true());
    else if (event_read(span_of(entry->body, entry->length), &event).kind ==
             OUTCOME_ACCEPTED)
        json_object_set_new(object, "event", event_dump(&event));
    json_object_set_new(object, "body", hex(entry->body, entry->length));
    if (entry->salt_length > 0)
        json_object_set_new(object, "salt",
                            hex(entry->salt, entry->salt_length));
    if (entry->comment_length > 0)
        json_object_set_new(
            object, "comment",
            words(span_of(entry->comment, entry->comment_length)));
    return object;
}
