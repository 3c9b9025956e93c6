// SPDX-License-Identifier: Apache-2.0
#include "common/domain/check.h"

#include "common/domain/check_facts.h"

bool
role_may_send(enum role role, enum event_type type)
{
    if (!event_type_folded((uint32_t)type))
        return false;
    bool headquarters_only = event_type_is_control(type) ||
                             type == EVENT_COMPLAINT_VERDICT ||
                             type == EVENT_INVOICE;

    switch (role) {
    case ROLE_HQ:
        return true;
    case ROLE_DEALER:
        return !headquarters_only && type != EVENT_AUDIT_VISIT;
    case ROLE_AUDITOR:
        return type == EVENT_AUDIT_VISIT;
    case ROLE_NONE:
    case ROLE_REPORTER:  // sends statements and claims, likewise
    case ROLE_COLLECTOR: // passes on what others sent
        return false;
    }
    return false;
}

// The instants an event puts into the figures; 0: it does not say.
struct instants {
    int64_t occurred_at, received_at, target_at;
};

static struct instants
instants_of(const struct event *event)
{
    struct instants instants = {.occurred_at = event->occurred_at};
    enum event_type type = event->type;

    if (event_type_is_control(type))
        instants.target_at = event->control.target_occurred_at;
    if (type == EVENT_CORRECT)
        type = event->control.target_type;
    if (type == EVENT_COMPLAINT_OPENED)
        instants.received_at = event->complaint.received_at;
    return instants;
}

// The oldest and the latest instant that may be in an event, held at the ends
// of time.
static int64_t
oldest(const struct rulebook *rulebook, int64_t now)
{
    int64_t at;

    if (rulebook->lookback_ms <= 0 ||
        __builtin_sub_overflow(now, rulebook->lookback_ms, &at))
        return INT64_MIN;
    return at;
}

static int64_t
latest(const struct rulebook *rulebook, int64_t now)
{
    int64_t at;

    if (__builtin_add_overflow(now, rulebook->future_ms, &at))
        return rulebook->future_ms < 0 ? INT64_MIN : INT64_MAX;
    return at;
}

// A control may reach further back than events: its target was in time once.
static struct outcome
check_age(const struct instants *instants, int64_t oldest_at)
{
    if (instants->occurred_at < oldest_at)
        return outcome_of(CODE_TOO_OLD, "occurred_at_ms");
    if (instants->received_at != 0 && instants->received_at < oldest_at)
        return outcome_of(CODE_TOO_OLD, "received_at_ms");
    return outcome_of(CODE_NONE, NULL);
}

static struct outcome
check_future(const struct instants *instants, int64_t latest_at)
{
    if (instants->occurred_at > latest_at)
        return outcome_of(CODE_FUTURE_TIME, "occurred_at_ms");
    if (instants->received_at > latest_at)
        return outcome_of(CODE_FUTURE_TIME, "received_at_ms");
    if (instants->target_at > latest_at)
        return outcome_of(CODE_FUTURE_TIME, "target_occurred_at_ms");
    return outcome_of(CODE_NONE, NULL);
}

static struct outcome
check_envelope(const struct event *event)
{
    uint32_t type = (uint32_t)event->type;

    if (event_id_is_zero(&event->id))
        return outcome_of(CODE_BAD_ID, "id");
    if (event->dealer_id.length == 0)
        return outcome_of(CODE_MISSING_FIELD, "dealer");
    if (event_type_folded(type))
        return outcome_of(CODE_NONE, NULL);
    return outcome_of(event_type_known(type) ? CODE_NOT_YET_SUPPORTED
                                             : CODE_UNKNOWN_TYPE,
                      "payload");
}

// What is wrong for good comes first: waiting would not help.
struct outcome
check_event(struct event *event, const struct rulebook_history *history,
            const struct directory *directory, int64_t now)
{
    const struct rulebook *today = rulebook_at(history, now);
    const struct instants instants = instants_of(event);

    struct outcome outcome = check_envelope(event);
    if (outcome.code == CODE_NONE && !today)
        return outcome_of(CODE_UNKNOWN_QUESTIONNAIRE, "programme");
    if (outcome.code == CODE_NONE)
        outcome = check_age(&instants, oldest(today, now));
    if (outcome.code == CODE_NONE)
        outcome = check_facts(event, history, directory);
    if (outcome.code == CODE_NONE)
        outcome = check_future(&instants, latest(today, now));
    if (outcome.code == CODE_NONE &&
        !dealer_is_known(directory, event->dealer_id))
        outcome = outcome_of(CODE_UNKNOWN_DEALER, "dealer");
    return outcome;
}
