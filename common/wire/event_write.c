// SPDX-License-Identifier: Apache-2.0
//
// Canonical: ascending field numbers, shortest varints, defaults left out.
// Field numbers are those of proto/event.proto.
#include "common/domain/notice.h"
#include "common/wire/event_code.h"
#include "common/wire/put.h"

// message_begin and message_end write a nested message with a length as short
// as it can be: the content is put first and moved by the length's size.
static size_t
message_begin(struct writer *writer, uint32_t field)
{
    put_varint(writer, field << 3 | WIRE_LENGTH);
    return writer->used;
}

static void
message_end(struct writer *writer, size_t start)
{
    if (writer->failed)
        return;
    size_t length = writer->used - start;
    uint8_t *at = writer->data + start;
    put_varint(writer, length); // for its room
    if (writer->failed)
        return;
    size_t end = writer->used;
    memmove(at + varint_size(length), at, length);
    writer->used = start;
    put_varint(writer, length);
    writer->used = end;
}

static void
items_put(struct writer *writer, const struct survey *survey, uint32_t field,
          bool applicable)
{
    uint8_t bytes[3 * SURVEY_ANSWERS_MAX];
    struct writer chunk = writer_on(bytes, sizeof bytes);

    for (uint32_t i = 0; i < survey->answer_count; i++)
        if ((survey->answers[i].value != ANSWER_NOT_APPLICABLE) == applicable)
            put_varint(&chunk, survey->answers[i].item);
    put_bytes(writer, field, span_of(bytes, chunk.used));
}

static void
values_put(struct writer *writer, const struct survey *survey)
{
    uint8_t bytes[2 * SURVEY_ANSWERS_MAX];
    struct writer chunk = writer_on(bytes, sizeof bytes);

    for (uint32_t i = 0; i < survey->answer_count; i++)
        if (survey->answers[i].value != ANSWER_NOT_APPLICABLE)
            put_varint(&chunk, zigzag_encode(survey->answers[i].value));
    put_bytes(writer, 4, span_of(bytes, chunk.used));
}

static void
context_put(struct writer *writer, const struct survey_context *context)
{
    put_signed(writer, 8, context->started_at);
    put_unsigned(writer, 9, context->duration_ms);
    put_bytes(writer, 10, context->device);
    put_bytes(writer, 11, context->network);
    put_unsigned(writer, 12, context->attribution);
    put_unsigned(writer, 13, context->coached);
    put_unsigned(writer, 14, context->incentive_offered);
}

static void
survey_put(struct writer *writer, const struct survey *survey)
{
    put_bytes(writer, 1, survey->questionnaire);
    put_unsigned(writer, 2, survey->version);
    items_put(writer, survey, 3, true);
    values_put(writer, survey);
    items_put(writer, survey, 5, false);
    put_unsigned(writer, 6, survey->resurvey);
    if (survey->resurvey)
        put_bytes(writer, 7, span_of(survey->parent.bytes, EVENT_ID_SIZE));
    context_put(writer, &survey->context);
}

static void
visit_put(struct writer *writer, const struct event *event)
{
    const struct visit *visit = &event->visit_facts;

    put_bytes(writer, 1, event->work_type);
    put_unsigned(writer, 2, visit->warranty);
    put_unsigned(writer, 3, visit->first_visit);
    put_unsigned(writer, 4, visit->eligible);
    put_signed(writer, 5, visit->arrived_at);
    put_signed(writer, 6, visit->served_at);
    put_signed(writer, 7, visit->signed_at);
    put_signed(writer, 8, visit->promised_at);
    put_signed(writer, 9, visit->ready_at);
    if (visit->has_estimate)
        put_signed_always(writer, 10, visit->estimate_fen);
    if (visit->has_settled)
        put_signed_always(writer, 11, visit->settled_fen);
    put_signed(writer, 12, visit->margin_fen);
    put_bytes(writer, 13, event->repeat_of);
}

static void
complaint_put(struct writer *writer, const struct event *event)
{
    put_unsigned(writer, 1, event->complaint.class);
    put_bytes(writer, 2, event->category);
    put_unsigned(writer, 3, event->complaint.severity);
    put_signed(writer, 4, event->complaint.received_at);
}

static void
action_put(struct writer *writer, const struct complaint_action *action)
{
    put_unsigned(writer, 1, action->kind);
    put_unsigned(writer, 2, action->class);
    put_bytes(writer, 3, action->dealer_id);
    put_signed(writer, 4, action->amount_fen);
    put_bytes(writer, 5, action->root_cause);
    put_bytes(writer, 6, action->next_step);
}

static void
verdict_put(struct writer *writer, const struct event *event)
{
    put_unsigned(writer, 1, event->verdict);
    put_bytes(writer, 2, event->decided_by);
}

static void
notice_put(struct writer *writer, enum event_type type,
           const struct notice *notice)
{
    const struct notice_shape *const shape = notice_shape(type);

    for (uint32_t n = 1; n < shape->count; n++) {
        const struct notice_field *const field = &shape->fields[n];
        const int64_t number = notice->values[n].number;

        if (notice_is_words(field))
            put_bytes(writer, n, notice->values[n].bytes);
        else if (field->form == NOTICE_TIME || field->form == NOTICE_FEN)
            put_signed(writer, n, number);
        else
            put_unsigned(writer, n, (uint64_t)number);
    }
}

static bool
is_invitation(enum event_type type)
{
    return type == EVENT_SURVEY_INVITED || type == EVENT_SURVEY_BOUNCED ||
           type == EVENT_SURVEY_REFUSED;
}

// facts_put writes the payload of a type as field `field`.
static void
facts_put(struct writer *writer, const struct event *event,
          enum event_type type, uint32_t field)
{
    size_t start = message_begin(writer, field);

    if (is_invitation(type))
        put_bytes(writer, 1, event->contact);
    else if (event_type_has_answers(type))
        survey_put(writer, &event->survey);
    else if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED)
        visit_put(writer, event);
    else if (type == EVENT_COMPLAINT_OPENED)
        complaint_put(writer, event);
    else if (type == EVENT_COMPLAINT_ACTION)
        action_put(writer, &event->action);
    else if (type == EVENT_COMPLAINT_VERDICT)
        verdict_put(writer, event);
    else if (event_is_notice(type))
        notice_put(writer, type, &event->notice);
    message_end(writer, start);
}

static uint32_t
replacement_field(enum event_type target)
{
    if (event_type_has_answers(target))
        return 16;
    if (target == EVENT_VISIT_OPENED || target == EVENT_VISIT_CLOSED)
        return 17;
    if (event_is_notice(target))
        return target;
    // complaint_opened, complaint_action, complaint_verdict
    return 18 + (uint32_t)target - (uint32_t)EVENT_COMPLAINT_OPENED;
}

static void
control_put(struct writer *writer, const struct event *event)
{
    const struct control *control = &event->control;
    size_t start = message_begin(writer, event->type);

    put_bytes(writer, 1, span_of(control->target.bytes, EVENT_ID_SIZE));
    put_unsigned(writer, 2, control->target_type);
    put_signed_always(writer, 3, control->target_occurred_at);
    if (event->type == EVENT_UNVOID || event->type == EVENT_RELEASE)
        put_bytes(writer, 4, span_of(control->control.bytes, EVENT_ID_SIZE));
    put_bytes(writer, 5, event->reason);
    put_bytes(writer, 6, event->evidence);
    if (event->type == EVENT_CORRECT)
        facts_put(writer, event, control->target_type,
                  replacement_field(control->target_type));
    message_end(writer, start);
}

static void
names_put(struct writer *writer, const struct event *event)
{
    put_bytes(writer, 1, span_of(event->id.bytes, EVENT_ID_SIZE));
    put_bytes(writer, 2, event->dealer_id);
    put_signed_always(writer, 3, event->occurred_at);
    put_unsigned(writer, 4, event->issuer);
    put_bytes(writer, 5, event->visit);
    put_bytes(writer, 6, event->invitation);
    put_bytes(writer, 7, event->complaint_id);
    put_bytes(writer, 8, event->customer);
    put_bytes(writer, 9, event->vehicle);
    put_unsigned(writer, 10, event->mode);
    put_unsigned(writer, 11, event->channel);
    put_unsigned(writer, 12, event->phase);
    put_unsigned(writer, 13, event->touchpoint);
    put_bytes(writer, 14, event->comment_hash);
    put_bytes(writer, 15, event->staff);
}

size_t
event_write(const struct event *event, uint8_t *out, size_t capacity)
{
    struct writer writer = writer_on(out, capacity);

    names_put(&writer, event);
    if (event_type_is_control(event->type))
        control_put(&writer, event);
    else
        facts_put(&writer, event, event->type, event->type);
    return writer.failed ? 0 : writer.used;
}
