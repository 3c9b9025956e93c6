// SPDX-License-Identifier: Apache-2.0
//
// In two steps: read the fields off the wire in whatever order they stand,
// then judge them by field number.
#include "common/wire/event_code.h"
#include "common/wire/event_fast.h"
#include "common/wire/event_fields.h"
#include "common/wire/event_parts.h"

static const struct rule head_table[] = {
    [FIELD_ID] = {"id", FORM_ID, .needed = true},
    [FIELD_DEALER] = {"dealer", FORM_NAME, true, 1, DEALER_ID_MAX},
    [FIELD_OCCURRED_AT] = {"occurred_at_ms", FORM_SIGNED, true, INT64_MIN,
                           INT64_MAX},
    [FIELD_ISSUER] = {"issuer", FORM_UNSIGNED, false, 0, ISSUER_HQ},
    [FIELD_VISIT] = {"visit", FORM_TEXT, false, 1, NATURAL_KEY_MAX},
    [FIELD_INVITATION] = {"invitation", FORM_TEXT, false, 1, NATURAL_KEY_MAX},
    [FIELD_COMPLAINT] = {"complaint", FORM_TEXT, false, 1, NATURAL_KEY_MAX},
    [FIELD_CUSTOMER] = {"customer", FORM_BYTES, false, PERSON_KEY_MIN,
                        PERSON_KEY_MAX},
    [FIELD_VEHICLE] = {"vehicle", FORM_BYTES, false, PERSON_KEY_MIN,
                       PERSON_KEY_MAX},
    [FIELD_MODE] = {"mode", FORM_UNSIGNED, false, 0, MODE_MAX},
    [FIELD_CHANNEL] = {"channel", FORM_UNSIGNED, false, 0, CHANNEL_MAX},
    [FIELD_PHASE] = {"phase", FORM_UNSIGNED, false, 0, PHASE_MAX},
    [FIELD_TOUCHPOINT] = {"touchpoint", FORM_UNSIGNED, false, 0,
                          TOUCHPOINT_MAX},
    [FIELD_COMMENT_HASH] = {"comment_hash", FORM_BYTES, false,
                            COMMENT_HASH_SIZE, COMMENT_HASH_SIZE},
    [FIELD_STAFF] = {"staff", FORM_TEXT, false, 1, STAFF_MAX},
};

struct head {
    struct record record;
    uint32_t type; // the payload's number, 0: none
    struct span payload;
};

static struct fault
payload_take(struct head *head, const struct field *field)
{
    if (field->type != WIRE_LENGTH || head->type != 0)
        return fault_of(CODE_MALFORMED, "payload");
    head->type = field->number;
    head->payload = field->value.bytes;
    return fault_of(CODE_NONE, NULL);
}

static struct fault
head_read(struct span body, struct head *head)
{
    const struct rules rules = RULES(head_table);
    struct cursor cursor = cursor_on(body);
    struct field field;

    head->record.seen = 0;
    head->type = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return fault_of(CODE_MALFORMED, NULL);
        struct fault fault = field.number >= PAYLOAD_FIRST
                                 ? payload_take(head, &field)
                                 : record_take(&head->record, rules, &field);
        if (fault.code)
            return fault;
    }
    return fault_of(CODE_NONE, NULL);
}

// who_fill takes over id and dealer as far as they are readable, so that even
// a refused event can be named.
static void
who_fill(const struct record *record, struct event *event)
{
    if (record_has(record, FIELD_ID) &&
        record->values[FIELD_ID].bytes.length == EVENT_ID_SIZE)
        memcpy(event->id.bytes, record->values[FIELD_ID].bytes.data,
               EVENT_ID_SIZE);
    if (record_has(record, FIELD_DEALER) &&
        rule_judge(&head_table[FIELD_DEALER], &record->values[FIELD_DEALER]) ==
            CODE_NONE)
        event->dealer_id = record->values[FIELD_DEALER].bytes;
}

// names_fill fills all but type and payload.
static void
names_fill(const struct record *record, struct event *event)
{
    event->dealer = 0;
    event->occurred_at = record_signed(record, FIELD_OCCURRED_AT);
    event->issuer = (enum issuer)record_number(record, FIELD_ISSUER);
    event->mode = (uint8_t)record_number(record, FIELD_MODE);
    event->channel = (uint8_t)record_number(record, FIELD_CHANNEL);
    event->phase = (uint8_t)record_number(record, FIELD_PHASE);
    event->touchpoint = (uint8_t)record_number(record, FIELD_TOUCHPOINT);
    event->visit = record_bytes(record, FIELD_VISIT);
    event->invitation = record_bytes(record, FIELD_INVITATION);
    event->complaint_id = record_bytes(record, FIELD_COMPLAINT);
    event->customer = record_bytes(record, FIELD_CUSTOMER);
    event->vehicle = record_bytes(record, FIELD_VEHICLE);
    event->comment_hash = record_bytes(record, FIELD_COMMENT_HASH);
    event->staff = record_bytes(record, FIELD_STAFF);
}

static struct fault
type_judge(uint32_t type)
{
    if (type == 0)
        return fault_of(CODE_MISSING_FIELD, "payload");
    if (!event_type_known(type))
        return fault_of(CODE_UNKNOWN_TYPE, "payload");
    if (!event_type_folded(type))
        return fault_of(CODE_NOT_YET_SUPPORTED, "payload");
    return fault_of(CODE_NONE, NULL);
}

static struct fault
payload_read(struct span payload, struct event *event)
{
    switch (event->type) {
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
        return invitation_read(payload, event);
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        if (survey_fast(payload, &event->survey))
            return fault_of(CODE_NONE, NULL);
        return survey_read(payload, &event->survey);
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        return visit_read(payload, event);
    case EVENT_COMPLAINT_OPENED:
        return complaint_read(payload, event);
    case EVENT_COMPLAINT_ACTION:
        return action_read(payload, &event->action);
    case EVENT_COMPLAINT_VERDICT:
        return verdict_read(payload, event);
#define X(name, number) case EVENT_##name:
        NOTICE_TYPE_MAP(X)
#undef X
        return notice_read(payload, event->type, &event->notice);
    case EVENT_VOID:
    case EVENT_UNVOID:
    case EVENT_CORRECT:
    case EVENT_HOLD:
    case EVENT_RELEASE:
        return control_read(payload, event);
    case EVENT_NONE:
        break;
    }
    return fault_of(CODE_NOT_YET_SUPPORTED, "payload");
}

// subject_judge asks for the name without which the event belongs nowhere.  A
// control must repeat its target's.
static struct fault
subject_judge(const struct event *event)
{
    enum event_type type = event_type_is_control(event->type)
                               ? event->control.target_type
                               : event->type;

    if ((type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED) &&
        event->visit.length == 0)
        return fault_of(CODE_MISSING_FIELD, "visit");
    if ((type == EVENT_COMPLAINT_OPENED || type == EVENT_COMPLAINT_ACTION ||
         type == EVENT_COMPLAINT_VERDICT) &&
        event->complaint_id.length == 0)
        return fault_of(CODE_MISSING_FIELD, "complaint");
    return fault_of(CODE_NONE, NULL);
}

// head_take fills all but the payload, whatever order its fields are in.
static struct fault
head_take(struct span body, struct event *event, struct head *head)
{
    struct fault fault = head_read(body, head);

    who_fill(&head->record, event);
    if (fault.code)
        return fault;
    fault = record_judge(&head->record, (struct rules)RULES(head_table));
    if (fault.code == CODE_MISSING_FIELD &&
        !record_has(&head->record, FIELD_ID))
        return fault_of(CODE_BAD_ID, head_table[FIELD_ID].name);
    if (!fault.code)
        names_fill(&head->record, event);
    return fault;
}

static struct fault
body_read(struct span body, struct event *event)
{
    struct fault fault;
    struct head head;

    if (!head_fast(body, event, &head.type, &head.payload)) {
        event->id = (struct event_id){{0}};
        event->dealer_id = (struct span){NULL, 0};
        fault = head_take(body, event, &head);
        if (fault.code)
            return fault;
    }
    fault = type_judge(head.type);
    if (fault.code)
        return fault;
    event->type = (enum event_type)head.type;
    fault = payload_read(head.payload, event);
    return fault.code ? fault : subject_judge(event);
}

struct outcome
event_read(struct span body, struct event *event)
{
    event->id = (struct event_id){{0}};
    event->dealer_id = (struct span){NULL, 0};
    if (body.length > EVENT_BODY_MAX)
        return outcome_of(CODE_TOO_LARGE, NULL);
    if (body.length == 0)
        return outcome_of(CODE_EMPTY_EVENT, NULL);
    struct fault fault = body_read(body, event);
    return outcome_of(fault.code, fault.field);
}
