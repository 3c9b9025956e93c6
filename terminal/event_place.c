// SPDX-License-Identifier: Apache-2.0
#include "terminal/event_place.h"

#include "common/domain/notice.h"

enum event_type
payload_type(const struct event *event)
{
    return event->type == EVENT_CORRECT ? event->control.target_type
                                        : event->type;
}

static bool
is_visit(enum event_type type)
{
    return type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED;
}

static bool
is_invitation(enum event_type type)
{
    return type == EVENT_SURVEY_INVITED || type == EVENT_SURVEY_BOUNCED ||
           type == EVENT_SURVEY_REFUSED;
}

// notice_place returns the number of a notice's field that holds words, or one
// that does not; 0 when there is none.
static uint32_t
notice_place(enum event_type type, const char *name, bool words)
{
    const uint32_t n = notice_field_by_name(type, name);

    return n != 0 && notice_is_words(&notice_shape(type)->fields[n]) == words
               ? n
               : 0;
}

// --- Texts and bytes ---------------------------------------------------------

// head_text: of what every event has, and every control.
static struct span *
head_text(struct event *event, enum map_field field)
{
    bool control = event_type_is_control(event->type);

    switch ((int)field) {
    case MAP_FIELD_DEALER:
        return &event->dealer_id;
    case MAP_FIELD_VISIT:
        return &event->visit;
    case MAP_FIELD_INVITATION:
        return &event->invitation;
    case MAP_FIELD_COMPLAINT:
        return &event->complaint_id;
    case MAP_FIELD_CUSTOMER:
        return &event->customer;
    case MAP_FIELD_VEHICLE:
        return &event->vehicle;
    case MAP_FIELD_STAFF:
        return &event->staff;
    case MAP_FIELD_REASON:
        return control ? &event->reason : NULL;
    case MAP_FIELD_EVIDENCE:
        return control ? &event->evidence : NULL;
    default:
        return NULL;
    }
}

static struct span *
survey_text(struct survey *survey, enum map_field field)
{
    if (field == MAP_FIELD_QUESTIONNAIRE)
        return &survey->questionnaire;
    if (field == MAP_FIELD_DEVICE)
        return &survey->context.device;
    return field == MAP_FIELD_NETWORK ? &survey->context.network : NULL;
}

static struct span *
action_text(struct complaint_action *action, enum map_field field)
{
    if (field == MAP_FIELD_REASSIGN_TO)
        return &action->dealer_id;
    if (field == MAP_FIELD_ROOT_CAUSE)
        return &action->root_cause;
    return field == MAP_FIELD_NEXT_STEP ? &action->next_step : NULL;
}

struct span *
place_of_text(struct event *event, enum map_field field)
{
    struct span *place = head_text(event, field);
    enum event_type type = payload_type(event);

    if (place)
        return place;
    if (event_is_notice(type)) {
        const uint32_t n = notice_place(type, map_field_name(field), true);
        return n ? &event->notice.values[n].bytes : NULL;
    }
    if (event_type_has_answers(type))
        return survey_text(&event->survey, field);
    if (type == EVENT_COMPLAINT_ACTION)
        return action_text(&event->action, field);
    if (field == MAP_FIELD_CONTACT && is_invitation(type))
        return &event->contact;
    if (field == MAP_FIELD_WORK_TYPE && is_visit(type))
        return &event->work_type;
    if (field == MAP_FIELD_REPEAT_OF && is_visit(type))
        return &event->repeat_of;
    if (field == MAP_FIELD_CATEGORY && type == EVENT_COMPLAINT_OPENED)
        return &event->category;
    if (field == MAP_FIELD_DECIDED_BY && type == EVENT_COMPLAINT_VERDICT)
        return &event->decided_by;
    return NULL;
}

// --- Numbers -----------------------------------------------------------------

// head_number sets what every event has.
static bool
head_number(struct event *event, enum map_field field, int64_t value)
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
survey_number(struct survey *survey, enum map_field field, int64_t value)
{
    struct survey_context *context = &survey->context;

    if (field == MAP_FIELD_QUESTIONNAIRE_VERSION)
        survey->version = (uint32_t)value;
    else if (field == MAP_FIELD_DURATION_MS)
        context->duration_ms = (uint32_t)value;
    else if (field == MAP_FIELD_ATTRIBUTION)
        context->attribution = (uint8_t)value;
    else if (field == MAP_FIELD_COACHED)
        context->coached = value != 0;
    else if (field == MAP_FIELD_INCENTIVE_OFFERED)
        context->incentive_offered = value != 0;
    else
        return false;
    return true;
}

static bool
visit_number(struct visit *visit, enum map_field field, int64_t value)
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
complaint_number(struct complaint *complaint, enum map_field field,
                 int64_t value)
{
    if (field == MAP_FIELD_CLASS)
        complaint->class = (enum complaint_class)value;
    else if (field == MAP_FIELD_SEVERITY)
        complaint->severity = (uint8_t)value;
    else
        return false;
    return true;
}

static bool
action_number(struct complaint_action *action, enum map_field field,
              int64_t value)
{
    if (field == MAP_FIELD_KIND)
        action->kind = (enum action_kind)value;
    else if (field == MAP_FIELD_CLASS)
        action->class = (enum complaint_class)value;
    else if (field == MAP_FIELD_AMOUNT_FEN)
        action->amount_fen = value;
    else
        return false;
    return true;
}

bool
place_number(struct event *event, enum map_field field, int64_t value)
{
    enum event_type type = payload_type(event);

    if (head_number(event, field, value))
        return true;
    if (event_is_notice(type)) {
        const uint32_t n = notice_place(type, map_field_name(field), false);
        if (n != 0)
            event->notice.values[n].number = value;
        return n != 0;
    }
    if (event_type_has_answers(type))
        return survey_number(&event->survey, field, value);
    if (is_visit(type))
        return visit_number(&event->visit_facts, field, value);
    if (type == EVENT_COMPLAINT_OPENED)
        return complaint_number(&event->complaint, field, value);
    if (type == EVENT_COMPLAINT_ACTION)
        return action_number(&event->action, field, value);
    if (type != EVENT_COMPLAINT_VERDICT || field != MAP_FIELD_VERDICT)
        return false;
    event->verdict = (enum verdict)value;
    return true;
}

// --- Times -------------------------------------------------------------------

int64_t *
place_of_time(struct event *event, enum map_time time)
{
    enum event_type type = payload_type(event);
    struct visit *visit = &event->visit_facts;

    if (time == MAP_TIME_OCCURRED_AT)
        return &event->occurred_at;
    if (event_is_notice(type)) {
        const uint32_t n = notice_place(type, map_time_name(time), false);
        return n ? &event->notice.values[n].number : NULL;
    }
    if (time == MAP_TIME_STARTED_AT)
        return event_type_has_answers(type) ? &event->survey.context.started_at
                                            : NULL;
    if (time == MAP_TIME_RECEIVED_AT)
        return type == EVENT_COMPLAINT_OPENED ? &event->complaint.received_at
                                              : NULL;
    if (!is_visit(type))
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
