// SPDX-License-Identifier: Apache-2.0
#include "common/domain/check_facts.h"

#include "common/domain/notice.h"

static struct outcome
fine(void)
{
    return outcome_of(CODE_NONE, NULL);
}

bool
dealer_is_known(const struct directory *directory, struct span id)
{
    return directory_find(directory, id) || span_equal(id, span_text("HQ"));
}

static struct outcome
check_control(const struct event *event)
{
    const struct control *control = &event->control;
    bool takes_back =
        event->type == EVENT_UNVOID || event->type == EVENT_RELEASE;

    if (event_id_is_zero(&control->target))
        return outcome_of(CODE_MISSING_FIELD, "target");
    if (control->target_type == EVENT_NONE)
        return outcome_of(CODE_MISSING_FIELD, "target_type");
    // A control is not itself voided or held: UNVOID and RELEASE undo it.
    if (!event_type_folded((uint32_t)control->target_type) ||
        event_type_is_control(control->target_type))
        return outcome_of(CODE_BAD_FIELD, "target_type");
    if (control->target_occurred_at == 0)
        return outcome_of(CODE_MISSING_FIELD, "target_occurred_at_ms");
    if (takes_back && event_id_is_zero(&control->control))
        return outcome_of(CODE_MISSING_FIELD, "control");
    return fine();
}

// The names by which the event finds its entity.
static struct outcome
check_names(const struct event *event, enum event_type type)
{
    bool of_visit = type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED;
    bool of_case = type == EVENT_COMPLAINT_OPENED ||
                   type == EVENT_COMPLAINT_ACTION ||
                   type == EVENT_COMPLAINT_VERDICT;

    if (of_visit && event->visit.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "visit");
    if (of_case && event->complaint_id.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "complaint");
    return fine();
}

static struct outcome
check_answers(const struct survey *survey, const struct rulebook *rulebook,
              const struct questionnaire *questionnaire)
{
    const uint16_t *asked = questionnaire->items;
    const size_t asked_count = questionnaire->item_count;
    size_t at = 0; // both lists ascend

    for (uint32_t i = 0; i < survey->answer_count; i++) {
        const uint16_t number = survey->answers[i].item;
        const uint8_t value = survey->answers[i].value;

        while (at < asked_count && asked[at] < number)
            at++;
        if (at == asked_count || asked[at] != number)
            return outcome_of(CODE_UNKNOWN_ITEM, "items");
        if (value == ANSWER_NOT_APPLICABLE)
            continue;
        const struct item *item = rulebook_item(rulebook, number);
        if (!item)
            return outcome_of(CODE_UNKNOWN_ITEM, "items");
        if (value < item->lo || value > item->hi)
            return outcome_of(CODE_OFF_SCALE, "values");
    }
    return fine();
}

static struct outcome
check_survey(struct survey *survey, const struct rulebook *rulebook)
{
    if (survey->questionnaire.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "questionnaire");
    if (survey->version == 0)
        return outcome_of(CODE_MISSING_FIELD, "version");
    if (survey->resurvey && event_id_is_zero(&survey->parent))
        return outcome_of(CODE_MISSING_FIELD, "parent");
    const struct questionnaire *questionnaire = rulebook_questionnaire(
        rulebook, survey->questionnaire, survey->version);
    if (!questionnaire)
        return outcome_of(CODE_UNKNOWN_QUESTIONNAIRE, "questionnaire");
    struct outcome outcome = check_answers(survey, rulebook, questionnaire);
    if (outcome.code == CODE_NONE)
        survey->complete = questionnaire_complete(questionnaire, survey);
    return outcome;
}

// Only what the visit's own fields contradict; 0 is "not said".
static struct outcome
check_visit(const struct visit *visit)
{
    const struct {
        int64_t at;
        const char *field;
    } after_arrival[] = {
        {visit->served_at, "served_at_ms"},
        {visit->promised_at, "promised_at_ms"},
        {visit->ready_at, "ready_at_ms"},
    };

    if (visit->has_estimate && visit->estimate_fen < 0)
        return outcome_of(CODE_BAD_FIELD, "estimate_fen");
    if (visit->has_settled && visit->settled_fen < 0)
        return outcome_of(CODE_BAD_FIELD, "settled_fen");
    if (visit->arrived_at < 0)
        return outcome_of(CODE_BAD_FIELD, "arrived_at_ms");
    if (visit->signed_at < 0)
        return outcome_of(CODE_BAD_FIELD, "signed_at_ms");
    for (size_t i = 0; i < sizeof after_arrival / sizeof *after_arrival; i++)
        if (after_arrival[i].at != 0 && after_arrival[i].at < visit->arrived_at)
            return outcome_of(CODE_BAD_FIELD, after_arrival[i].field);
    return fine();
}

static struct outcome
check_complaint(const struct complaint *complaint)
{
    enum { SEVERITY_MAX = 4 };

    if (complaint->class == CLASS_NONE)
        return outcome_of(CODE_MISSING_FIELD, "class");
    if (complaint->class >= CLASS_COUNT)
        return outcome_of(CODE_BAD_FIELD, "class");
    if (complaint->severity > SEVERITY_MAX)
        return outcome_of(CODE_BAD_FIELD, "severity");
    return fine();
}

static struct outcome
check_action(const struct complaint_action *action,
             const struct directory *directory)
{
    if (action->kind == ACTION_NONE)
        return outcome_of(CODE_MISSING_FIELD, "kind");
    if (action->kind >= ACTION_COUNT)
        return outcome_of(CODE_BAD_FIELD, "kind");
    if (action->class >= CLASS_COUNT)
        return outcome_of(CODE_BAD_FIELD, "class");
    if (action->kind == ACTION_RECLASSIFY && action->class == CLASS_NONE)
        return outcome_of(CODE_MISSING_FIELD, "class");
    if (action->amount_fen < 0)
        return outcome_of(CODE_BAD_FIELD, "amount_fen");
    if (action->kind != ACTION_REASSIGN)
        return fine();
    if (action->dealer_id.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "complaint_action.dealer");
    if (!dealer_is_known(directory, action->dealer_id))
        return outcome_of(CODE_UNKNOWN_DEALER, "complaint_action.dealer");
    return fine();
}

static struct outcome
check_verdict(enum verdict verdict)
{
    if (verdict == VERDICT_NONE)
        return outcome_of(CODE_MISSING_FIELD, "verdict");
    if (verdict >= VERDICT_COUNT)
        return outcome_of(CODE_BAD_FIELD, "verdict");
    return fine();
}

// The payload as that of `type`, which happened at `at`.
static struct outcome
check_payload(struct event *event, enum event_type type, int64_t at,
              const struct rulebook_history *history,
              const struct directory *directory)
{
    switch (type) {
    case EVENT_SURVEY_RESPONSE:
    case EVENT_STAFF_SURVEY:
    case EVENT_DEALER_SURVEY:
        return check_survey(&event->survey, rulebook_at(history, at));
    case EVENT_VISIT_CLOSED:
        if (event->visit_facts.arrived_at > at)
            return outcome_of(CODE_BAD_FIELD, "arrived_at_ms");
        return check_visit(&event->visit_facts);
    case EVENT_VISIT_OPENED:
        return check_visit(&event->visit_facts);
    case EVENT_COMPLAINT_OPENED:
        return check_complaint(&event->complaint);
    case EVENT_COMPLAINT_ACTION:
        return check_action(&event->action, directory);
    case EVENT_COMPLAINT_VERDICT:
        return check_verdict(event->verdict);
#define X(name, number) case EVENT_##name:
        NOTICE_TYPE_MAP(X)
#undef X
        return notice_check(type, at, &event->notice);
    case EVENT_NONE:
    case EVENT_SURVEY_INVITED:
    case EVENT_SURVEY_BOUNCED:
    case EVENT_SURVEY_REFUSED:
    case EVENT_VOID:
    case EVENT_UNVOID:
    case EVENT_CORRECT:
    case EVENT_HOLD:
    case EVENT_RELEASE:
        // These carry no facts, so there is nothing to put in their place.
        if (event->type == EVENT_CORRECT)
            return outcome_of(CODE_BAD_FIELD, "target_type");
        return fine();
    }
    return outcome_of(CODE_UNKNOWN_TYPE, NULL);
}

struct outcome
check_facts(struct event *event, const struct rulebook_history *history,
            const struct directory *directory)
{
    bool control = event_type_is_control(event->type);
    bool correct = event->type == EVENT_CORRECT;
    enum event_type named = control ? event->control.target_type : event->type;

    if (control) {
        struct outcome outcome = check_control(event);
        if (outcome.code != CODE_NONE)
            return outcome;
    }
    struct outcome outcome = check_names(event, named);
    if (outcome.code != CODE_NONE || (control && !correct))
        return outcome;
    // What replaces an event obeys the rules of the day that event happened.
    return check_payload(event, named,
                         correct ? event->control.target_occurred_at
                                 : event->occurred_at,
                         history, directory);
}
