// SPDX-License-Identifier: Apache-2.0
#include "common/wire/event_parts.h"

enum {
    FIELD_TARGET = 1,
    FIELD_TARGET_TYPE,
    FIELD_TARGET_OCCURRED_AT,
    FIELD_CONTROL,
    FIELD_REASON,
    FIELD_EVIDENCE,
    FIELD_SURVEY = 16, // the replacements
    FIELD_VISIT,
    FIELD_COMPLAINT,
    FIELD_ACTION,
    FIELD_VERDICT,
};

// A notice's replacement has the number of its type.
#define X(name, number) +(UINT64_C(1) << (number))
static const uint64_t replacements =
    (UINT64_C(0x1f) << FIELD_SURVEY) NOTICE_TYPE_MAP(X);
#undef X

static const struct rule control_table[] = {
    [FIELD_TARGET] = {"target", FORM_ID, .needed = true},
    [FIELD_TARGET_TYPE] = {"target_type", FORM_UNSIGNED, true, 1, INT32_MAX},
    [FIELD_TARGET_OCCURRED_AT] = {"target_occurred_at_ms", FORM_SIGNED, true, 0,
                                  TIME_MAX_MS},
    [FIELD_CONTROL] = {.name = "control", .form = FORM_ID},
    [FIELD_REASON] = {"reason", FORM_TEXT, false, 1, 64},
    [FIELD_EVIDENCE] = {"evidence", FORM_BYTES, false, 32, 32},
    [FIELD_SURVEY] = {.name = "survey_response", .form = FORM_MESSAGE},
    [FIELD_VISIT] = {.name = "visit", .form = FORM_MESSAGE},
    [FIELD_COMPLAINT] = {.name = "complaint_opened", .form = FORM_MESSAGE},
    [FIELD_ACTION] = {.name = "complaint_action", .form = FORM_MESSAGE},
    [FIELD_VERDICT] = {.name = "complaint_verdict", .form = FORM_MESSAGE},
    [EVENT_REVIEW] = {.name = "review", .form = FORM_MESSAGE},
    [EVENT_CALL] = {.name = "call", .form = FORM_MESSAGE},
    [EVENT_CHAT] = {.name = "chat", .form = FORM_MESSAGE},
    [EVENT_POINTS] = {.name = "points", .form = FORM_MESSAGE},
    [EVENT_BENEFIT_USED] = {.name = "benefit_used", .form = FORM_MESSAGE},
    [EVENT_CONTACT] = {.name = "contact", .form = FORM_MESSAGE},
    [EVENT_RETENTION_ACTION] = {.name = "retention_action",
                                .form = FORM_MESSAGE},
    [EVENT_REFERRAL] = {.name = "referral", .form = FORM_MESSAGE},
    [EVENT_PURCHASE] = {.name = "purchase", .form = FORM_MESSAGE},
    [EVENT_CHURN] = {.name = "churn", .form = FORM_MESSAGE},
    [EVENT_AUDIT_VISIT] = {.name = "audit_visit", .form = FORM_MESSAGE},
    [EVENT_TRAINING] = {.name = "training", .form = FORM_MESSAGE},
    [EVENT_DISCLOSURE] = {.name = "disclosure", .form = FORM_MESSAGE},
    [EVENT_GUIDANCE] = {.name = "guidance", .form = FORM_MESSAGE},
    [EVENT_MEMBER_JOINED] = {.name = "member_joined", .form = FORM_MESSAGE},
    [EVENT_MEMBER_LEFT] = {.name = "member_left", .form = FORM_MESSAGE},
    [EVENT_STAFF_HEADCOUNT] = {.name = "staff_headcount", .form = FORM_MESSAGE},
    [EVENT_INVOICE] = {.name = "invoice", .form = FORM_MESSAGE},
};

// The longest table there is: a record has room for all of it.
_Static_assert(sizeof control_table / sizeof control_table[0] <=
                   RECORD_FIELDS_MAX,
               "a record has fewer fields than this message");

static struct fault
target_type_judge(uint64_t type)
{
    const char *name = control_table[FIELD_TARGET_TYPE].name;

    if (!event_type_known((uint32_t)type))
        return fault_of(CODE_UNKNOWN_TYPE, name);
    if (!event_type_folded((uint32_t)type))
        return fault_of(CODE_NOT_YET_SUPPORTED, name);
    // Controls are taken back by name, not voided (rulings A3).
    if (event_type_is_control((enum event_type)type))
        return fault_of(CODE_BAD_FIELD, name);
    return fault_of(CODE_NONE, NULL);
}

// replacement_of returns the field in which a CORRECT restates such a target;
// 0: there is nothing to correct in it.
static uint32_t
replacement_of(enum event_type target)
{
    switch (target) {
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        return FIELD_SURVEY;
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        return FIELD_VISIT;
    case EVENT_COMPLAINT_OPENED:
        return FIELD_COMPLAINT;
    case EVENT_COMPLAINT_ACTION:
        return FIELD_ACTION;
    case EVENT_COMPLAINT_VERDICT:
        return FIELD_VERDICT;
#define X(name, number) case EVENT_##name:
        NOTICE_TYPE_MAP(X)
#undef X
        return target;
    case EVENT_NONE:
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
    case EVENT_VOID:
    case EVENT_UNVOID:
    case EVENT_CORRECT:
    case EVENT_HOLD:
    case EVENT_RELEASE:
        break;
    }
    return 0;
}

static struct fault
replacement_read(struct span bytes, uint32_t field, struct event *event)
{
    switch (field) {
    case FIELD_SURVEY:
        return survey_read(bytes, &event->survey);
    case FIELD_VISIT:
        return visit_read(bytes, event);
    case FIELD_COMPLAINT:
        return complaint_read(bytes, event);
    case FIELD_ACTION:
        return action_read(bytes, &event->action);
    case FIELD_VERDICT:
        return verdict_read(bytes, event);
    default:
        return notice_read(bytes, event->control.target_type, &event->notice);
    }
}

static struct fault
correct_read(const struct record *record, struct event *event)
{
    uint32_t field = replacement_of(event->control.target_type);
    uint64_t given = record->seen & replacements;

    if (field == 0)
        return fault_of(CODE_BAD_FIELD, control_table[FIELD_TARGET_TYPE].name);
    if (given == 0)
        return fault_of(CODE_MISSING_FIELD, control_table[field].name);
    if (given != UINT64_C(1) << field)
        return fault_of(CODE_BAD_FIELD, "replacement");
    return replacement_read(record->values[field].bytes, field, event);
}

// takeback_judge: UNVOID and RELEASE name the control they take back, and only
// they.
static struct fault
takeback_judge(const struct record *record, enum event_type type)
{
    bool takes_back = type == EVENT_UNVOID || type == EVENT_RELEASE;

    if (takes_back == record_has(record, FIELD_CONTROL))
        return fault_of(CODE_NONE, NULL);
    return fault_of(takes_back ? CODE_MISSING_FIELD : CODE_BAD_FIELD,
                    control_table[FIELD_CONTROL].name);
}

static void
target_fill(const struct record *record, struct control *control)
{
    memcpy(control->target.bytes, record->values[FIELD_TARGET].bytes.data,
           EVENT_ID_SIZE);
    control->target_type =
        (enum event_type)record->values[FIELD_TARGET_TYPE].number;
    control->target_occurred_at =
        record_signed(record, FIELD_TARGET_OCCURRED_AT);
    control->control = (struct event_id){{0}};
    if (record_has(record, FIELD_CONTROL))
        memcpy(control->control.bytes, record->values[FIELD_CONTROL].bytes.data,
               EVENT_ID_SIZE);
}

struct fault
control_read(struct span bytes, struct event *event)
{
    const struct rules rules = RULES(control_table);
    struct record record;
    struct fault fault = record_check(&record, rules, bytes);

    if (fault.code)
        return fault;
    fault = target_type_judge(record.values[FIELD_TARGET_TYPE].number);
    if (fault.code || (fault = takeback_judge(&record, event->type)).code)
        return fault;
    target_fill(&record, &event->control);
    event->reason = record_bytes(&record, FIELD_REASON);
    event->evidence = record_bytes(&record, FIELD_EVIDENCE);
    if (event->type == EVENT_CORRECT)
        return correct_read(&record, event);
    if (record.seen & replacements)
        return fault_of(CODE_BAD_FIELD, "replacement");
    return fault_of(CODE_NONE, NULL);
}
