// SPDX-License-Identifier: Apache-2.0
#include "common/domain/alert.h"

#include "common/domain/contribution_case.h"
#include "common/domain/contribution_survey.h"

// --- A survey ----------------------------------------------------------------

// unhappy finds the first NPS that counts an answer as a detractor's.
static bool
unhappy(const struct rulebook *rulebook, const struct member *facts,
        struct alert *alert)
{
    for (size_t i = 0; i < rulebook->kpi_count; i++) {
        const struct kpi_rule *const rule = &rulebook->kpis[i];
        const uint8_t value = rule->form == KPI_NPS
                                  ? survey_answer(facts, rule->items[0])
                                  : ANSWER_NOT_APPLICABLE;

        if (value == ANSWER_NOT_APPLICABLE || value > rule->detractor_cut)
            continue;
        alert->item = rule->items[0];
        alert->value = value;
        return true;
    }
    return false;
}

static void
look_at_survey(const struct live *lives, size_t count,
               const struct rulebook_history *history, struct alert *alert)
{
    const struct live *const response = survey_response(lives, count);
    const struct rulebook *const rulebook =
        response ? rulebook_at(history, response->member->occurred_at) : NULL;

    if (!rulebook || !unhappy(rulebook, response->facts, alert))
        return;
    alert->kind = ALERT_DETRACTOR;
    alert->dealer = response->member->dealer;
    alert->event = response->member->id;
    alert->at = response->member->occurred_at;
}

// --- A case ------------------------------------------------------------------

static bool
has_ended(const struct docket *docket)
{
    return first_action(docket, ACTION_RESOLVED) ||
           first_action(docket, ACTION_CLOSED);
}

static void
look_at_answer(const struct docket *docket, struct alert *alert)
{
    const struct deadline deadline = docket_deadline(docket);

    if (!deadline.set || first_action(docket, ACTION_RESPONSE))
        return;
    alert->answer_due = deadline.at;
    alert->class = deadline.class;
}

static void
look_at_updates(const struct docket *docket, struct alert *alert)
{
    const int64_t period = docket->rules->emergency_update_ms;
    struct walk walk = walk_of(docket);
    const struct live *action;
    int64_t last, due;

    if (period <= 0 || !docket_emergency(docket, NULL, &last))
        return;
    while ((action = walk_next(&walk)))
        if (action->facts->action.kind == ACTION_UPDATE &&
            action->member->occurred_at > last)
            last = action->member->occurred_at;
    if (__builtin_add_overflow(last, period, &due))
        return;
    alert->updated_at = last;
    alert->update_due = due;
}

static void
look_at_case(const struct live *lives, size_t count,
             const struct rulebook_history *history, struct alert *alert)
{
    struct docket docket;

    if (!docket_of(&docket, lives, count, history) || !docket.rules ||
        has_ended(&docket))
        return;
    look_at_answer(&docket, alert);
    look_at_updates(&docket, alert);
    if (alert->answer_due == 0 && alert->update_due == 0)
        return;
    alert->kind = ALERT_CASE;
    alert->dealer = responsible_at(&docket, INT64_MAX);
    alert->event = docket.opening->member->id;
    alert->at = docket.received_at;
}

// --- Either ------------------------------------------------------------------

void
alert_of(const struct entity_key *key, const struct entity *entity,
         const struct rulebook_history *history, struct alert *alert)
{
    struct lives lives; // large: never cleared, only what is used is written

    *alert = (struct alert){.kind = ALERT_NONE};
    if (entity->too_large)
        return;
    lives_of(entity, NULL, false, &lives);
    if (lives.count[SLICE_ALL] == 0)
        return;
    switch (entity_kind_of(key)) {
    case ENTITY_SURVEY:
        look_at_survey(lives.items[SLICE_ALL], lives.count[SLICE_ALL], history,
                       alert);
        return;
    case ENTITY_CASE:
        look_at_case(lives.items[SLICE_ALL], lives.count[SLICE_ALL], history,
                     alert);
        return;
    case ENTITY_VISIT:
    case ENTITY_CUSTOMER:
    case ENTITY_NOTICE:
    case ENTITY_MINUTE:
        return; // nothing there waits for anybody
    }
}

enum alert_state
alert_state_at(int64_t from, int64_t due, int64_t now)
{
    if (now > due)
        return ALERT_LATE;
    // Below the deadline nothing overflows that a date of this era could hold.
    const uint64_t left = (uint64_t)due - (uint64_t)now;
    const uint64_t whole = due > from ? (uint64_t)due - (uint64_t)from : 0;

    return left < whole / 4 ? ALERT_NEAR : ALERT_OPEN;
}
