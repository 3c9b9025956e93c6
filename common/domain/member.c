// SPDX-License-Identifier: Apache-2.0
//
// How an event becomes a member of a set.
#include <string.h>

#include "common/domain/entity.h"
#include "common/domain/entity_parts.h"
#include "common/domain/notice.h"

enum facts
facts_of(enum entity_kind kind, enum event_type type,
         enum event_type target_type)
{
    const enum event_type says = says_of(type, target_type);

    if (kind == ENTITY_SURVEY && event_type_has_answers(says))
        return FACTS_SURVEY;
    if (kind == ENTITY_VISIT &&
        (says == EVENT_VISIT_OPENED || says == EVENT_VISIT_CLOSED))
        return FACTS_VISIT;
    if (kind == ENTITY_CASE && says == EVENT_COMPLAINT_OPENED)
        return FACTS_COMPLAINT;
    if (kind == ENTITY_CASE && says == EVENT_COMPLAINT_ACTION)
        return FACTS_ACTION;
    if (kind == ENTITY_CASE && says == EVENT_COMPLAINT_VERDICT)
        return FACTS_VERDICT;
    if ((kind == ENTITY_NOTICE && event_is_notice(says)) ||
        (kind == ENTITY_VISIT && event_is_of_visit(says)) ||
        (kind == ENTITY_MINUTE && says == EVENT_CALL))
        return FACTS_NOTICE;
    return FACTS_NONE;
}

static void
remember_survey(struct member *member, const struct survey *survey)
{
    uint16_t count = 0;
    uint32_t next = 0; // answers ascend, each item once

    for (uint16_t i = 0; i < survey->answer_count && i < SURVEY_ANSWERS_MAX;
         i++)
        if (survey->answers[i].item >= next) {
            member->survey.answers[count++] = survey->answers[i];
            next = survey->answers[i].item + 1u;
        }
    member->survey.answer_count = count;
    member->survey.complete = survey->complete;
    member->survey.resurvey = survey->resurvey;
    member->survey.coached = survey->context.coached;
    member->survey.incentive = survey->context.incentive_offered;
}

static void
remember_visit(struct member *member, const struct visit *visit)
{
    member->visit = *visit;
    if (!visit->has_estimate)
        member->visit.estimate_fen = 0;
    if (!visit->has_settled)
        member->visit.settled_fen = 0;
}

// known returns value when it lies below end, 0 ("none") otherwise.
static unsigned
known(unsigned value, unsigned end)
{
    return value < end ? value : 0;
}

// remember_complaint takes a complaint that does not say when it came in as
// received when it was opened.
static void
remember_complaint(struct member *member, const struct complaint *complaint)
{
    const int64_t opened_at = event_type_is_control(member->type)
                                  ? member->control.target_occurred_at
                                  : member->occurred_at;

    member->complaint.class =
        (enum complaint_class)known(complaint->class, CLASS_COUNT);
    member->complaint.severity = complaint->severity;
    member->complaint.received_at =
        complaint->received_at != 0 ? complaint->received_at : opened_at;
}

static void
remember_action(struct member *member, const struct complaint_action *action)
{
    const enum action_kind kind =
        (enum action_kind)known(action->kind, ACTION_COUNT);
    const unsigned class = kind == ACTION_RECLASSIFY ? action->class : 0;

    member->action.kind = kind;
    member->action.class = (enum complaint_class)known(class, CLASS_COUNT);
    member->action.dealer = kind == ACTION_REASSIGN ? action->dealer : 0;
    member->action.amount_fen = action->amount_fen;
    member->action.has_root_cause = action->root_cause.length != 0;
}

// remember_notice keeps the numbers, and of words that they were said.
static void
remember_notice(struct member *member, const struct notice *notice)
{
    const struct notice_shape *const shape =
        notice_shape(says_of(member->type, member->control.target_type));
    int64_t *const numbers = member->notice.numbers;

    for (uint32_t n = 0; n < NOTICE_FIELDS_MAX; n++)
        numbers[n] = 0;
    for (uint32_t n = 1; n < shape->count; n++)
        if (notice_is_words(&shape->fields[n]))
            numbers[n] = notice_says(shape, notice, n);
        else
            numbers[n] = notice->values[n].number;
}

// remember_control copies what a control acts on; a target type nobody folds
// is none.
static void
remember_control(struct member *member, const struct control *control)
{
    const enum event_type type = control->target_type;

    member->control.target = control->target;
    member->control.target_type = event_type_folded(type) ? type : EVENT_NONE;
    member->control.target_occurred_at = control->target_occurred_at;
    member->control.control =
        takes_back(member->type) ? control->control : (struct event_id){0};
}

static void
remember(enum entity_kind kind, struct member *member,
         const struct event *event)
{
    member->id = event->id;
    member->occurred_at = event->occurred_at;
    member->dealer = event->dealer;
    member->type = event->type;
    member->control.target_type = EVENT_NONE;
    if (event_type_is_control(event->type))
        remember_control(member, &event->control);
    switch (facts_of(kind, member->type, member->control.target_type)) {
    case FACTS_NONE:
        break;
    case FACTS_SURVEY:
        remember_survey(member, &event->survey);
        break;
    case FACTS_VISIT:
        remember_visit(member, &event->visit_facts);
        break;
    case FACTS_COMPLAINT:
        remember_complaint(member, &event->complaint);
        break;
    case FACTS_ACTION:
        remember_action(member, &event->action);
        break;
    case FACTS_VERDICT:
        member->verdict = (enum verdict)known(event->verdict, VERDICT_COUNT);
        break;
    case FACTS_NOTICE:
        remember_notice(member, &event->notice);
        break;
    }
}

static bool
has(const struct entity *entity, const struct event *event)
{
    for (uint16_t i = 0; i < entity->count; i++)
        if (entity->members[i].dealer == event->dealer &&
            event_id_equal(&entity->members[i].id, &event->id))
            return true;
    return false;
}

// is_full tells whether there is no room for another control, or for another
// event that is none.
static bool
is_full(const struct entity *entity, bool control)
{
    uint16_t alike = 0;

    if (entity->count < ENTITY_EVENTS_MAX)
        return false;
    for (uint16_t i = 0; i < entity->count; i++)
        if (event_type_is_control(entity->members[i].type) == control)
            alike++;
    return alike >= ENTITY_EVENTS_MAX;
}

// comes_before tells whether an event's place is before a member's.
static bool
comes_before(const struct event *event, const struct member *member)
{
    if (event->occurred_at != member->occurred_at ||
        !event_id_equal(&event->id, &member->id))
        return event_before(event->occurred_at, &event->id, member->occurred_at,
                            &member->id);
    return event->dealer < member->dealer;
}

static uint16_t
place_of(const struct entity *entity, const struct event *event)
{
    uint16_t place = entity->count; // most events are the newest of their set

    while (place > 0 && comes_before(event, &entity->members[place - 1]))
        place--;
    return place;
}

void
entity_add(enum entity_kind kind, struct entity *entity,
           const struct event *event)
{
    uint16_t place = 0;

    if (entity->too_large || !event_type_folded(event->type))
        return;
    if (entity->count > 0) {
        if (has(entity, event))
            return;
        if (is_full(entity, event_type_is_control(event->type))) {
            entity->too_large = true;
            entity->count = 0;
            return;
        }
        place = place_of(entity, event);
        memmove(&entity->members[place + 1], &entity->members[place],
                (size_t)(entity->count - place) * sizeof *entity->members);
    }
    remember(kind, &entity->members[place], event);
    entity->count++;
}
