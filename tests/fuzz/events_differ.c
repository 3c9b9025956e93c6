// SPDX-License-Identifier: Apache-2.0
#include "common/domain/notice.h"
#include "tests/fuzz/mirror.h"

#define DIFFER(a, b, field)                                                    \
    if ((a)->field != (b)->field)                                              \
    return #field
#define SPAN_DIFFER(a, b, field)                                               \
    if (!span_equal((a)->field, (b)->field))                                   \
    return #field
#define ID_DIFFER(a, b, field)                                                 \
    if (!event_id_equal(&(a)->field, &(b)->field))                             \
    return #field

static const char *
contexts_differ(const struct survey_context *a, const struct survey_context *b)
{
    DIFFER(a, b, started_at);
    DIFFER(a, b, duration_ms);
    SPAN_DIFFER(a, b, device);
    SPAN_DIFFER(a, b, network);
    DIFFER(a, b, attribution);
    DIFFER(a, b, coached);
    DIFFER(a, b, incentive_offered);
    return NULL;
}

static const char *
surveys_differ(const struct survey *a, const struct survey *b)
{
    SPAN_DIFFER(a, b, questionnaire);
    DIFFER(a, b, version);
    DIFFER(a, b, answer_count);
    for (uint32_t i = 0; i < a->answer_count; i++) {
        DIFFER(a, b, answers[i].item);
        DIFFER(a, b, answers[i].value);
    }
    DIFFER(a, b, resurvey);
    ID_DIFFER(a, b, parent);
    DIFFER(a, b, complete);
    return contexts_differ(&a->context, &b->context);
}

static const char *
visits_differ(const struct visit *a, const struct visit *b)
{
    DIFFER(a, b, warranty);
    DIFFER(a, b, first_visit);
    DIFFER(a, b, eligible);
    DIFFER(a, b, arrived_at);
    DIFFER(a, b, served_at);
    DIFFER(a, b, signed_at);
    DIFFER(a, b, promised_at);
    DIFFER(a, b, ready_at);
    DIFFER(a, b, has_estimate);
    DIFFER(a, b, estimate_fen);
    DIFFER(a, b, has_settled);
    DIFFER(a, b, settled_fen);
    DIFFER(a, b, margin_fen);
    return NULL;
}

static const char *
complaints_differ(const struct complaint *a, const struct complaint *b)
{
    DIFFER(a, b, class);
    DIFFER(a, b, severity);
    DIFFER(a, b, received_at);
    return NULL;
}

static const char *
actions_differ(const struct complaint_action *a,
               const struct complaint_action *b)
{
    DIFFER(a, b, kind);
    DIFFER(a, b, class);
    SPAN_DIFFER(a, b, dealer_id);
    DIFFER(a, b, dealer);
    DIFFER(a, b, amount_fen);
    SPAN_DIFFER(a, b, root_cause);
    SPAN_DIFFER(a, b, next_step);
    return NULL;
}

static const char *
notices_differ(const struct notice *a, const struct notice *b,
               const struct notice_shape *shape)
{
    for (uint32_t n = 1; n < shape->count; n++)
        if (notice_is_words(&shape->fields[n])
                ? !span_equal(a->values[n].bytes, b->values[n].bytes)
                : a->values[n].number != b->values[n].number)
            return shape->fields[n].name;
    return NULL;
}

static const char *
payloads_differ(const struct event *a, const struct event *b,
                enum event_type type)
{
    if (event_is_notice(type))
        return notices_differ(&a->notice, &b->notice, notice_shape(type));
    switch ((int)type) {
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
        SPAN_DIFFER(a, b, contact);
        return NULL;
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        return surveys_differ(&a->survey, &b->survey);
    case EVENT_VISIT_OPENED:
    case EVENT_VISIT_CLOSED:
        SPAN_DIFFER(a, b, work_type);
        SPAN_DIFFER(a, b, repeat_of);
        return visits_differ(&a->visit_facts, &b->visit_facts);
    case EVENT_COMPLAINT_OPENED:
        SPAN_DIFFER(a, b, category);
        return complaints_differ(&a->complaint, &b->complaint);
    case EVENT_COMPLAINT_ACTION:
        return actions_differ(&a->action, &b->action);
    case EVENT_COMPLAINT_VERDICT:
        DIFFER(a, b, verdict);
        SPAN_DIFFER(a, b, decided_by);
        return NULL;
    default:
        return NULL;
    }
}

static const char *
names_differ(const struct event *a, const struct event *b)
{
    ID_DIFFER(a, b, id);
    SPAN_DIFFER(a, b, dealer_id);
    DIFFER(a, b, dealer);
    DIFFER(a, b, occurred_at);
    DIFFER(a, b, type);
    DIFFER(a, b, issuer);
    DIFFER(a, b, mode);
    DIFFER(a, b, channel);
    DIFFER(a, b, phase);
    DIFFER(a, b, touchpoint);
    SPAN_DIFFER(a, b, visit);
    SPAN_DIFFER(a, b, invitation);
    SPAN_DIFFER(a, b, complaint_id);
    SPAN_DIFFER(a, b, customer);
    SPAN_DIFFER(a, b, vehicle);
    SPAN_DIFFER(a, b, staff);
    SPAN_DIFFER(a, b, comment_hash);
    return NULL;
}

static const char *
controls_differ(const struct event *a, const struct event *b)
{
    ID_DIFFER(a, b, control.target);
    DIFFER(a, b, control.target_type);
    DIFFER(a, b, control.target_occurred_at);
    ID_DIFFER(a, b, control.control);
    SPAN_DIFFER(a, b, reason);
    SPAN_DIFFER(a, b, evidence);
    return a->type == EVENT_CORRECT
               ? payloads_differ(a, b, a->control.target_type)
               : NULL;
}

const char *
events_differ(const struct event *a, const struct event *b)
{
    const char *field = names_differ(a, b);

    if (field)
        return field;
    return event_type_is_control(a->type) ? controls_differ(a, b)
                                          : payloads_differ(a, b, a->type);
}
