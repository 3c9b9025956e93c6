// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "common/domain/notice.h"
#include "tests/fuzz/mirror.h"
#include "tests/fuzz/mirror_notice.h"

// Strings for protobuf-c end in NUL; all of one event have room here.
struct strings {
    char room[2048];
    size_t used;
};

static char *
string(struct strings *strings, struct span span)
{
    if (span.length == 0)
        return NULL;
    assert(strings->used + span.length + 1 <= sizeof strings->room);
    char *at = strings->room + strings->used;
    memcpy(at, span.data, span.length);
    at[span.length] = '\0';
    strings->used += span.length + 1;
    return at;
}

static ProtobufCBinaryData
binary(struct span span)
{
    return (ProtobufCBinaryData){span.length, (uint8_t *)(uintptr_t)span.data};
}

static ProtobufCBinaryData
id_data(const struct event_id *id)
{
    return binary(span_of(id->bytes, EVENT_ID_SIZE));
}

// Every payload an event can have, so that one of them is at hand.
struct pieces {
    struct strings strings;
    bool defaults;
    uint32_t items[SURVEY_ANSWERS_MAX], na[SURVEY_ANSWERS_MAX];
    int32_t values[SURVEY_ANSWERS_MAX];
    Dealerpulse__SurveyInvitation invitation;
    Dealerpulse__SurveyResponse survey;
    Dealerpulse__Visit visit;
    Dealerpulse__Complaint complaint;
    Dealerpulse__ComplaintAction action;
    Dealerpulse__ComplaintVerdict verdict;
    Dealerpulse__Control control;
    struct notice_room notice;
};

static Dealerpulse__SurveyInvitation *
invitation_make(struct pieces *pieces, const struct event *event)
{
    dealerpulse__survey_invitation__init(&pieces->invitation);
    pieces->invitation.has_contact = event->contact.length != 0;
    pieces->invitation.contact = binary(event->contact);
    return &pieces->invitation;
}

static void
context_make(Dealerpulse__SurveyResponse *survey,
             const struct survey_context *from, bool defaults)
{
    survey->has_started_at_ms = from->started_at != 0 || defaults;
    survey->started_at_ms = from->started_at;
    survey->has_duration_ms = from->duration_ms != 0 || defaults;
    survey->duration_ms = from->duration_ms;
    survey->has_device = from->device.length != 0;
    survey->device = binary(from->device);
    survey->has_network = from->network.length != 0;
    survey->network = binary(from->network);
    survey->has_attribution = from->attribution != 0 || defaults;
    survey->attribution = (Dealerpulse__Attribution)from->attribution;
    survey->has_coached = from->coached || defaults;
    survey->coached = from->coached;
    survey->has_incentive_offered = from->incentive_offered || defaults;
    survey->incentive_offered = from->incentive_offered;
}

static Dealerpulse__SurveyResponse *
survey_make(struct pieces *pieces, const struct survey *from)
{
    Dealerpulse__SurveyResponse *survey = &pieces->survey;

    dealerpulse__survey_response__init(survey);
    survey->questionnaire = string(&pieces->strings, from->questionnaire);
    survey->has_version = true;
    survey->version = from->version;
    survey->items = pieces->items;
    survey->values = pieces->values;
    survey->not_applicable = pieces->na;
    for (uint32_t i = 0; i < from->answer_count; i++) {
        if (from->answers[i].value == ANSWER_NOT_APPLICABLE) {
            pieces->na[survey->n_not_applicable++] = from->answers[i].item;
            continue;
        }
        pieces->items[survey->n_items++] = from->answers[i].item;
        pieces->values[survey->n_values++] = from->answers[i].value;
    }
    survey->has_kind = from->resurvey || pieces->defaults;
    survey->kind = from->resurvey ? DEALERPULSE__SURVEY_KIND__SURVEY_RESURVEY
                                  : DEALERPULSE__SURVEY_KIND__SURVEY_FIRST;
    survey->has_parent = from->resurvey;
    survey->parent = id_data(&from->parent);
    context_make(survey, &from->context, pieces->defaults);
    return survey;
}

static Dealerpulse__Visit *
visit_make(struct pieces *pieces, const struct event *event)
{
    const struct visit *from = &event->visit_facts;
    Dealerpulse__Visit *visit = &pieces->visit;

    dealerpulse__visit__init(visit);
    visit->has_warranty = from->warranty || pieces->defaults;
    visit->warranty = from->warranty;
    visit->has_first_visit = from->first_visit || pieces->defaults;
    visit->first_visit = from->first_visit;
    visit->has_eligible = from->eligible || pieces->defaults;
    visit->eligible = from->eligible;
    visit->arrived_at_ms = from->arrived_at;
    visit->has_arrived_at_ms = from->arrived_at != 0;
    visit->served_at_ms = from->served_at;
    visit->has_served_at_ms = from->served_at != 0;
    visit->signed_at_ms = from->signed_at;
    visit->has_signed_at_ms = from->signed_at != 0;
    visit->promised_at_ms = from->promised_at;
    visit->has_promised_at_ms = from->promised_at != 0;
    visit->ready_at_ms = from->ready_at;
    visit->has_ready_at_ms = from->ready_at != 0;
    visit->has_estimate_fen = from->has_estimate;
    visit->estimate_fen = from->estimate_fen;
    visit->has_settled_fen = from->has_settled;
    visit->settled_fen = from->settled_fen;
    visit->has_margin_fen = from->margin_fen != 0;
    visit->margin_fen = from->margin_fen;
    visit->work_type = string(&pieces->strings, event->work_type);
    visit->repeat_of = string(&pieces->strings, event->repeat_of);
    return visit;
}

static Dealerpulse__Complaint *
complaint_make(struct pieces *pieces, const struct event *event)
{
    const struct complaint *from = &event->complaint;
    Dealerpulse__Complaint *complaint = &pieces->complaint;

    dealerpulse__complaint__init(complaint);
    complaint->has_class_ = true;
    complaint->class_ = (Dealerpulse__ComplaintClass)from->class;
    complaint->has_severity = from->severity != 0;
    complaint->severity = from->severity;
    complaint->has_received_at_ms = from->received_at != 0 || pieces->defaults;
    complaint->received_at_ms = from->received_at;
    complaint->category = string(&pieces->strings, event->category);
    return complaint;
}

static Dealerpulse__ComplaintAction *
action_make(struct pieces *pieces, const struct complaint_action *from)
{
    Dealerpulse__ComplaintAction *action = &pieces->action;

    dealerpulse__complaint_action__init(action);
    action->has_kind = true;
    action->kind = (Dealerpulse__ActionKind)from->kind;
    action->has_class_ = from->class != CLASS_NONE;
    action->class_ = (Dealerpulse__ComplaintClass)from->class;
    action->dealer = string(&pieces->strings, from->dealer_id);
    action->has_amount_fen = from->amount_fen != 0 || pieces->defaults;
    action->amount_fen = from->amount_fen;
    action->root_cause = string(&pieces->strings, from->root_cause);
    action->next_step = string(&pieces->strings, from->next_step);
    return action;
}

static Dealerpulse__ComplaintVerdict *
verdict_make(struct pieces *pieces, const struct event *event)
{
    dealerpulse__complaint_verdict__init(&pieces->verdict);
    pieces->verdict.has_verdict = true;
    pieces->verdict.verdict = (Dealerpulse__Verdict)event->verdict;
    pieces->verdict.decided_by = string(&pieces->strings, event->decided_by);
    return &pieces->verdict;
}

static void
replacement_make(struct pieces *pieces, const struct event *event,
                 Dealerpulse__Control *control)
{
    const enum event_type type = event->control.target_type;

    if (event_is_notice(type)) {
        control->replacement_case = (Dealerpulse__Control__ReplacementCase)type;
        mirror_notice_make(&pieces->notice, &event->notice,
                           &dealerpulse__control__descriptor, control, type,
                           pieces->defaults);
        return;
    }
    switch ((int)event->control.target_type) {
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        control->replacement_case =
            DEALERPULSE__CONTROL__REPLACEMENT_SURVEY_RESPONSE;
        control->survey_response = survey_make(pieces, &event->survey);
        break;
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        control->replacement_case = DEALERPULSE__CONTROL__REPLACEMENT_VISIT;
        control->visit = visit_make(pieces, event);
        break;
    case EVENT_COMPLAINT_OPENED:
        control->replacement_case =
            DEALERPULSE__CONTROL__REPLACEMENT_COMPLAINT_OPENED;
        control->complaint_opened = complaint_make(pieces, event);
        break;
    case EVENT_COMPLAINT_ACTION:
        control->replacement_case =
            DEALERPULSE__CONTROL__REPLACEMENT_COMPLAINT_ACTION;
        control->complaint_action = action_make(pieces, &event->action);
        break;
    default:
        control->replacement_case =
            DEALERPULSE__CONTROL__REPLACEMENT_COMPLAINT_VERDICT;
        control->complaint_verdict = verdict_make(pieces, event);
        break;
    }
}

static Dealerpulse__Control *
control_make(struct pieces *pieces, const struct event *event)
{
    Dealerpulse__Control *control = &pieces->control;

    dealerpulse__control__init(control);
    control->has_target = true;
    control->target = id_data(&event->control.target);
    control->has_target_type = true;
    control->target_type = (Dealerpulse__EventType)event->control.target_type;
    control->has_target_occurred_at_ms = true;
    control->target_occurred_at_ms = event->control.target_occurred_at;
    control->has_control =
        event->type == EVENT_UNVOID || event->type == EVENT_RELEASE;
    control->control = id_data(&event->control.control);
    control->reason = string(&pieces->strings, event->reason);
    control->has_evidence = event->evidence.length != 0;
    control->evidence = binary(event->evidence);
    if (event->type == EVENT_CORRECT)
        replacement_make(pieces, event, control);
    return control;
}

static void
payload_make(struct pieces *pieces, const struct event *event,
             Dealerpulse__Event *message)
{
    message->payload_case = (Dealerpulse__Event__PayloadCase)event->type;
    if (event_is_notice(event->type)) {
        mirror_notice_make(&pieces->notice, &event->notice,
                           &dealerpulse__event__descriptor, message,
                           event->type, pieces->defaults);
        return;
    }
    switch ((int)event->type) {
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
        message->survey_invited = invitation_make(pieces, event);
        break;
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        message->survey_response = survey_make(pieces, &event->survey);
        break;
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        message->visit_opened = visit_make(pieces, event);
        break;
    case EVENT_COMPLAINT_OPENED:
        message->complaint_opened = complaint_make(pieces, event);
        break;
    case EVENT_COMPLAINT_ACTION:
        message->complaint_action = action_make(pieces, &event->action);
        break;
    case EVENT_COMPLAINT_VERDICT:
        message->complaint_verdict = verdict_make(pieces, event);
        break;
    default:
        message->void_event = control_make(pieces, event);
        break;
    }
}

static void
names_make(struct pieces *pieces, const struct event *event,
           Dealerpulse__Event *message)
{
    message->has_id = true;
    message->id = id_data(&event->id);
    message->dealer = string(&pieces->strings, event->dealer_id);
    message->has_occurred_at_ms = true;
    message->occurred_at_ms = event->occurred_at;
    message->has_issuer = event->issuer != ISSUER_DEALER || pieces->defaults;
    message->issuer = (Dealerpulse__Issuer)event->issuer;
    message->visit = string(&pieces->strings, event->visit);
    message->invitation = string(&pieces->strings, event->invitation);
    message->complaint = string(&pieces->strings, event->complaint_id);
    message->has_customer = event->customer.length != 0;
    message->customer = binary(event->customer);
    message->has_vehicle = event->vehicle.length != 0;
    message->vehicle = binary(event->vehicle);
    message->has_mode = event->mode != 0 || pieces->defaults;
    message->mode = (Dealerpulse__Mode)event->mode;
    message->has_channel = event->channel != 0;
    message->channel = (Dealerpulse__Channel)event->channel;
    message->has_phase = event->phase != 0;
    message->phase = (Dealerpulse__Phase)event->phase;
    message->has_touchpoint = event->touchpoint != 0;
    message->touchpoint = (Dealerpulse__Touchpoint)event->touchpoint;
    message->has_comment_hash = event->comment_hash.length != 0;
    message->comment_hash = binary(event->comment_hash);
    message->staff = string(&pieces->strings, event->staff);
}

size_t
mirror_write(const struct event *event, bool defaults, uint8_t *out)
{
    struct pieces pieces = {.defaults = defaults};
    Dealerpulse__Event message = DEALERPULSE__EVENT__INIT;

    names_make(&pieces, event, &message);
    payload_make(&pieces, event, &message);
    assert(dealerpulse__event__get_packed_size(&message) <= EVENT_BODY_MAX);
    return dealerpulse__event__pack(&message, out);
}
