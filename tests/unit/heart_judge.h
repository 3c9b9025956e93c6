// SPDX-License-Identifier: Apache-2.0
//
// heart_judge: what the groups of the oracle count, and all of them together.
#pragma once

#include "tests/unit/heart_oracle.h"
#include "tests/unit/heart_oracle_case.h"
#include "tests/unit/heart_oracle_notice.h"

static inline int
oracle_answer(const struct survey *survey, uint16_t item)
{
    for (uint16_t i = 0; i < survey->answer_count; i++)
        if (survey->answers[i].item == item &&
            survey->answers[i].value != ANSWER_NOT_APPLICABLE)
            return survey->answers[i].value;
    return -1;
}

static inline void
oracle_response(struct oracle *oracle, const struct event *event,
                enum slice slice)
{
    const struct rulebook *const rules =
        oracle_rules(oracle, event->occurred_at);
    const uint32_t month = oracle_month(oracle, event->occurred_at);
    const struct survey *const survey = &event->survey;

    oracle_tick(oracle, event->occurred_at, event->dealer, slice,
                COUNT_RESPONSES);
    if (survey->context.coached)
        oracle_tick(oracle, event->occurred_at, event->dealer, slice,
                    COUNT_COACHED);
    if (survey->context.incentive_offered)
        oracle_tick(oracle, event->occurred_at, event->dealer, slice,
                    COUNT_INCENTIVE);
    for (uint16_t i = 0; i < survey->answer_count; i++)
        oracle_add(oracle, month, event->dealer, slice,
                   counter(COUNTER_ANSWER, survey->answers[i].item,
                           survey->answers[i].value),
                   1);
    for (size_t s = 0; s < rules->set_count; s++) {
        const struct item_set *const set = &rules->sets[s];
        int values[SET_ITEMS_MAX], missing = 0;

        for (uint32_t j = 0; j < set->item_count; j++) {
            values[j] = oracle_answer(survey, set->items[j]);
            missing += values[j] < 0;
        }
        if (missing)
            continue;
        oracle_add(oracle, month, event->dealer, slice,
                   counter(COUNTER_SET, set->number, 0), 1);
        for (uint32_t j = 0; j < set->item_count; j++) {
            oracle_add(oracle, month, event->dealer, slice,
                       counter(COUNTER_SET, set->number, 1 + j), values[j]);
            for (uint32_t k = j; k < set->item_count; k++)
                oracle_add(oracle, month, event->dealer, slice,
                           counter(COUNTER_SQUARE, set->number, j * 8 + k),
                           values[j] * values[k]);
        }
    }
    for (size_t p = 0; p < rules->pair_count; p++) {
        const int experience =
            oracle_answer(survey, rules->pairs[p].experience);
        const int expectation =
            oracle_answer(survey, rules->pairs[p].expectation);

        if (experience >= 0 && expectation >= 0)
            oracle_add(oracle, month, event->dealer, slice,
                       counter(COUNTER_GAP, rules->pairs[p].number,
                               (uint32_t)(128 + experience - expectation)),
                       1);
    }
}

static inline void
oracle_survey(struct oracle *oracle, const struct oracle_group *group,
              enum slice slice)
{
    bool taken = false;

    oracle_first(oracle, group, slice, EVENT_SURVEY_INVITED, COUNT_INVITED);
    oracle_first(oracle, group, slice, EVENT_SURVEY_BOUNCED, COUNT_BOUNCED);
    oracle_first(oracle, group, slice, EVENT_SURVEY_REFUSED, COUNT_REFUSED);
    for (size_t i = 0; i < group->count; i++) {
        const struct event *const event = &group->live[i];
        enum count count = COUNT_PARTIAL;

        if (oracle_is_insider(event->type))
            oracle_insider(oracle, event, slice);
        if (event->type != EVENT_SURVEY_RESPONSE)
            continue;
        if (event->survey.resurvey && !event->survey.complete)
            continue;
        if (event->survey.resurvey) {
            count = COUNT_RESURVEYS;
        } else if (event->survey.complete && taken) {
            count = COUNT_SURPLUS;
        } else if (event->survey.complete) {
            taken = true;
            oracle_response(oracle, event, slice);
            continue;
        }
        oracle_tick(oracle, event->occurred_at, event->dealer, slice, count);
    }
}

// oracle_bill compares a closed visit's bill with its estimate, and when the
// car was ready with when it was promised.
static inline void
oracle_bill(struct oracle *oracle, const struct event *closed,
            const struct event *estimate, int64_t promised, int64_t ready,
            enum slice slice)
{
    const uint32_t month = oracle_month(oracle, closed->occurred_at);
    const int64_t bill = closed->visit_facts.settled_fen;

    if (estimate && closed->visit_facts.has_settled) {
        const int64_t fen = estimate->visit_facts.estimate_fen;
        const int64_t excess = bill - fen;
        oracle_tick(oracle, closed->occurred_at, closed->dealer, slice,
                    COUNT_ESTIMATED);
        if (excess * 10 > fen)
            oracle_tick(oracle, closed->occurred_at, closed->dealer, slice,
                        COUNT_OVERRUN);
        oracle_add(oracle, month, closed->dealer, slice,
                   counter(COUNTER_COUNT, COUNT_ESTIMATE_FEN, 0), fen);
        oracle_add(oracle, month, closed->dealer, slice,
                   counter(COUNTER_COUNT, COUNT_SETTLED_FEN, 0), bill);
    }
    if (promised == 0 || ready == 0)
        return;
    oracle_tick(oracle, closed->occurred_at, closed->dealer, slice,
                COUNT_PROMISED);
    if (ready <= promised)
        oracle_tick(oracle, closed->occurred_at, closed->dealer, slice,
                    COUNT_READY_IN_TIME);
}

static inline void
oracle_visit(struct oracle *oracle, const struct oracle_group *group,
             enum slice slice)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct event *const event = &group->live[i];

        if (event->type != EVENT_VISIT_OPENED &&
            event->type != EVENT_VISIT_CLOSED)
            continue;
        oracle_tick(oracle, event->occurred_at, event->dealer, slice,
                    COUNT_VISITS);
        break;
    }
    oracle_first(oracle, group, slice, EVENT_VISIT_CLOSED, COUNT_VISITS_CLOSED);
    const struct event *closed = NULL, *eligible = NULL, *estimate = NULL,
                       *waited = NULL;
    int64_t promised = 0, ready = 0;

    for (size_t i = group->count; i-- > 0;) { // the first one is left standing
        const struct event *const event = &group->live[i];
        const struct visit *const says = &event->visit_facts;

        if (event->type != EVENT_VISIT_OPENED &&
            event->type != EVENT_VISIT_CLOSED)
            continue;
        closed = event->type == EVENT_VISIT_CLOSED ? event : closed;
        eligible = says->eligible ? event : eligible;
        estimate = says->has_estimate ? event : estimate;
        promised = says->promised_at ? says->promised_at : promised;
        ready = says->ready_at ? says->ready_at : ready;
        waited = says->arrived_at && says->served_at ? event : waited;
    }
    if (eligible)
        oracle_tick(oracle, eligible->occurred_at, eligible->dealer, slice,
                    COUNT_ELIGIBLE);
    if (closed)
        oracle_bill(oracle, closed, estimate, promised, ready, slice);
    if (waited)
        oracle_took(oracle, waited->occurred_at, waited->dealer, slice,
                    TIME_WAIT, waited->visit_facts.arrived_at,
                    waited->visit_facts.served_at);
}

static inline void
oracle_customer(struct oracle *oracle, const struct oracle_group *group,
                enum slice slice)
{
    unsigned month = 0, dealer = 0, opened = 0;

    if (sscanf(group->name, "customer %u %u", &month, &dealer) != 2)
        abort();
    for (size_t i = 0; i < group->count; i++)
        opened += group->live[i].type == EVENT_VISIT_OPENED;
    oracle_add(oracle, month, dealer, slice,
               counter(COUNTER_COUNT, COUNT_CUSTOMERS, 0), 1);
    if (opened > 1)
        oracle_add(oracle, month, dealer, slice,
                   counter(COUNTER_COUNT, COUNT_RETURNING, 0), 1);
}

static inline void
oracle_gather(const struct oracle *oracle, const struct event *events,
              size_t count, struct oracle_group *group)
{
    char name[ORACLE_NAME_MAX];

    group->all_count = 0;
    for (size_t i = 0; i < count; i++)
        for (int which = 0; which < 2; which++) {
            oracle_name(oracle, &events[i], which, name);
            if (strcmp(name, group->name) == 0)
                group->all[group->all_count++] = &events[i];
        }
    qsort(group->all, group->all_count, sizeof *group->all, oracle_order);
}

static inline void
oracle_count_group(struct oracle *oracle, struct oracle_group *group)
{
    if (group->name[0] != 'c' || group->name[1] == 'a') // not a customer
        oracle_count_controls(oracle, group);
    for (unsigned slice = SLICE_ALL; slice <= SLICE_HELD; slice++) {
        oracle_choose(group, (enum slice)slice);
        if (group->count == 0)
            continue;
        if (group->name[0] == 's')
            oracle_survey(oracle, group, (enum slice)slice);
        else if (group->name[0] == 'v') {
            oracle_visit(oracle, group, (enum slice)slice);
            oracle_care(oracle, group, (enum slice)slice);
        } else if (group->name[0] == 'm')
            oracle_minute(oracle, group, (enum slice)slice);
        else if (group->name[0] == 'n')
            oracle_notice(oracle, group, (enum slice)slice);
        else if (group->name[1] == 'a')
            oracle_case(oracle, group, (enum slice)slice);
        else
            oracle_customer(oracle, group, (enum slice)slice);
    }
}

// oracle_judge counts what a set of different events amounts to.
static inline void
oracle_judge(struct oracle *oracle, const struct rulebook_history *history,
             const struct event *events, size_t count)
{
    static struct oracle_group group;
    static char seen[4 * ORACLE_GROUP_MAX][ORACLE_NAME_MAX];
    size_t seen_count = 0;

    oracle->history = history;
    oracle->count = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        size_t s = 0;

        oracle_name(oracle, &events[i / 2], i % 2, group.name);
        while (s < seen_count && strcmp(seen[s], group.name) != 0)
            s++;
        if (group.name[0] == '\0' || s < seen_count)
            continue;
        memcpy(seen[seen_count++], group.name, ORACLE_NAME_MAX);
        oracle_gather(oracle, events, count, &group);
        oracle_count_group(oracle, &group);
    }
}
