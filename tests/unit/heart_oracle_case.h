// SPDX-License-Identifier: Apache-2.0
//
// heart_oracle_case: what a complaint case counts, the slow way.
#pragma once

#include "tests/unit/heart_oracle.h"

struct oracle_case {
    const struct event *opening;
    int64_t received_at;
    const struct rulebook *rules;
    size_t count;                               // actions that count
    const struct event *acts[ORACLE_GROUP_MAX]; // in order
    uint32_t after[ORACLE_GROUP_MAX];           // responsible after each
};

static inline uint32_t
oracle_responsible(const struct oracle_case *kase, int64_t at)
{
    uint32_t dealer = kase->opening->dealer;

    for (size_t i = 0; i < kase->count; i++)
        if (kase->acts[i]->occurred_at <= at)
            dealer = kase->after[i];
    return dealer;
}

static inline const struct event *
oracle_act(const struct oracle_case *kase, enum action_kind kind)
{
    for (size_t i = 0; i < kase->count; i++)
        if (kase->acts[i]->action.kind == kind)
            return kase->acts[i];
    return NULL;
}

static inline bool
oracle_read_case(const struct oracle *oracle, const struct oracle_group *group,
                 struct oracle_case *kase)
{
    uint32_t responsible;

    kase->opening = NULL;
    kase->count = 0;
    for (size_t i = group->count; i-- > 0;)
        if (group->live[i].type == EVENT_COMPLAINT_OPENED)
            kase->opening = &group->live[i];
    if (!kase->opening)
        return false;
    responsible = kase->opening->dealer;
    kase->received_at = kase->opening->complaint.received_at;
    for (size_t i = 0; i < group->count; i++) {
        const struct event *const event = &group->live[i];

        if (event->type == EVENT_COMPLAINT_OPENED &&
            (event->dealer == 0 || event->dealer == kase->opening->dealer) &&
            event->complaint.received_at < kase->received_at)
            kase->received_at = event->complaint.received_at;
        if (event->type != EVENT_COMPLAINT_ACTION ||
            (event->dealer != 0 && event->dealer != responsible))
            continue;
        if (event->action.kind == ACTION_REASSIGN)
            responsible = event->action.dealer;
        kase->after[kase->count] = responsible;
        kase->acts[kase->count++] = event;
    }
    kase->rules = oracle_rules(oracle, kase->received_at);
    return true;
}

static inline void
oracle_clock(struct oracle *oracle, const struct oracle_case *kase,
             enum slice slice)
{
    const struct event *const answer = oracle_act(kase, ACTION_RESPONSE);
    int64_t due[ORACLE_GROUP_MAX + 1];
    enum complaint_class class[ORACLE_GROUP_MAX + 1];
    size_t count = 0, best = 0;

    due[0] = kase->received_at;
    class[count++] = kase->opening->complaint.class;
    for (size_t i = 0; i < kase->count; i++)
        if (kase->acts[i]->action.kind == ACTION_RECLASSIFY) {
            const int64_t at = kase->acts[i]->occurred_at;

            due[count] = at < kase->received_at ? kase->received_at : at;
            class[count++] = kase->acts[i]->action.class;
        }
    for (size_t i = 0; i < count; i++)
        due[i] = kase->rules->clock_ms[class[i]] > 0
                     ? due[i] + kase->rules->clock_ms[class[i]]
                     : INT64_MAX;
    for (size_t i = 1; i < count; i++)
        best = due[i] < due[best] ? i : best;
    if (due[best] == INT64_MAX)
        return;
    oracle_add(oracle, oracle_month(oracle, due[best]),
               oracle_responsible(kase, due[best]), slice,
               counter(COUNTER_SLA, class[best],
                       !answer                           ? SLA_UNANSWERED
                       : answer->occurred_at > due[best] ? SLA_LATE
                                                         : SLA_MET),
               1);
}

static inline void
oracle_emergency(struct oracle *oracle, const struct oracle_case *kase,
                 enum slice slice)
{
    const struct event *const end = oracle_act(kase, ACTION_RESOLVED);
    const int64_t period = kase->rules->emergency_update_ms;
    int64_t start = INT64_MAX, updates = 0, missed = 0, due = 0, last;

    if (!end)
        return;
    for (size_t i = kase->count; i-- > 0;)
        if (kase->acts[i]->action.kind == ACTION_RECLASSIFY &&
            kase->acts[i]->action.class == CLASS_EMERGENCY &&
            oracle_order(&kase->acts[i], &end) < 0)
            start = kase->acts[i]->occurred_at < kase->received_at
                        ? kase->received_at
                        : kase->acts[i]->occurred_at;
    if (kase->opening->complaint.class == CLASS_EMERGENCY)
        start = kase->received_at;
    if (start == INT64_MAX)
        return;
    last = start;
    // One step of a millisecond period after the other, as on a wall clock.
    for (int64_t at = start + period; at < end->occurred_at; at += period)
        due++;
    for (size_t i = 0; i < kase->count; i++) {
        const int64_t now = kase->acts[i]->occurred_at;

        if (kase->acts[i]->action.kind != ACTION_UPDATE || now <= start ||
            now >= end->occurred_at)
            continue;
        updates++;
        for (int64_t at = last + period; at < now; at += period)
            missed++;
        last = now;
    }
    for (int64_t at = last + period; at < end->occurred_at; at += period)
        missed++;
    const uint32_t month = oracle_month(oracle, end->occurred_at);
    const uint32_t dealer = oracle_responsible(kase, end->occurred_at);
    oracle_add(oracle, month, dealer, slice,
               counter(COUNTER_COUNT, COUNT_EMERGENCY_UPDATES, 0),
               updates < due ? updates : due);
    oracle_add(oracle, month, dealer, slice,
               counter(COUNTER_COUNT, COUNT_EMERGENCY_MISSED, 0), missed);
}

static inline void
oracle_at(struct oracle *oracle, const struct oracle_case *kase,
          const struct event *event, enum slice slice, enum count count)
{
    oracle_tick(oracle, event->occurred_at,
                oracle_responsible(kase, event->occurred_at), slice, count);
}

// oracle_fix: a case closed for the first time holds unless it is reopened
// within 90 days; it is known, and counted, when they are over.
static inline void
oracle_fix(struct oracle *oracle, const struct oracle_case *kase,
           const struct event *closed, enum slice slice)
{
    const int64_t over = closed->occurred_at + INT64_C(7776000000);
    const uint32_t dealer = oracle_responsible(kase, closed->occurred_at);
    bool held = true;

    for (size_t i = 0; i < kase->count; i++)
        held &= kase->acts[i]->action.kind != ACTION_REOPENED ||
                oracle_order(&kase->acts[i], &closed) < 0 ||
                kase->acts[i]->occurred_at > over;
    oracle_at(oracle, kase, closed, slice, COUNT_CASES_CLOSED);
    oracle_tick(oracle, over, dealer, slice, COUNT_FIX_DUE);
    if (held)
        oracle_tick(oracle, over, dealer, slice, COUNT_FIXED_FIRST);
}

static inline void
oracle_end(struct oracle *oracle, const struct oracle_group *group,
           const struct oracle_case *kase, enum slice slice)
{
    const struct event *const closed = oracle_act(kase, ACTION_CLOSED);
    const struct event *const resolved = oracle_act(kase, ACTION_RESOLVED);
    const struct event *verdict = NULL;
    const bool by_closing =
        closed && (!resolved || oracle_order(&closed, &resolved) < 0);

    if (closed || resolved)
        oracle_at(oracle, kase, by_closing ? closed : resolved, slice,
                  COUNT_CASES_RESOLVED);
    const struct event *const end = by_closing ? closed : resolved;
    if (end)
        oracle_took(oracle, end->occurred_at,
                    oracle_responsible(kase, end->occurred_at), slice,
                    TIME_RESOLVE, kase->received_at, end->occurred_at);
    if (closed && closed->action.root_cause.length == 0)
        oracle_at(oracle, kase, closed, slice, COUNT_NO_ROOT_CAUSE);
    if (closed)
        oracle_fix(oracle, kase, closed, slice);
    const struct event *const answer = oracle_act(kase, ACTION_RESPONSE);
    if (answer)
        oracle_took(oracle, answer->occurred_at,
                    oracle_responsible(kase, answer->occurred_at), slice,
                    TIME_RESPOND, kase->received_at, answer->occurred_at);
    for (size_t i = 0; i < group->count; i++)
        if (group->live[i].type == EVENT_COMPLAINT_VERDICT)
            verdict = &group->live[i];
    if (verdict && verdict->verdict == VERDICT_CONFIRMED_DEALER) {
        oracle_at(oracle, kase, verdict, slice, COUNT_CONFIRMED);
        if (kase->opening->complaint.severity == 4)
            oracle_at(oracle, kase, verdict, slice, COUNT_CONFIRMED_SEVERE);
        if (oracle_act(kase, ACTION_COMPENSATION) &&
            oracle_act(kase, ACTION_RESPONSIBILITY) &&
            oracle_act(kase, ACTION_APOLOGY))
            oracle_at(oracle, kase, verdict, slice, COUNT_MADE_GOOD);
    }
    if (verdict && verdict->verdict == VERDICT_UNFOUNDED)
        oracle_at(oracle, kase, verdict, slice, COUNT_UNFOUNDED);
    if (verdict && verdict->verdict == VERDICT_FRAUD)
        oracle_at(oracle, kase, verdict, slice, COUNT_FRAUD);
}

static inline void
oracle_case(struct oracle *oracle, const struct oracle_group *group,
            enum slice slice)
{
    static struct oracle_case kase;
    bool reversed = false;

    if (!oracle_read_case(oracle, group, &kase)) {
        oracle_first(oracle, group, slice, EVENT_COMPLAINT_ACTION,
                     COUNT_CASES_UNOPENED);
        return;
    }
    for (size_t i = 0; i < kase.count; i++)
        reversed |= kase.acts[i]->occurred_at < kase.received_at;
    oracle_tick(oracle, kase.received_at, kase.opening->dealer, slice,
                COUNT_CASES);
    if (reversed)
        oracle_tick(oracle, kase.received_at, kase.opening->dealer, slice,
                    COUNT_TIME_REVERSED);
    oracle_clock(oracle, &kase, slice);
    oracle_emergency(oracle, &kase, slice);
    oracle_end(oracle, group, &kase, slice);
}
