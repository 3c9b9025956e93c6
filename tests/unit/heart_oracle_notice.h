// SPDX-License-Identifier: Apache-2.0
//
// heart_oracle_notice: what events that stand by themselves count, told type by
// type, without the table.
#pragma once

#include "tests/unit/heart_oracle.h"

// Field n of a notice.
static inline int64_t
oracle_said(const struct event *event, int n)
{
    return event->notice.values[n].number;
}

static inline void
oracle_count(struct oracle *oracle, const struct event *event, enum slice slice,
             enum count count, int64_t value)
{
    if (value != 0)
        oracle_add(oracle, oracle_month(oracle, event->occurred_at),
                   event->dealer, slice, counter(COUNTER_COUNT, count, 0),
                   value);
}

static inline void
oracle_call(struct oracle *oracle, const struct event *call, enum slice slice)
{
    const int64_t offered =
        oracle_said(call, 2) ? oracle_said(call, 2) : call->occurred_at;
    const int64_t abandoned = oracle_said(call, 4);

    oracle_count(oracle, call, slice, COUNT_CALLS, 1);
    if (oracle_said(call, 3))
        oracle_took(oracle, call->occurred_at, call->dealer, slice, TIME_ANSWER,
                    offered, oracle_said(call, 3));
    if (oracle_said(call, 3))
        oracle_count(oracle, call, slice, COUNT_CALLS_ANSWERED, 1);
    if (abandoned && abandoned - offered < 5000)
        oracle_count(oracle, call, slice, COUNT_CALLS_SHORT, 1);
    if (oracle_said(call, 5))
        oracle_count(oracle, call, slice, COUNT_CALLS_CHECKED, 1);
    if (oracle_said(call, 6))
        oracle_count(oracle, call, slice, COUNT_CALLS_PASSED, 1);
}

static inline void
oracle_insider(struct oracle *oracle, const struct event *event,
               enum slice slice)
{
    const bool staff = event->type == EVENT_STAFF_SURVEY;
    int64_t sum = 0, answers = 0;

    if (!event->survey.complete)
        return;
    for (uint16_t i = 0; i < event->survey.answer_count; i++) {
        const uint8_t value = event->survey.answers[i].value;
        sum += value == 255 ? 0 : value;
        answers += value != 255;
    }
    oracle_count(oracle, event, slice,
                 staff ? COUNT_STAFF_RESPONSES : COUNT_DEALER_RESPONSES, 1);
    oracle_count(oracle, event, slice,
                 staff ? COUNT_STAFF_ANSWERS : COUNT_DEALER_ANSWERS, answers);
    oracle_count(oracle, event, slice,
                 staff ? COUNT_STAFF_ANSWER_SUM : COUNT_DEALER_ANSWER_SUM, sum);
}

static inline void
oracle_review(struct oracle *oracle, const struct event *event,
              enum slice slice)
{
    const int64_t polarity = oracle_said(event, 2);
    const int64_t stars = oracle_said(event, 3);

    oracle_count(oracle, event, slice, COUNT_REVIEWS, 1);
    oracle_count(oracle, event, slice, COUNT_REVIEWS_GOOD, polarity == 1);
    oracle_count(oracle, event, slice, COUNT_REVIEWS_NEUTRAL, polarity == 2);
    oracle_count(oracle, event, slice, COUNT_REVIEWS_BAD, polarity == 3);
    if (polarity == 0 && stars > 0)
        oracle_count(oracle, event, slice,
                     (enum count)(COUNT_REVIEWS_1_STAR + stars - 1), 1);
}

static inline void
oracle_audit(struct oracle *oracle, const struct event *event, enum slice slice)
{
    const int64_t dimension = oracle_said(event, 7);
    const unsigned first =
        (unsigned)(COUNT_LEVELS_RELIABILITY + 4 * (dimension - 1));

    oracle_count(oracle, event, slice, COUNT_AUDITS, 1);
    oracle_count(oracle, event, slice, COUNT_AUDIT_PASSED,
                 oracle_said(event, 2));
    oracle_count(oracle, event, slice, COUNT_AUDIT_TOTAL,
                 oracle_said(event, 3));
    oracle_count(oracle, event, slice, COUNT_AUDIT_VETOES,
                 oracle_said(event, 4));
    oracle_count(oracle, event, slice, COUNT_CONTACTS_RECHECKED,
                 oracle_said(event, 5));
    oracle_count(oracle, event, slice, COUNT_CONTACTS_CORRECT,
                 oracle_said(event, 6));
    if (dimension == 0)
        return;
    oracle_count(oracle, event, slice, (enum count)first, 1);
    for (unsigned level = 1; level <= 3; level++)
        oracle_count(oracle, event, slice, (enum count)(first + level),
                     oracle_said(event, 7 + (int)level));
}

static inline void
oracle_contact(struct oracle *oracle, const struct event *event,
               enum slice slice)
{
    const int64_t kind = oracle_said(event, 1), outcome = oracle_said(event, 2);

    oracle_count(oracle, event, slice, COUNT_CONTACTS, 1);
    oracle_count(oracle, event, slice, COUNT_CONTACTS_REACHED, outcome == 1);
    oracle_count(oracle, event, slice, COUNT_CONTACTS_WRONG_NUMBER,
                 outcome == 4);
    oracle_count(oracle, event, slice, COUNT_FOLLOW_UPS, kind == 1);
    oracle_count(oracle, event, slice, COUNT_GREETINGS_HOLIDAY, kind == 2);
    oracle_count(oracle, event, slice, COUNT_GREETINGS_BIRTHDAY, kind == 3);
}

static inline void
oracle_purchase(struct oracle *oracle, const struct event *event,
                enum slice slice)
{
    oracle_count(oracle, event, slice, COUNT_PURCHASES, 1);
    oracle_count(oracle, event, slice, COUNT_PURCHASES_REPLACING,
                 event->notice.values[3].bytes.length > 0);
    oracle_count(oracle, event, slice, COUNT_PURCHASE_FEN,
                 oracle_said(event, 4));
    oracle_count(oracle, event, slice, COUNT_PURCHASE_MARGIN_FEN,
                 oracle_said(event, 5));
}

// Of kinds one to n the counts stand side by side from `first`.
static inline void
oracle_kind(struct oracle *oracle, const struct event *event, enum slice slice,
            enum count first, int64_t value)
{
    const int64_t kind =
        oracle_said(event, event->type == EVENT_INVOICE ? 2 : 1);

    if (kind > 0)
        oracle_count(oracle, event, slice, (enum count)(first + kind - 1),
                     value);
}

static inline void
oracle_plain(struct oracle *oracle, const struct event *event, enum slice slice)
{
    const int64_t used = oracle_said(event, 2) ? oracle_said(event, 2) : 1;

    switch ((int)event->type) {
    case EVENT_CHAT:
        oracle_count(oracle, event, slice, COUNT_CHATS, 1);
        oracle_count(oracle, event, slice, COUNT_CHATS_ANSWERED,
                     oracle_said(event, 2) != 0);
        if (oracle_said(event, 2))
            oracle_took(oracle, event->occurred_at, event->dealer, slice,
                        TIME_CHAT,
                        oracle_said(event, 1) ? oracle_said(event, 1)
                                              : event->occurred_at,
                        oracle_said(event, 2));
        break;
    case EVENT_POINTS:
        oracle_kind(oracle, event, slice, COUNT_POINTS_EARNED,
                    oracle_said(event, 2));
        break;
    case EVENT_BENEFIT_USED:
        oracle_count(oracle, event, slice, COUNT_BENEFITS, used);
        oracle_kind(oracle, event, slice, COUNT_BENEFITS_WASH, used);
        break;
    case EVENT_RETENTION_ACTION:
        oracle_kind(oracle, event, slice, COUNT_RETENTION_FINANCIAL, 1);
        break;
    case EVENT_REFERRAL:
        oracle_count(oracle, event, slice, COUNT_REFERRALS, 1);
        break;
    case EVENT_CHURN:
        oracle_count(oracle, event, slice, COUNT_CHURNED, 1);
        oracle_kind(oracle, event, slice, COUNT_CHURNED_STAFF_TURNOVER, 1);
        break;
    case EVENT_TRAINING:
        oracle_count(oracle, event, slice, COUNT_TRAININGS, 1);
        oracle_count(oracle, event, slice, COUNT_TRAINING_MINUTES,
                     oracle_said(event, 2));
        oracle_count(oracle, event, slice, COUNT_TRAININGS_CERTIFIED,
                     oracle_said(event, 3));
        break;
    case EVENT_DISCLOSURE:
        oracle_count(oracle, event, slice, COUNT_DISCLOSURES, 1);
        break;
    case EVENT_GUIDANCE:
        oracle_count(oracle, event, slice, COUNT_GUIDANCES, 1);
        break;
    case EVENT_MEMBER_JOINED:
        oracle_count(oracle, event, slice, COUNT_MEMBERS_JOINED, 1);
        break;
    case EVENT_MEMBER_LEFT:
        oracle_count(oracle, event, slice, COUNT_MEMBERS_LEFT, 1);
        break;
    case EVENT_INVOICE:
        oracle_count(oracle, event, slice, COUNT_INVOICES, 1);
        oracle_count(oracle, event, slice, COUNT_INVOICED_FEN,
                     oracle_said(event, 3));
        oracle_kind(oracle, event, slice, COUNT_INVOICED_VEHICLE_FEN,
                    oracle_said(event, 3));
        break;
    default:
        abort();
    }
}

static inline void
oracle_notice(struct oracle *oracle, const struct oracle_group *group,
              enum slice slice)
{
    const struct event *const event = &group->live[group->count - 1];

    if (event->type == EVENT_STAFF_HEADCOUNT) { // the last of the month
        oracle_count(oracle, event, slice, COUNT_STAFF, oracle_said(event, 1));
        oracle_count(oracle, event, slice, COUNT_STAFF_TRAINED,
                     oracle_said(event, 2));
        oracle_count(oracle, event, slice, COUNT_STAFF_LEFT,
                     oracle_said(event, 3));
    } else if (event->type == EVENT_REVIEW) {
        oracle_review(oracle, event, slice);
    } else if (event->type == EVENT_CALL) {
        oracle_call(oracle, event, slice);
    } else if (event->type == EVENT_CONTACT) {
        oracle_contact(oracle, event, slice);
    } else if (event->type == EVENT_PURCHASE) {
        oracle_purchase(oracle, event, slice);
    } else if (event->type == EVENT_AUDIT_VISIT) {
        oracle_audit(oracle, event, slice);
    } else {
        oracle_plain(oracle, event, slice);
    }
}

static inline void
oracle_minute(struct oracle *oracle, const struct oracle_group *group,
              enum slice slice)
{
    int64_t answered = 0;

    for (size_t i = 0; i < group->count; i++)
        answered += oracle_said(&group->live[i], 3) != 0;
    oracle_count(oracle, &group->live[0], slice, COUNT_HOTLINE_MINUTES, 1);
    oracle_count(oracle, &group->live[0], slice, COUNT_HOTLINE_MISSED,
                 answered == 0);
}

// oracle_cared tells whether the group has an event of a type until an instant,
// for contacts also from one, and with the right outcome.
static inline bool
oracle_cared(const struct oracle_group *group, enum event_type type,
             int64_t from, int64_t until)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct event *const event = &group->live[i];

        if (event->type != type || event->occurred_at > until)
            continue;
        if (type != EVENT_CONTACT)
            return true;
        if (event->occurred_at >= from && oracle_said(event, 1) == 1 &&
            oracle_said(event, 2) < 2)
            return true;
    }
    return false;
}

static inline void
oracle_care(struct oracle *oracle, const struct oracle_group *group,
            enum slice slice)
{
    const struct event *closed = NULL, *told = NULL, *first = NULL;

    for (size_t i = group->count; i-- > 0;) { // the first one is left standing
        const struct event *const event = &group->live[i];

        if (event->type != EVENT_VISIT_OPENED &&
            event->type != EVENT_VISIT_CLOSED)
            continue;
        closed = event->type == EVENT_VISIT_CLOSED ? event : closed;
        told = event->visit_facts.signed_at ? event : told;
        first = event->visit_facts.first_visit ? event : first;
    }
    if (closed) {
        struct event due = *closed;
        due.occurred_at += 259200000;
        oracle_count(oracle, &due, slice, COUNT_FOLLOW_UP_DUE, 1);
        oracle_count(oracle, &due, slice, COUNT_FOLLOWED_UP,
                     oracle_cared(group, EVENT_CONTACT, closed->occurred_at,
                                  due.occurred_at));
    }
    if (told) {
        oracle_count(oracle, told, slice, COUNT_SIGNED, 1);
        oracle_count(oracle, told, slice, COUNT_DISCLOSED,
                     oracle_cared(group, EVENT_DISCLOSURE, 0,
                                  told->visit_facts.signed_at));
    }
    if (first) {
        oracle_count(oracle, first, slice, COUNT_FIRST_VISITS, 1);
        oracle_count(oracle, first, slice, COUNT_FIRST_GUIDED,
                     oracle_cared(group, EVENT_GUIDANCE, 0, INT64_MAX));
    }
}
