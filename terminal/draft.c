// SPDX-License-Identifier: Apache-2.0
#include "terminal/draft.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/wire/event_code.h"

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
}

// facts_type is the type whose payload the event carries.
static enum event_type
facts_type(const struct event *event)
{
    return event->type == EVENT_CORRECT ? event->control.target_type
                                        : event->type;
}

static bool
foreign(const struct event *event, const char *name, struct fault *fault)
{
    char text[FAULT_TEXT_MAX];

    snprintf(text, sizeof text, "%s has no field %s",
             event_type_name((uint32_t)event->type), name);
    return fault_set(fault, CODE_BAD_FIELD, name, text);
}

// --- Texts and bytes ---------------------------------------------------------

static struct span *
text_of(struct event *event, enum map_field field)
{
    bool is_survey = facts_type(event) == EVENT_SURVEY_RESPONSE;
    bool is_action = facts_type(event) == EVENT_COMPLAINT_ACTION;

    if (field == MAP_FIELD_DEALER)
        return &event->dealer_id;
    if (field == MAP_FIELD_VISIT)
        return &event->visit;
    if (field == MAP_FIELD_INVITATION)
        return &event->invitation;
    if (field == MAP_FIELD_COMPLAINT)
        return &event->complaint_id;
    if (field == MAP_FIELD_CUSTOMER)
        return &event->customer;
    if (field == MAP_FIELD_VEHICLE)
        return &event->vehicle;
    if (field == MAP_FIELD_QUESTIONNAIRE && is_survey)
        return &event->survey.questionnaire;
    if (field == MAP_FIELD_REASSIGN_TO && is_action)
        return &event->action.dealer_id;
    return NULL;
}

// --- Numbers -----------------------------------------------------------------

// set_head sets what every event has.
static bool
set_head(struct event *event, enum map_field field, int64_t value)
{
    if (field == MAP_FIELD_ISSUER)
        event->issuer = (enum issuer)value;
    else if (field == MAP_FIELD_MODE)
        event->mode = (uint8_t)value;
    else if (field == MAP_FIELD_CHANNEL)
        event->channel = (uint8_t)value;
    else if (field == MAP_FIELD_PHASE)
        event->phase = (uint8_t)value;
    else if (field == MAP_FIELD_TOUCHPOINT)
        event->touchpoint = (uint8_t)value;
    else
        return false;
    return true;
}

static bool
set_visit(struct visit *visit, enum map_field field, int64_t value)
{
    if (field == MAP_FIELD_WARRANTY) {
        visit->warranty = value != 0;
    } else if (field == MAP_FIELD_FIRST_VISIT) {
        visit->first_visit = value != 0;
    } else if (field == MAP_FIELD_ELIGIBLE) {
        visit->eligible = value != 0;
    } else if (field == MAP_FIELD_ESTIMATE_FEN) {
        visit->has_estimate = true;
        visit->estimate_fen = value;
    } else if (field == MAP_FIELD_SETTLED_FEN) {
        visit->has_settled = true;
        visit->settled_fen = value;
    } else if (field == MAP_FIELD_MARGIN_FEN) {
        visit->margin_fen = value;
    } else {
        return false;
    }
    return true;
}

static bool
set_complaint(struct complaint *complaint, enum map_field field, int64_t value)
{
    if (field == MAP_FIELD_CLASS)
        complaint->class = (enum complaint_class)value;
    else if (field == MAP_FIELD_SEVERITY && value >= 0 && value <= UINT8_MAX)
        complaint->severity = (uint8_t)value;
    else
        return false;
    return true;
}

static bool
set_action(struct complaint_action *action, enum map_field field, int64_t value)
{
    if (field == MAP_FIELD_KIND)
        action->kind = (enum action_kind)value;
    else if (field == MAP_FIELD_CLASS)
        action->class = (enum complaint_class)value;
    else if (field == MAP_FIELD_AMOUNT_FEN)
        action->amount_fen = value;
    else if (field == MAP_FIELD_HAS_ROOT_CAUSE)
        action->root_cause = span_text(value != 0 ? "unspecified" : "");
    else if (field == MAP_FIELD_HAS_NEXT_STEP)
        action->next_step = span_text(value != 0 ? "unspecified" : "");
    else
        return false;
    return true;
}

static bool
set_number(struct event *event, enum map_field field, int64_t value)
{
    enum event_type type = facts_type(event);

    if (set_head(event, field, value))
        return true;
    if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED)
        return set_visit(&event->visit_facts, field, value);
    if (type == EVENT_COMPLAINT_OPENED)
        return set_complaint(&event->complaint, field, value);
    if (type == EVENT_COMPLAINT_ACTION)
        return set_action(&event->action, field, value);
    if (type == EVENT_COMPLAINT_VERDICT && field == MAP_FIELD_VERDICT) {
        event->verdict = (enum verdict)value;
        return true;
    }
    if (type == EVENT_SURVEY_RESPONSE &&
        field == MAP_FIELD_QUESTIONNAIRE_VERSION && value >= 0 &&
        value <= UINT32_MAX) {
        event->survey.version = (uint32_t)value;
        return true;
    }
    return false;
}

bool
draft_set(struct draft *draft, enum map_field field, struct span text,
          struct fault *fault)
{
    const char *name = map_field_name(field);
    struct span *place = text_of(&draft->event, field);
    char copy[64], why[FAULT_TEXT_MAX];
    int64_t value;

    if (place) {
        *place = text;
        return true;
    }
    snprintf(copy, sizeof copy, "%.*s", (int)text.length,
             (const char *)text.data);
    if (text.length >= sizeof copy || !map_field_number(field, copy, &value)) {
        snprintf(why, sizeof why, "\"%.60s\" is no %s", copy, name);
        return fault_set(fault, CODE_BAD_FIELD, name, why);
    }
    return set_number(&draft->event, field, value) ||
           foreign(&draft->event, name, fault);
}

// --- Times, answers ----------------------------------------------------------

static int64_t *
time_of(struct event *event, enum map_time time)
{
    enum event_type type = facts_type(event);
    struct visit *visit = &event->visit_facts;

    if (time == MAP_TIME_OCCURRED_AT)
        return &event->occurred_at;
    if (time == MAP_TIME_RECEIVED_AT)
        return type == EVENT_COMPLAINT_OPENED ? &event->complaint.received_at
                                              : NULL;
    if (type != EVENT_VISIT_OPENED && type != EVENT_VISIT_CLOSED)
        return NULL;
    if (time == MAP_TIME_ARRIVED_AT)
        return &visit->arrived_at;
    if (time == MAP_TIME_SERVED_AT)
        return &visit->served_at;
    if (time == MAP_TIME_SIGNED_AT)
        return &visit->signed_at;
    return time == MAP_TIME_PROMISED_AT ? &visit->promised_at
                                        : &visit->ready_at;
}

bool
draft_set_time(struct draft *draft, enum map_time time, int64_t ms,
               struct fault *fault)
{
    int64_t *place = time_of(&draft->event, time);

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

    if (facts_type(&draft->event) != EVENT_SURVEY_RESPONSE)
        return foreign(&draft->event, "answers", fault);
    if (survey->answer_count == SURVEY_ANSWERS_MAX)
        return fault_set(fault, CODE_TOO_LARGE, "answers", "too many answers");
    survey->answers[survey->answer_count++] =
        (struct answer){.item = item, .value = value};
    return true;
}

bool
draft_encode(struct draft *draft, const struct event_id *id,
             struct fault *fault)
{
    struct event again;

    draft->event.id = *id;
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
