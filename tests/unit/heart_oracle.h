// SPDX-License-Identifier: Apache-2.0
//
// heart_oracle: the rules of the heart once more, the slow way.
//
// It knows no sets, keys or members: it takes all the events there are, groups
// them by a name it spells out, and counts.  It shares no code with what it
// judges but the values of enumerations and the rulebook.
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/domain/event.h"
#include "common/domain/rulebook.h"
#include "common/domain/tally.h"

enum { ORACLE_MAX = 20000, ORACLE_GROUP_MAX = 1200, ORACLE_NAME_MAX = 160 };

struct oracle {
    const struct rulebook_history *history;
    size_t count;
    struct delta figures[ORACLE_MAX]; // each place once, in no order
};

// The events of one group that count in one slice, with what they say.
struct oracle_group {
    char name[ORACLE_NAME_MAX];
    size_t all_count, count;
    const struct event *all[ORACLE_GROUP_MAX];
    struct event live[ORACLE_GROUP_MAX];
};

static inline const struct rulebook *
oracle_rules(const struct oracle *oracle, int64_t at)
{
    const struct rulebook *found = oracle->history->versions[0];

    for (size_t i = 0; i < oracle->history->count; i++)
        if (oracle->history->versions[i]->valid_from <= at)
            found = oracle->history->versions[i];
    return found;
}

static inline uint32_t
oracle_month(const struct oracle *oracle, int64_t at)
{
    const time_t local =
        (time_t)(at / 1000) + oracle_rules(oracle, at)->zone.offset_s;
    struct tm date;

    gmtime_r(&local, &date);
    return (uint32_t)((date.tm_year + 1900) * 12 + date.tm_mon);
}

static inline void
oracle_add(struct oracle *oracle, uint32_t month, uint32_t dealer,
           enum slice slice, uint32_t counter, int64_t value)
{
    size_t i = 0;

    while (i < oracle->count && !(oracle->figures[i].key.month == month &&
                                  oracle->figures[i].key.dealer == dealer &&
                                  oracle->figures[i].key.slice == slice &&
                                  oracle->figures[i].counter == counter))
        i++;
    if (i == oracle->count)
        oracle->figures[oracle->count++] =
            (struct delta){{month, dealer, slice}, counter, 0};
    oracle->figures[i].value += value;
}

static inline void
oracle_tick(struct oracle *oracle, int64_t at, uint32_t dealer,
            enum slice slice, enum count count)
{
    oracle_add(oracle, oracle_month(oracle, at), dealer, slice,
               counter(COUNTER_COUNT, count, 0), 1);
}

// oracle_took counts how long something took: seconds, begun ones as whole, in
// steps of one up to 15, then eight steps to each doubling.
static inline void
oracle_took(struct oracle *oracle, int64_t at, uint32_t dealer,
            enum slice slice, enum timed timed, int64_t from, int64_t until)
{
    const int64_t seconds = until > from ? (until - from + 999) / 1000 : 0;
    uint32_t bucket = 0;

    for (int64_t top = 0; top < seconds; bucket++)
        top += bucket + 1 < 16 ? 1 : INT64_C(1) << ((bucket + 1) / 8 - 1);
    oracle_add(oracle, oracle_month(oracle, at), dealer, slice,
               counter(COUNTER_TIME, timed, bucket), 1);
}

// --- Groups ------------------------------------------------------------------

static inline bool
oracle_is_control(const struct event *event)
{
    return event->type >= EVENT_VOID;
}

static inline bool
oracle_is_insider(enum event_type type)
{
    return type == EVENT_STAFF_SURVEY || type == EVENT_DEALER_SURVEY;
}

static inline bool
oracle_is_notice(enum event_type type)
{
    return type > EVENT_COMPLAINT_VERDICT && type < EVENT_VOID &&
           !oracle_is_insider(type);
}

// oracle_name spells an event's first (which = 0) or second group; empty when
// it has none.
static inline void
oracle_name(const struct oracle *oracle, const struct event *event, int which,
            char name[ORACLE_NAME_MAX])
{
    const bool control = oracle_is_control(event);
    const enum event_type type =
        control ? event->control.target_type : event->type;
    const struct event_id *const id =
        control ? &event->control.target : &event->id;
    const int64_t at =
        control ? event->control.target_occurred_at : event->occurred_at;
    const unsigned space = event->issuer == ISSUER_HQ ? 0 : event->dealer;
    const bool survey =
        type >= EVENT_SURVEY_INVITED && type <= EVENT_SURVEY_RESPONSE;
    const bool resurvey =
        !control && type == EVENT_SURVEY_RESPONSE && event->survey.resurvey;

    name[0] = '\0';
    if (which == 1) {
        if (event->customer.length > 0 &&
            (type == EVENT_SURVEY_RESPONSE || type == EVENT_VISIT_OPENED ||
             type == EVENT_VISIT_CLOSED || type == EVENT_COMPLAINT_OPENED))
            snprintf(name, ORACLE_NAME_MAX, "customer %u %u %.*s",
                     oracle_month(oracle, at), event->dealer,
                     (int)event->customer.length, event->customer.data);
        if (event->visit.length > 0 &&
            (type == EVENT_CONTACT || type == EVENT_DISCLOSURE ||
             type == EVENT_GUIDANCE))
            snprintf(name, ORACLE_NAME_MAX, "visit %u %.*s", space,
                     (int)event->visit.length, event->visit.data);
        if (type == EVENT_CALL)
            snprintf(name, ORACLE_NAME_MAX, "minute %u %lld", event->dealer,
                     (long long)(at / 60000));
    } else if (survey && !resurvey && event->visit.length > 0) {
        snprintf(name, ORACLE_NAME_MAX, "survey %u visit %.*s", space,
                 (int)event->visit.length, event->visit.data);
    } else if (survey && !resurvey && event->invitation.length > 0) {
        snprintf(name, ORACLE_NAME_MAX, "survey %u invitation %.*s", space,
                 (int)event->invitation.length, event->invitation.data);
    } else if (survey) {
        snprintf(name, ORACLE_NAME_MAX, "survey %u event %02x%02x%02x%02x",
                 event->dealer, id->bytes[12], id->bytes[13], id->bytes[14],
                 id->bytes[15]);
    } else if (type == EVENT_VISIT_OPENED || type == EVENT_VISIT_CLOSED) {
        if (event->visit.length > 0) // unnamed: of no visit
            snprintf(name, ORACLE_NAME_MAX, "visit %u %.*s", space,
                     (int)event->visit.length, event->visit.data);
    } else if (oracle_is_insider(type)) {
        snprintf(name, ORACLE_NAME_MAX, "survey %u event %02x%02x%02x%02x",
                 event->dealer, id->bytes[12], id->bytes[13], id->bytes[14],
                 id->bytes[15]);
    } else if (type == EVENT_STAFF_HEADCOUNT) {
        snprintf(name, ORACLE_NAME_MAX, "notice %u month %u", event->dealer,
                 oracle_month(oracle, at));
    } else if (oracle_is_notice(type)) {
        snprintf(name, ORACLE_NAME_MAX, "notice %u %02x%02x%02x%02x",
                 event->dealer, id->bytes[12], id->bytes[13], id->bytes[14],
                 id->bytes[15]);
    } else {
        snprintf(name, ORACLE_NAME_MAX, "case %u %.*s", space,
                 (int)event->complaint_id.length, event->complaint_id.data);
    }
}

static inline int
oracle_order(const void *left, const void *right)
{
    const struct event *const a = *(const struct event *const *)left;
    const struct event *const b = *(const struct event *const *)right;
    int order =
        (a->occurred_at > b->occurred_at) - (a->occurred_at < b->occurred_at);

    if (order == 0)
        order = memcmp(a->id.bytes, b->id.bytes, EVENT_ID_SIZE);
    return order ? order : (int)a->dealer - (int)b->dealer;
}

// --- What the controls do ----------------------------------------------------

static inline bool
oracle_same(const struct event_id *a, const struct event_id *b)
{
    return memcmp(a->bytes, b->bytes, EVENT_ID_SIZE) == 0;
}

static inline bool
oracle_stands(const struct oracle_group *group, const struct event *control)
{
    const enum event_type undo =
        control->type == EVENT_HOLD ? EVENT_RELEASE : EVENT_UNVOID;

    for (size_t i = 0; i < group->all_count; i++)
        if (group->all[i]->type == undo &&
            group->all[i]->dealer == control->dealer &&
            oracle_same(&group->all[i]->control.control, &control->id))
            return false;
    return true;
}

// oracle_acted returns the first standing control of a type on an event.
static inline const struct event *
oracle_acted(const struct oracle_group *group, const struct event *event,
             enum event_type type)
{
    for (size_t i = 0; i < group->all_count; i++) {
        const struct event *const control = group->all[i];

        if (control->type == type && control->dealer == event->dealer &&
            control->control.target_type == event->type &&
            oracle_same(&control->control.target, &event->id) &&
            oracle_stands(group, control))
            return control;
    }
    return NULL;
}

static inline bool
oracle_orphan(const struct oracle_group *group, const struct event *control)
{
    bool target = false;
    bool named =
        control->type != EVENT_UNVOID && control->type != EVENT_RELEASE;

    for (size_t i = 0; i < group->all_count; i++) {
        const struct event *const event = group->all[i];

        if (event->dealer != control->dealer)
            continue;
        if (event->type == control->control.target_type &&
            oracle_same(&event->id, &control->control.target))
            target = true;
        if (oracle_same(&event->id, &control->control.control) &&
            (control->type == EVENT_RELEASE
                 ? event->type == EVENT_HOLD
                 : event->type == EVENT_VOID || event->type == EVENT_CORRECT))
            named = true;
    }
    return !target || !named;
}

static inline void
oracle_count_controls(struct oracle *oracle, const struct oracle_group *group)
{
    for (size_t i = 0; i < group->all_count; i++) {
        const struct event *const event = group->all[i];
        const enum event_type about =
            oracle_is_control(event) ? event->control.target_type : event->type;

        if ((group->name[0] == 'v' || group->name[0] == 'm') &&
            oracle_is_notice(about))
            continue; // counted where it stands by itself
        if (oracle_is_control(event)) {
            if (oracle_orphan(group, event))
                oracle_tick(oracle, event->control.target_occurred_at,
                            event->dealer, SLICE_ALL, COUNT_CONTROL_ORPHAN);
            continue;
        }
        const bool dead = oracle_acted(group, event, EVENT_VOID);
        if (dead)
            oracle_tick(oracle, event->occurred_at, event->dealer, SLICE_ALL,
                        COUNT_VOIDED);
        if (!dead && oracle_acted(group, event, EVENT_CORRECT))
            oracle_tick(oracle, event->occurred_at, event->dealer, SLICE_ALL,
                        COUNT_CORRECTED);
        if (!dead && oracle_acted(group, event, EVENT_HOLD))
            oracle_tick(oracle, event->occurred_at, event->dealer, SLICE_ALL,
                        COUNT_HELD);
    }
}

// oracle_choose fills in the live events of one slice: the target with the
// payload of its CORRECT.
static inline void
oracle_choose(struct oracle_group *group, enum slice slice)
{
    group->count = 0;
    for (size_t i = 0; i < group->all_count; i++) {
        const struct event *const event = group->all[i];
        const struct event *const correct =
            oracle_acted(group, event, EVENT_CORRECT);
        const bool held = oracle_acted(group, event, EVENT_HOLD);

        if (oracle_is_control(event) ||
            oracle_acted(group, event, EVENT_VOID) ||
            held != (slice == SLICE_HELD))
            continue;
        struct event *const said = &group->live[group->count++];
        *said = *event;
        if (!correct)
            continue;
        if (event->type == EVENT_SURVEY_RESPONSE ||
            oracle_is_insider(event->type)) {
            said->survey = correct->survey;
            said->survey.resurvey = event->survey.resurvey;
        } else if (event->type == EVENT_VISIT_OPENED ||
                   event->type == EVENT_VISIT_CLOSED) {
            said->visit_facts = correct->visit_facts;
        } else if (event->type == EVENT_COMPLAINT_OPENED) {
            said->complaint = correct->complaint;
        } else if (event->type == EVENT_COMPLAINT_ACTION) {
            said->action = correct->action;
        } else if (event->type == EVENT_COMPLAINT_VERDICT) {
            said->verdict = correct->verdict;
        } else if (oracle_is_notice(event->type)) {
            said->notice = correct->notice;
        }
    }
}

// oracle_first counts the first live event of a type.
static inline void
oracle_first(struct oracle *oracle, const struct oracle_group *group,
             enum slice slice, enum event_type type, enum count count)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->live[i].type == type) {
            oracle_tick(oracle, group->live[i].occurred_at,
                        group->live[i].dealer, slice, count);
            return;
        }
}
