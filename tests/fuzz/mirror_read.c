// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "common/domain/notice.h"
#include "tests/fuzz/mirror.h"
#include "tests/fuzz/mirror_notice.h"

static struct span
text(const char *string)
{
    return string ? span_text(string) : (struct span){NULL, 0};
}

static struct span
binary(protobuf_c_boolean has, ProtobufCBinaryData data)
{
    return has ? span_of(data.data, data.len) : (struct span){NULL, 0};
}

static void
id_fill(struct event_id *id, protobuf_c_boolean has, ProtobufCBinaryData data)
{
    if (has && data.len == EVENT_ID_SIZE)
        memcpy(id->bytes, data.data, EVENT_ID_SIZE);
}

static int
answer_order(const void *a, const void *b)
{
    const struct answer *x = a, *y = b;

    return (x->item > y->item) - (x->item < y->item);
}

static void
invitation_fill(struct event *event, const Dealerpulse__SurveyInvitation *from)
{
    event->contact = binary(from->has_contact, from->contact);
}

static bool
survey_fill(struct survey *survey, const Dealerpulse__SurveyResponse *from)
{
    size_t count = from->n_items + from->n_not_applicable;

    if (from->n_items != from->n_values || count > SURVEY_ANSWERS_MAX)
        return false;
    survey->questionnaire = text(from->questionnaire);
    survey->version = from->version;
    survey->answer_count = (uint16_t)count;
    for (size_t i = 0; i < count; i++) {
        bool answered = i < from->n_items;
        uint32_t item =
            answered ? from->items[i] : from->not_applicable[i - from->n_items];
        int32_t value = answered ? from->values[i] : ANSWER_NOT_APPLICABLE;
        survey->answers[i] = (struct answer){(uint16_t)item, (uint8_t)value};
    }
    qsort(survey->answers, count, sizeof survey->answers[0], answer_order);
    survey->resurvey = from->kind == DEALERPULSE__SURVEY_KIND__SURVEY_RESURVEY;
    id_fill(&survey->parent, from->has_parent, from->parent);
    survey->context = (struct survey_context){
        .started_at = from->started_at_ms,
        .duration_ms = from->duration_ms,
        .device = binary(from->has_device, from->device),
        .network = binary(from->has_network, from->network),
        .attribution = (uint8_t)from->attribution,
        .coached = from->coached,
        .incentive_offered = from->incentive_offered,
    };
    return true;
}

static void
visit_fill(struct event *event, const Dealerpulse__Visit *from)
{
    event->visit_facts = (struct visit){
        .warranty = from->warranty,
        .first_visit = from->first_visit,
        .eligible = from->eligible,
        .arrived_at = from->arrived_at_ms,
        .served_at = from->served_at_ms,
        .signed_at = from->signed_at_ms,
        .promised_at = from->promised_at_ms,
        .ready_at = from->ready_at_ms,
        .has_estimate = from->has_estimate_fen,
        .estimate_fen = from->estimate_fen,
        .has_settled = from->has_settled_fen,
        .settled_fen = from->settled_fen,
        .margin_fen = from->margin_fen,
    };
    event->work_type = text(from->work_type);
    event->repeat_of = text(from->repeat_of);
}

static void
complaint_fill(struct event *event, const Dealerpulse__Complaint *from)
{
    event->complaint = (struct complaint){
        .class = (enum complaint_class)from->class_,
        .severity = (uint8_t)from->severity,
        .received_at = from->received_at_ms,
    };
    event->category = text(from->category);
}

static void
action_fill(struct complaint_action *action,
            const Dealerpulse__ComplaintAction *from)
{
    *action = (struct complaint_action){
        .kind = (enum action_kind)from->kind,
        .class = (enum complaint_class)from->class_,
        .dealer_id = text(from->dealer),
        .amount_fen = from->amount_fen,
        .root_cause = text(from->root_cause),
        .next_step = text(from->next_step),
    };
}

static void
verdict_fill(struct event *event, const Dealerpulse__ComplaintVerdict *from)
{
    event->verdict = (enum verdict)from->verdict;
    event->decided_by = text(from->decided_by);
}

static bool
replacement_fill(struct event *event, const Dealerpulse__Control *from)
{
    if (event_is_notice((enum event_type)from->replacement_case)) {
        mirror_notice_fill(&event->notice, &dealerpulse__control__descriptor,
                           from, from->replacement_case);
        return true;
    }
    switch ((int)from->replacement_case) {
    case DEALERPULSE__CONTROL__REPLACEMENT_SURVEY_RESPONSE:
        return survey_fill(&event->survey, from->survey_response);
    case DEALERPULSE__CONTROL__REPLACEMENT_VISIT:
        visit_fill(event, from->visit);
        return true;
    case DEALERPULSE__CONTROL__REPLACEMENT_COMPLAINT_OPENED:
        complaint_fill(event, from->complaint_opened);
        return true;
    case DEALERPULSE__CONTROL__REPLACEMENT_COMPLAINT_ACTION:
        action_fill(&event->action, from->complaint_action);
        return true;
    case DEALERPULSE__CONTROL__REPLACEMENT_COMPLAINT_VERDICT:
        verdict_fill(event, from->complaint_verdict);
        return true;
    default:
        return event->type != EVENT_CORRECT;
    }
}

static bool
control_fill(struct event *event, const Dealerpulse__Control *from)
{
    struct control *control = &event->control;

    id_fill(&control->target, from->has_target, from->target);
    id_fill(&control->control, from->has_control, from->control);
    control->target_type = (enum event_type)from->target_type;
    control->target_occurred_at = from->target_occurred_at_ms;
    event->reason = text(from->reason);
    event->evidence = binary(from->has_evidence, from->evidence);
    return replacement_fill(event, from);
}

static bool
payload_fill(struct event *event, const Dealerpulse__Event *from)
{
    if (event_is_notice((enum event_type)from->payload_case)) {
        mirror_notice_fill(&event->notice, &dealerpulse__event__descriptor,
                           from, from->payload_case);
        return true;
    }
    switch ((int)from->payload_case) {
    case EVENT_SURVEY_INVITED:
        invitation_fill(event, from->survey_invited);
        return true;
    case EVENT_SURVEY_BOUNCED:
        invitation_fill(event, from->survey_bounced);
        return true;
    case EVENT_SURVEY_REFUSED:
        invitation_fill(event, from->survey_refused);
        return true;
    case EVENT_SURVEY_RESPONSE:
        return survey_fill(&event->survey, from->survey_response);
    case EVENT_STAFF_SURVEY:
        return survey_fill(&event->survey, from->staff_survey);
    case EVENT_DEALER_SURVEY:
        return survey_fill(&event->survey, from->dealer_survey);
    case EVENT_VISIT_OPENED:
        visit_fill(event, from->visit_opened);
        return true;
    case EVENT_VISIT_CLOSED:
        visit_fill(event, from->visit_closed);
        return true;
    case EVENT_COMPLAINT_OPENED:
        complaint_fill(event, from->complaint_opened);
        return true;
    case EVENT_COMPLAINT_ACTION:
        action_fill(&event->action, from->complaint_action);
        return true;
    case EVENT_COMPLAINT_VERDICT:
        verdict_fill(event, from->complaint_verdict);
        return true;
    case EVENT_VOID:
        return control_fill(event, from->void_event);
    case EVENT_UNVOID:
        return control_fill(event, from->unvoid_event);
    case EVENT_CORRECT:
        return control_fill(event, from->correct_event);
    case EVENT_HOLD:
        return control_fill(event, from->hold_event);
    case EVENT_RELEASE:
        return control_fill(event, from->release_event);
    default:
        return false;
    }
}

static bool
event_fill(struct event *event, const Dealerpulse__Event *from)
{
    *event = (struct event){
        .dealer_id = text(from->dealer),
        .occurred_at = from->occurred_at_ms,
        .type = (enum event_type)from->payload_case,
        .issuer = (enum issuer)from->issuer,
        .mode = (uint8_t)from->mode,
        .channel = (uint8_t)from->channel,
        .phase = (uint8_t)from->phase,
        .touchpoint = (uint8_t)from->touchpoint,
        .visit = text(from->visit),
        .invitation = text(from->invitation),
        .complaint_id = text(from->complaint),
        .customer = binary(from->has_customer, from->customer),
        .vehicle = binary(from->has_vehicle, from->vehicle),
        .staff = text(from->staff),
        .comment_hash = binary(from->has_comment_hash, from->comment_hash),
    };
    id_fill(&event->id, from->has_id, from->id);
    return payload_fill(event, from);
}

bool
mirror_open(struct mirror *mirror, struct span body)
{
    mirror->message = dealerpulse__event__unpack(NULL, body.length, body.data);
    if (!mirror->message)
        return false;
    if (event_fill(&mirror->event, mirror->message))
        return true;
    mirror_close(mirror);
    return false;
}

void
mirror_close(struct mirror *mirror)
{
    dealerpulse__event__free_unpacked(mirror->message, NULL);
    mirror->message = NULL;
}
