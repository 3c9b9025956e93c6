// SPDX-License-Identifier: Apache-2.0
//
// The clocks of a case: its deadline (contribution_case.c says how) and, for an
// emergency, its half-hourly updates (rulings B8).
//
// An emergency counts when it was resolved, in the month of the first RESOLVED,
// at the dealer responsible then; before, it counts nothing (what is overdue up
// to now is a matter of reading).  It starts with the receipt, or when a
// RECLASSIFY before the resolution made it one.  With the period P of the
// rulebook valid at receipt:
//   due      max(0, ceil((resolved - start) / P) - 1)
//   updates  UPDATEs strictly between start and resolved, at most due
//   missed   sum over the gaps between start, updates and resolved of
//            max(0, ceil(gap / P) - 1)
#include "common/domain/contribution_case.h"

static void
consider(struct deadline *deadline, const struct docket *docket,
         enum complaint_class class, int64_t set_at)
{
    const int64_t clock = docket->rules->clock_ms[class];
    int64_t at;

    if (clock <= 0)
        return;
    if (__builtin_add_overflow(set_at, clock, &at))
        at = INT64_MAX;
    if (!deadline->set || at < deadline->at)
        *deadline = (struct deadline){.set = true, .at = at, .class = class};
}

// set_at returns when an action's class began to hold: never before receipt.
static int64_t
set_at(const struct docket *docket, const struct live *action)
{
    const int64_t at = action->member->occurred_at;

    return at > docket->received_at ? at : docket->received_at;
}

struct deadline
docket_deadline(const struct docket *docket)
{
    struct deadline deadline = {0};
    struct walk walk = walk_of(docket);
    const struct live *action;

    consider(&deadline, docket, docket->opening->facts->complaint.class,
             docket->received_at);
    while ((action = walk_next(&walk)))
        if (action->facts->action.kind == ACTION_RECLASSIFY)
            consider(&deadline, docket, action->facts->action.class,
                     set_at(docket, action));
    return deadline;
}

void
contribute_clock(struct emitter *emitter, const struct docket *docket)
{
    const struct deadline deadline = docket_deadline(docket);
    const struct live *const answer = first_action(docket, ACTION_RESPONSE);
    enum sla_result result = SLA_UNANSWERED;

    if (!deadline.set)
        return;
    if (answer)
        result =
            answer->member->occurred_at <= deadline.at ? SLA_MET : SLA_LATE;
    const struct tally_key key =
        emitter_key(emitter, deadline.at, responsible_at(docket, deadline.at));
    emit(emitter, &key, counter(COUNTER_SLA, deadline.class, result), 1);
}

bool
docket_emergency(const struct docket *docket, const struct live *until,
                 int64_t *start)
{
    struct walk walk = walk_of(docket);
    const struct live *action;

    *start = docket->received_at;
    if (docket->opening->facts->complaint.class == CLASS_EMERGENCY)
        return true;
    while ((action = walk_next(&walk)) && action != until)
        if (action->facts->action.kind == ACTION_RECLASSIFY &&
            action->facts->action.class == CLASS_EMERGENCY) {
            *start = set_at(docket, action);
            return true;
        }
    return false;
}

// periods_in returns how many updates a gap asks for: max(0, ceil(gap/P) - 1).
static uint64_t
periods_in(int64_t from, int64_t until, int64_t period)
{
    return until > from
               ? ((uint64_t)until - (uint64_t)from - 1) / (uint64_t)period
               : 0;
}

// bounded keeps a hostile receipt date from filling a counter.
static int64_t
bounded(uint64_t value)
{
    return value < UINT32_MAX ? (int64_t)value : (int64_t)UINT32_MAX;
}

void
contribute_emergency(struct emitter *emitter, const struct docket *docket)
{
    const struct live *const end = first_action(docket, ACTION_RESOLVED);
    const int64_t period = docket->rules->emergency_update_ms;
    struct walk walk = walk_of(docket);
    const struct live *action;
    uint64_t updates = 0, missed = 0;
    int64_t start, last;

    if (!end || period <= 0 || !docket_emergency(docket, end, &start))
        return;
    const int64_t resolved = end->member->occurred_at;
    const uint64_t due = periods_in(start, resolved, period);
    last = start;
    while ((action = walk_next(&walk))) {
        const int64_t at = action->member->occurred_at;

        if (action->facts->action.kind != ACTION_UPDATE || at <= start ||
            at >= resolved)
            continue;
        updates++;
        missed += periods_in(last, at, period);
        last = at;
    }
    missed += periods_in(last, resolved, period);

    const struct tally_key key =
        emitter_key(emitter, resolved, responsible_at(docket, resolved));
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_EMERGENCY_UPDATES, 0),
         bounded(updates < due ? updates : due));
    emit(emitter, &key, counter(COUNTER_COUNT, COUNT_EMERGENCY_MISSED, 0),
         bounded(missed));
}
