// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/bucket.h"
#include "tests/unit/heart_support.h"

static struct member space[ENTITY_MEMBERS_MAX];
static struct contribution made, other, change;

static const uint8_t t1[4][3] = {{9, 8, 8}, {7, 7, 6}, {10, 9, 10}, {5, 4, 5}};

// contribute replaces `made` by what the first event's first entity
// contributes once all the events are in it, and checks the promised order.
static void
contribute_under(const struct rulebook_history *history,
                 const struct event *events, size_t count)
{
    struct entity entity = {.members = space};
    struct entity_key keys[ENTITY_KEYS_MAX];

    assert_true(entity_keys(&events[0], history, keys) > 0);
    for (size_t i = 0; i < count; i++)
        entity_add(entity_kind_of(&keys[0]), &entity, &events[i]);
    contribution_of(&keys[0], &entity, history, &made);
    for (size_t i = 1; i < made.count; i++) {
        const struct delta *const a = &made.deltas[i - 1];
        const struct delta *const b = &made.deltas[i];
        const uint64_t places[2][2] = {
            {(uint64_t)a->key.month << 32 | a->key.dealer,
             (uint64_t)a->key.slice << 32 | a->counter},
            {(uint64_t)b->key.month << 32 | b->key.dealer,
             (uint64_t)b->key.slice << 32 | b->counter}};

        assert_true(
            places[0][0] < places[1][0] ||
            (places[0][0] == places[1][0] && places[0][1] < places[1][1]));
        assert_int_not_equal(b->value, 0);
    }
}

static void
contribute_to_one_version(const struct event *events, size_t count)
{
    contribute_under(&one_version, events, count);
}

static int64_t
value_at(uint32_t month, uint32_t dealer, enum slice slice, uint32_t counter)
{
    for (size_t i = 0; i < made.count; i++)
        if (made.deltas[i].key.month == month &&
            made.deltas[i].key.dealer == dealer &&
            made.deltas[i].key.slice == slice &&
            made.deltas[i].counter == counter)
            return made.deltas[i].value;
    return 0;
}

// Of dealer 1 in October, shown.
static int64_t
value_of(uint32_t counter)
{
    return value_at(OCTOBER, 1, SLICE_ALL, counter);
}

static int64_t
count_of(enum count count)
{
    return value_of(counter(COUNTER_COUNT, count, 0));
}

static int64_t
sla_of(enum complaint_class class, enum sla_result result)
{
    return value_of(counter(COUNTER_SLA, class, result));
}

// --- Surveys -----------------------------------------------------------------

static void
response_counts_answers_moments_and_gap(void **state)
{
    (void)state;
    static const uint8_t values[] = {9, 0, 7, 6, 8, 255};
    struct event event = response(1, OCTOBER_15, 5, values);

    event.survey.answers[event.survey.answer_count++] =
        (struct answer){.item = 6, .value = ANSWER_NOT_APPLICABLE};
    contribute_to_one_version(&event, 1);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 1, 9)), 1);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 2, 0)), 1);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 6, 255)), 1);
    assert_int_equal(value_of(counter(COUNTER_SET, 1, 0)), 1);
    assert_int_equal(value_of(counter(COUNTER_SET, 1, 1)), 9);
    assert_int_equal(value_of(counter(COUNTER_SET, 1, 3)), 7);
    assert_int_equal(value_of(counter(COUNTER_SQUARE, 1, 0)), 81);
    assert_int_equal(value_of(counter(COUNTER_SQUARE, 1, 0 * 8 + 2)), 63);
    assert_int_equal(value_of(counter(COUNTER_SQUARE, 1, 2 * 8 + 2)), 49);
    assert_int_equal(value_of(counter(COUNTER_GAP, 1, 128 - 2)), 1);
    // 1 response, 6 answers, n and two sums, three products, 1 gap: no zeros
    assert_int_equal(made.count, 14);
}

static void
incomplete_sets_and_pairs_have_no_moments(void **state)
{
    (void)state;
    static const uint8_t values[] = {9, NOT_SHOWN, 7, 6, NOT_SHOWN};
    const struct event event = response(1, OCTOBER_15, 5, values);

    contribute_to_one_version(&event, 1);
    assert_int_equal(made.count, 4);
}

static void
first_complete_response_counts_and_others_are_surplus(void **state)
{
    (void)state;
    struct event events[5];

    for (uint32_t i = 0; i < 4; i++)
        events[i] = response(10 - i, OCTOBER_15, 3, t1[i]);
    events[4] = response(1, OCTOBER_15 - 1, 3, t1[0]);
    events[4].survey.complete = false;
    contribute_to_one_version(events, 5);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
    assert_int_equal(count_of(COUNT_SURPLUS), 3);
    assert_int_equal(count_of(COUNT_PARTIAL), 1);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 1, 5)), 1); // smallest id
}

static void
invitations_count_once_at_the_first(void **state)
{
    (void)state;
    struct event events[4];

    for (uint32_t i = 0; i < 4; i++) {
        events[i] = event_of(i + 1, EVENT_SURVEY_INVITED, OCTOBER_15 + i);
        events[i].visit = span_text("v1");
    }
    events[2].type = EVENT_SURVEY_BOUNCED;
    events[3].type = EVENT_SURVEY_REFUSED;
    contribute_to_one_version(events, 4);
    assert_int_equal(count_of(COUNT_INVITED), 1);
    assert_int_equal(count_of(COUNT_BOUNCED), 1);
    assert_int_equal(count_of(COUNT_REFUSED), 1);
    assert_int_equal(made.count, 3);
}

static void
resurvey_counts_as_resurvey_only(void **state)
{
    (void)state;
    struct event event = response(1, OCTOBER_15, 3, t1[0]);

    event.survey.resurvey = true;
    contribute_to_one_version(&event, 1);
    assert_int_equal(count_of(COUNT_RESURVEYS), 1);
    assert_int_equal(made.count, 1);
}

static void
month_is_that_of_the_zone_valid_then(void **state)
{
    (void)state;
    // Two hours into November by UTC: already November in the first zone,
    // still October in the second, which is valid by then.
    const struct event event =
        response(1, second_rules.valid_from + 2LL * HOUR_MS, 3, t1[0]);

    contribute_under(&one_version, &event, 1);
    assert_int_equal(value_at(OCTOBER + 1, 1, SLICE_ALL,
                              counter(COUNTER_COUNT, COUNT_RESPONSES, 0)),
                     1);
    contribute_under(&two_versions, &event, 1);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
}

static void
without_a_rulebook_a_response_is_undated(void **state)
{
    (void)state;
    const struct rulebook_history none = {0};
    const struct event event = response(1, OCTOBER_15, 3, t1[0]);

    contribute_under(&none, &event, 1);
    assert_int_equal(made.count, 4);
    assert_int_equal(value_at(MONTH_NONE, 1, SLICE_ALL,
                              counter(COUNTER_COUNT, COUNT_RESPONSES, 0)),
                     1);
}

static void
sets_beyond_the_bound_do_not_count(void **state)
{
    (void)state;
    enum { SETS = 255 };
    static struct item_set sets[SETS];
    static struct item_pair pairs[SETS + 5];
    struct rulebook rules = first_rules;
    const struct rulebook *const version = &rules;
    const struct rulebook_history history = {1, &version};
    uint8_t values[SURVEY_ANSWERS_MAX];

    memset(values, 100, sizeof values);
    for (unsigned i = 0; i < SETS; i++) {
        sets[i].number = (uint8_t)(SETS - i); // not ascending: sorted later
        sets[i].item_count = SET_ITEMS_MAX;
        for (uint16_t j = 0; j < SET_ITEMS_MAX; j++)
            sets[i].items[j] = (uint16_t)(j + 1);
    }
    for (unsigned i = 0; i < SETS + 5; i++)
        pairs[i] = (struct item_pair){(uint8_t)i, 1, 2};
    rules.sets = sets;
    rules.set_count = SETS;
    rules.pairs = pairs;
    rules.pair_count = SETS + 5;
    const struct event event =
        response(1, OCTOBER_15, SURVEY_ANSWERS_MAX, values);
    contribute_under(&history, &event, 1);
    assert_int_equal(made.count, 1 + SURVEY_ANSWERS_MAX +
                                     CONTRIBUTION_SETS_MAX / 45 * 45 +
                                     CONTRIBUTION_PAIRS_MAX);
    assert_int_equal(value_of(counter(COUNTER_SQUARE, SETS, 0)), 10000);
}

// --- Controls ----------------------------------------------------------------

// T1: 31, 28, 29 over four responses; VOID of the last: 26, 24, 24; UNVOID:
// as before, to the byte.
static void
void_takes_a_response_out_and_unvoid_brings_it_back(void **state)
{
    (void)state;
    int64_t sums[3][3] = {{0}};
    struct contribution *const whole = &other;

    for (int step = 0; step < 3; step++)
        for (uint32_t i = 0; i < 4; i++) {
            struct event events[3];

            events[0] = response(i + 1, OCTOBER_15 + i, 3, t1[i]);
            events[1] =
                control_of(100, EVENT_VOID, &events[0], OCTOBER_15 + 50);
            events[2] = undo_of(101, EVENT_UNVOID, &events[1], OCTOBER_15 + 60);
            contribute_to_one_version(events, i == 3 ? 1 + (size_t)step : 1);
            for (uint32_t j = 0; j < 3; j++)
                sums[step][j] += value_of(counter(COUNTER_SET, 1, 1 + j));
            if (i == 3 && step == 0)
                *whole = made;
            if (i == 3 && step == 1) {
                assert_int_equal(count_of(COUNT_VOIDED), 1);
                assert_int_equal(made.count, 1);
            }
        }
    const int64_t expected[3][3] = {{31, 28, 29}, {26, 24, 24}, {31, 28, 29}};
    assert_memory_equal(sums, expected, sizeof sums);
    contribution_change(whole, &made, &change);
    assert_int_equal(change.count, 0);
}

static void
every_void_needs_its_own_unvoid(void **state)
{
    (void)state;
    struct event events[5];

    events[0] = response(1, OCTOBER_15, 3, t1[0]);
    events[1] = control_of(2, EVENT_VOID, &events[0], OCTOBER_15 + 1);
    events[2] = control_of(3, EVENT_VOID, &events[0], OCTOBER_15 + 2);
    // An UNVOID may lie before what it takes back: there is no order.
    events[3] = undo_of(4, EVENT_UNVOID, &events[1], OCTOBER_15 - 9);
    events[4] = undo_of(5, EVENT_UNVOID, &events[2], OCTOBER_15 + 4);
    contribute_to_one_version(events, 4);
    assert_int_equal(count_of(COUNT_RESPONSES), 0);
    assert_int_equal(count_of(COUNT_VOIDED), 1);
    contribute_to_one_version(events, 5);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
    assert_int_equal(count_of(COUNT_VOIDED), 0);
}

static void
unvoid_cannot_be_voided(void **state)
{
    (void)state;
    struct event events[4];

    events[0] = response(1, OCTOBER_15, 3, t1[0]);
    events[1] = control_of(2, EVENT_VOID, &events[0], OCTOBER_15 + 1);
    events[2] = undo_of(3, EVENT_UNVOID, &events[1], OCTOBER_15 + 2);
    events[3] = control_of(4, EVENT_VOID, &events[0], OCTOBER_15 + 3);
    events[3].control.target = events[2].id;
    contribute_to_one_version(events, 4);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
    assert_int_equal(count_of(COUNT_CONTROL_ORPHAN), 1);
}

static void
smallest_standing_correct_speaks_in_the_targets_place(void **state)
{
    (void)state;
    struct event events[5];

    events[0] = response(9, OCTOBER_15, 3, t1[0]);
    events[1] = response(8, OCTOBER_15 + 5, 3, t1[1]); // would be surplus
    events[2] = control_of(2, EVENT_CORRECT, &events[0],
                           OCTOBER_15 + 40 * (int64_t)DAY_MS);
    events[2].survey = response(0, 0, 3, t1[2]).survey;
    events[3] = events[2];
    events[3].id = id_of(3);
    events[3].survey = response(0, 0, 3, t1[3]).survey;
    contribute_to_one_version(events, 4);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
    assert_int_equal(count_of(COUNT_SURPLUS), 1);
    assert_int_equal(count_of(COUNT_CORRECTED), 1);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 1, 10)), 1);
    events[4] = undo_of(4, EVENT_UNVOID, &events[2], OCTOBER_15);
    contribute_to_one_version(events, 5);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 1, 5)), 1);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 1, 10)), 0);
    assert_int_equal(count_of(COUNT_CORRECTED), 1);
}

static void
voided_event_stays_dead_though_corrected(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = response(1, OCTOBER_15, 3, t1[0]);
    events[1] = control_of(2, EVENT_CORRECT, &events[0], OCTOBER_15);
    events[1].survey = events[0].survey;
    events[2] = control_of(3, EVENT_VOID, &events[0], OCTOBER_15 + 9);
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_VOIDED), 1);
    assert_int_equal(made.count, 1);
}

static void
held_event_contributes_to_the_held_slice_only(void **state)
{
    (void)state;
    struct event events[4];
    const uint32_t responses = counter(COUNTER_COUNT, COUNT_RESPONSES, 0);

    events[0] = response(1, OCTOBER_15, 3, t1[0]);
    events[1] = control_of(2, EVENT_HOLD, &events[0], OCTOBER_15 + 1);
    events[2] = response(3, OCTOBER_15 + 1, 3, t1[1]);
    events[3] = undo_of(4, EVENT_RELEASE, &events[1], OCTOBER_15 + 2);
    contribute_to_one_version(events, 2);
    assert_int_equal(count_of(COUNT_RESPONSES), 0);
    assert_int_equal(count_of(COUNT_HELD), 1);
    assert_int_equal(value_at(OCTOBER, 1, SLICE_HELD, responses), 1);
    contribute_to_one_version(events, 3); // the next one counts meanwhile
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
    assert_int_equal(count_of(COUNT_SURPLUS), 0);
    assert_int_equal(value_of(counter(COUNTER_ANSWER, 1, 7)), 1);
    contribute_to_one_version(events, 4);
    assert_int_equal(count_of(COUNT_SURPLUS), 1);
    assert_int_equal(count_of(COUNT_HELD), 0);
    assert_int_equal(value_at(OCTOBER, 1, SLICE_HELD, responses), 0);
}

static void
control_without_its_target_is_an_orphan(void **state)
{
    (void)state;
    const struct event target = response(1, OCTOBER_15, 3, t1[0]);
    struct event events[3];

    events[0] = control_of(2, EVENT_VOID, &target, OCTOBER_15 + 60LL * DAY_MS);
    events[1] = undo_of(3, EVENT_UNVOID, &events[0], OCTOBER_15);
    contribute_to_one_version(events, 2);
    assert_int_equal(count_of(COUNT_CONTROL_ORPHAN), 2); // target's month
    events[2] = target;
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_CONTROL_ORPHAN), 0);
    events[1].control.control = id_of(77);
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_CONTROL_ORPHAN), 1);
    assert_int_equal(count_of(COUNT_VOIDED), 1);
}

static void
control_of_another_type_or_dealer_is_an_orphan(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = event_of(1, EVENT_SURVEY_INVITED, OCTOBER_15);
    events[0].visit = span_text("v1");
    events[1] = control_of(2, EVENT_VOID, &events[0], OCTOBER_15);
    events[1].control.target_type = EVENT_SURVEY_BOUNCED;
    events[2] = control_of(3, EVENT_VOID, &events[0], OCTOBER_15);
    events[2].dealer = 2;
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_INVITED), 1);
    assert_int_equal(count_of(COUNT_CONTROL_ORPHAN), 1);
    assert_int_equal(value_at(OCTOBER, 2, SLICE_ALL,
                              counter(COUNTER_COUNT, COUNT_CONTROL_ORPHAN, 0)),
                     1);
}

static void
unvoid_of_another_dealer_takes_nothing_back(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = event_of(1, EVENT_SURVEY_INVITED, OCTOBER_15);
    events[0].visit = span_text("v1");
    events[0].issuer = ISSUER_HQ; // one entity for all dealers
    events[1] = control_of(2, EVENT_VOID, &events[0], OCTOBER_15);
    events[2] = undo_of(3, EVENT_UNVOID, &events[1], OCTOBER_15);
    events[2].dealer = 2;
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_VOIDED), 1);
    events[2].dealer = 1;
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_INVITED), 1);
}

static void
set_too_large_contributes_that_alone(void **state)
{
    (void)state;
    struct entity entity = {.too_large = true};
    struct event event = response(1, OCTOBER_15, 3, t1[0]);
    struct entity_key keys[ENTITY_KEYS_MAX];
    const uint32_t too_large =
        counter(COUNTER_COUNT, COUNT_ENTITY_TOO_LARGE, 0);

    event.customer = span_text("customer");
    assert_int_equal(entity_keys(&event, &one_version, keys), 2);
    contribution_of(&keys[0], &entity, &one_version, &made);
    assert_int_equal(made.count, 1);
    assert_int_equal(value_at(MONTH_NONE, 1, SLICE_ALL, too_large), 1);
    contribution_of(&keys[1], &entity, &one_version, &made);
    assert_int_equal(made.count, 1);
    assert_int_equal(value_at(OCTOBER, 1, SLICE_ALL, too_large), 1);
}

// A survey's answers to as many sets as may count, twice: shown and held.
static void
set_of_too_many_places_is_too_large_as_well(void **state)
{
    (void)state;
    enum { SETS = CONTRIBUTION_SETS_MAX / 45 };
    static struct event events[ENTITY_MEMBERS_MAX];
    static struct item_set sets[SETS];
    static struct item_pair pairs[CONTRIBUTION_PAIRS_MAX];
    struct rulebook rules = first_rules;
    const struct rulebook *const version = &rules;
    const struct rulebook_history history = {1, &version};
    uint8_t values[SURVEY_ANSWERS_MAX];

    memset(values, 100, sizeof values);
    for (uint8_t i = 0; i < SETS; i++)
        sets[i] = (struct item_set){
            .number = i, .item_count = 8, .items = {1, 2, 3, 4, 5, 6, 7, 8}};
    for (uint8_t i = 0; i < CONTRIBUTION_PAIRS_MAX; i++)
        pairs[i] = (struct item_pair){i, 1, 2};
    rules.sets = sets;
    rules.set_count = SETS;
    rules.pairs = pairs;
    rules.pair_count = CONTRIBUTION_PAIRS_MAX;
    for (uint32_t i = 0; i < ENTITY_EVENTS_MAX; i++) {
        events[i] = response(i + 1, OCTOBER_15 - i * 40LL * DAY_MS,
                             SURVEY_ANSWERS_MAX, values);
        events[ENTITY_EVENTS_MAX + i] =
            control_of(i + 5000, i % 2 ? EVENT_CORRECT : EVENT_HOLD, &events[i],
                       OCTOBER_15);
        events[ENTITY_EVENTS_MAX + i].survey = events[i].survey;
    }
    contribute_under(&history, events, ENTITY_EVENTS_MAX);
    assert_in_range(made.count, 1400, CONTRIBUTION_OF_MAX);
    contribute_under(&history, events, ENTITY_MEMBERS_MAX);
    assert_int_equal(made.count, 1);
    assert_int_equal(
        value_at(MONTH_NONE, 1, SLICE_ALL,
                 counter(COUNTER_COUNT, COUNT_ENTITY_TOO_LARGE, 0)),
        1);
}

// --- Visits and customers ----------------------------------------------------

static void
visit_counts_once_at_its_first_event(void **state)
{
    (void)state;
    struct event events[3];

    for (uint32_t i = 0; i < 3; i++) {
        events[i] = event_of(i + 1, i ? EVENT_VISIT_CLOSED : EVENT_VISIT_OPENED,
                             OCTOBER_15 + i * 20LL * DAY_MS);
        events[i].visit = span_text("v1");
    }
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_VISITS), 1);
    assert_int_equal(value_at(OCTOBER + 1, 1, SLICE_ALL,
                              counter(COUNTER_COUNT, COUNT_VISITS_CLOSED, 0)),
                     1);
    assert_int_equal(value_at(OCTOBER + 1, 1, SLICE_ALL,
                              counter(COUNTER_COUNT, COUNT_FOLLOW_UP_DUE, 0)),
                     1);
    assert_int_equal(made.count, 3);
}

static struct event
visit(uint32_t number, enum event_type type, int64_t at)
{
    struct event event = event_of(number, type, at);

    event.visit = span_text("v1");
    return event;
}

// T13.
static void
a_bill_of_more_than_a_tenth_above_the_estimate_is_an_overrun(void **state)
{
    (void)state;
    static const int64_t fen[5][2] = {{100000, 100000},
                                      {100000, 109999},
                                      {100000, 110000},
                                      {100000, 110001},
                                      {50000, 80000}};
    int64_t sums[4] = {0};

    for (int i = 0; i < 5; i++) {
        struct event events[2] = {
            visit(1, EVENT_VISIT_OPENED, OCTOBER_15),
            visit(2, EVENT_VISIT_CLOSED, OCTOBER_15 + HOUR_MS)};
        events[0].visit_facts.has_estimate = true;
        events[0].visit_facts.estimate_fen = fen[i][0];
        events[1].visit_facts.has_settled = true;
        events[1].visit_facts.settled_fen = fen[i][1];
        contribute_to_one_version(events, 2);
        sums[0] += count_of(COUNT_ESTIMATED);
        sums[1] += count_of(COUNT_OVERRUN);
        sums[2] += count_of(COUNT_ESTIMATE_FEN);
        sums[3] += count_of(COUNT_SETTLED_FEN);
        // Without a close there is no bill.
        contribute_to_one_version(events, 1);
        assert_int_equal(count_of(COUNT_ESTIMATED), 0);
    }
    assert_int_equal(sums[0], 5);
    assert_int_equal(sums[1], 2);
    assert_int_equal(sums[2], 450000);
    assert_int_equal(sums[3], 510000); // 1.133333 of the estimates
}

static void
amounts_nobody_pays_are_not_compared(void **state)
{
    (void)state;
    struct event closed = visit(1, EVENT_VISIT_CLOSED, OCTOBER_15);

    closed.visit_facts.has_estimate = closed.visit_facts.has_settled = true;
    closed.visit_facts.estimate_fen = 1;
    closed.visit_facts.settled_fen = UINT32_MAX;
    contribute_to_one_version(&closed, 1);
    assert_int_equal(count_of(COUNT_SETTLED_FEN), UINT32_MAX);
    closed.visit_facts.settled_fen++;
    contribute_to_one_version(&closed, 1);
    assert_int_equal(count_of(COUNT_ESTIMATED), 0);
    assert_int_equal(count_of(COUNT_VISITS_CLOSED), 1);
}

static void
a_car_is_ready_in_time_until_the_promised_instant(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct event events[2] = {
            visit(1, EVENT_VISIT_OPENED, OCTOBER_15),
            visit(2, EVENT_VISIT_CLOSED, OCTOBER_15 + HOUR_MS)};
        events[0].visit_facts.promised_at = OCTOBER_15 + MINUTE_MS;
        contribute_to_one_version(events, 2);
        assert_int_equal(count_of(COUNT_PROMISED), 0); // nobody says when
        events[1].visit_facts.ready_at = OCTOBER_15 + MINUTE_MS + late;
        contribute_to_one_version(events, 2);
        assert_int_equal(count_of(COUNT_PROMISED), 1);
        assert_int_equal(count_of(COUNT_READY_IN_TIME), !late);
    }
}

static void
of_what_several_events_tell_the_first_counts(void **state)
{
    (void)state;
    struct event events[2] = {
        visit(1, EVENT_VISIT_OPENED, OCTOBER_15),
        visit(2, EVENT_VISIT_CLOSED, OCTOBER_15 + HOUR_MS)};

    for (int i = 0; i < 2; i++) {
        events[i].visit_facts.eligible = true;
        events[i].visit_facts.has_estimate = true;
        events[i].visit_facts.estimate_fen = 1000 + i;
        events[i].visit_facts.arrived_at = OCTOBER_15;
        events[i].visit_facts.served_at = OCTOBER_15 + 5000 + i * MINUTE_MS;
    }
    events[1].visit_facts.has_settled = true;
    contribute_to_one_version(events, 2);
    assert_int_equal(count_of(COUNT_ELIGIBLE), 1);
    assert_int_equal(count_of(COUNT_ESTIMATE_FEN), 1000);
    assert_int_equal(value_of(counter(COUNTER_TIME, TIME_WAIT, 5)), 1);
    events[0] = events[1];
    contribute_to_one_version(events, 1);
    assert_int_equal(value_of(counter(COUNTER_TIME, TIME_WAIT, 5)), 0);
    assert_int_equal(count_of(COUNT_ESTIMATE_FEN), 1001);
}

static void
customer_of_two_visits_is_returning(void **state)
{
    (void)state;
    struct event event = event_of(1, EVENT_VISIT_OPENED, OCTOBER_15);
    struct entity entity = {.members = space};
    struct entity_key keys[ENTITY_KEYS_MAX];

    event.visit = span_text("v1");
    event.customer = span_text("customer");
    assert_int_equal(entity_keys(&event, &one_version, keys), 2);
    for (uint32_t i = 1; i <= 2; i++) {
        event.id = id_of(i);
        entity_add(ENTITY_CUSTOMER, &entity, &event);
        contribution_of(&keys[1], &entity, &one_version, &made);
        assert_int_equal(count_of(COUNT_CUSTOMERS), 1);
        assert_int_equal(count_of(COUNT_RETURNING), i == 2);
    }
    const struct event hidden = control_of(3, EVENT_VOID, &event, OCTOBER_15);
    entity_add(ENTITY_CUSTOMER, &entity, &hidden);
    contribution_of(&keys[1], &entity, &one_version, &made);
    assert_int_equal(count_of(COUNT_RETURNING), 0);
    assert_int_equal(count_of(COUNT_VOIDED), 0); // counted at the visit
    assert_int_equal(made.count, 1);
}

// --- Cases -------------------------------------------------------------------

// T12, first half.
static void
answer_at_the_deadline_is_met_and_after_it_late(void **state)
{
    (void)state;
    struct event events[3];

    // An answer that comes before its opening is added first.
    events[1] = opened(1, OCTOBER_15, CLASS_COMPLEX);
    events[0] = action(2, OCTOBER_15 + DAY_MS, ACTION_RESPONSE);
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_COMPLEX, SLA_MET), 1);
    events[2] = control_of(3, EVENT_VOID, &events[0], OCTOBER_15);
    contribute_to_one_version(events, 3);
    assert_int_equal(sla_of(CLASS_COMPLEX, SLA_MET), 0);
    assert_int_equal(sla_of(CLASS_COMPLEX, SLA_UNANSWERED), 1);
    events[0].occurred_at++;
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_COMPLEX, SLA_LATE), 1);
    assert_int_equal(count_of(COUNT_CASES), 1);
    assert_int_equal(made.count, 3); // and how long it took
    assert_int_equal(
        value_of(counter(COUNTER_TIME, TIME_RESPOND, bucket_of(DAY_MS + 1))),
        1);
}

// T12, second half.
static void
raising_the_class_after_the_breach_does_not_heal_it(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = opened(1, OCTOBER_15, CLASS_GENERAL);
    events[1] = action(2, OCTOBER_15 + 25LL * HOUR_MS, ACTION_RECLASSIFY);
    events[1].action.class = CLASS_HARD;
    events[2] = action(3, OCTOBER_15 + 26LL * HOUR_MS, ACTION_RESPONSE);
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_GENERAL, SLA_UNANSWERED), 1);
    contribute_to_one_version(events, 3);
    assert_int_equal(sla_of(CLASS_GENERAL, SLA_LATE), 1);
    assert_int_equal(made.count, 3); // and how long it took
}

static void
stricter_class_brings_the_deadline_forward(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = opened(1, OCTOBER_15, CLASS_HARD);
    events[1] = action(2, OCTOBER_15 + HOUR_MS, ACTION_RECLASSIFY);
    events[1].action.class = CLASS_GENERAL;
    events[2] =
        action(3, OCTOBER_15 + HOUR_MS + 5 * MINUTE_MS, ACTION_RESPONSE);
    contribute_to_one_version(events, 3);
    assert_int_equal(sla_of(CLASS_GENERAL, SLA_MET), 1);
    // Also once answered: the earliest clock names the class (rulings B7), and
    // an answer before it was set is in time.
    events[1].occurred_at = OCTOBER_15 + 2LL * HOUR_MS;
    contribute_to_one_version(events, 3);
    assert_int_equal(sla_of(CLASS_GENERAL, SLA_MET), 1);
}

static void
acknowledgement_is_no_response(void **state)
{
    (void)state;
    struct event events[2];

    events[0] = opened(1, OCTOBER_15, CLASS_GENERAL);
    events[1] = action(2, OCTOBER_15 + 1, ACTION_ACK);
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_GENERAL, SLA_UNANSWERED), 1);
}

static void
only_the_responsible_dealer_and_hq_act(void **state)
{
    (void)state;
    struct event events[4];

    events[0] = opened(1, OCTOBER_15, CLASS_HARD);
    events[1] = action(2, OCTOBER_15 + 1, ACTION_RESPONSE);
    events[1].dealer = 2;
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_HARD, SLA_UNANSWERED), 1);
    events[1].dealer = DEALER_HQ;
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_HARD, SLA_MET), 1);
    // Dealer 2 cannot take the case, HQ can give it, then dealer 2 answers.
    events[1].dealer = 2;
    events[1].occurred_at = OCTOBER_15 + 9;
    events[2] = action(3, OCTOBER_15 + 2, ACTION_REASSIGN);
    events[2].action.dealer = 2;
    events[2].dealer = 2;
    contribute_to_one_version(events, 3);
    assert_int_equal(sla_of(CLASS_HARD, SLA_UNANSWERED), 1);
    events[2].dealer = DEALER_HQ;
    contribute_to_one_version(events, 3);
    assert_int_equal(value_at(OCTOBER, 2, SLICE_ALL,
                              counter(COUNTER_SLA, CLASS_HARD, SLA_MET)),
                     1);
    assert_int_equal(count_of(COUNT_CASES), 1); // received by dealer 1
    // A stranger's opening with an early receipt changes nothing.
    events[3] = opened(4, OCTOBER_15 + 3, CLASS_GENERAL);
    events[3].dealer = 7;
    events[3].complaint.received_at = 0;
    contribute_to_one_version(events, 4);
    assert_int_equal(value_at(OCTOBER, 2, SLICE_ALL,
                              counter(COUNTER_SLA, CLASS_HARD, SLA_MET)),
                     1);
}

static void
dealer_responsible_at_the_deadline_is_charged(void **state)
{
    (void)state;
    struct event events[2];

    events[0] = opened(1, OCTOBER_15, CLASS_GENERAL);
    events[1] = action(2, OCTOBER_15 + 5 * MINUTE_MS, ACTION_REASSIGN);
    events[1].action.dealer = 3;
    contribute_to_one_version(events, 2);
    assert_int_equal(
        value_at(OCTOBER, 3, SLICE_ALL,
                 counter(COUNTER_SLA, CLASS_GENERAL, SLA_UNANSWERED)),
        1);
    events[1].occurred_at++;
    contribute_to_one_version(events, 2);
    assert_int_equal(sla_of(CLASS_GENERAL, SLA_UNANSWERED), 1);
}

static void
earliest_receipt_starts_the_clock_and_first_opening_names_the_class(
    void **state)
{
    (void)state;
    struct event events[3];

    events[0] = opened(1, OCTOBER_15, CLASS_COMPLEX);
    events[1] = opened(2, OCTOBER_15 + 5, CLASS_GENERAL);
    events[1].complaint.received_at = OCTOBER_15 - HOUR_MS;
    events[2] = action(3, OCTOBER_15 + DAY_MS - HOUR_MS + 1, ACTION_RESPONSE);
    contribute_to_one_version(events, 3);
    assert_int_equal(sla_of(CLASS_COMPLEX, SLA_LATE), 1);
    assert_int_equal(count_of(COUNT_CASES), 1);
}

static void
clock_is_that_of_the_rulebook_valid_at_receipt(void **state)
{
    (void)state;
    const int64_t receipt = second_rules.valid_from - HOUR_MS;
    struct event events[2];

    events[0] = opened(1, receipt, CLASS_COMPLEX);
    events[1] = action(2, receipt + DAY_MS + 1, ACTION_RESPONSE);
    contribute_under(&two_versions, events, 2);
    // Due a day later, when the second zone is valid: October 31st to it.
    assert_int_equal(value_at(OCTOBER + 1, 1, SLICE_ALL,
                              counter(COUNTER_SLA, CLASS_COMPLEX, SLA_LATE)),
                     1);
    events[0].occurred_at += HOUR_MS;
    events[0].complaint.received_at += HOUR_MS;
    events[1].occurred_at += HOUR_MS;
    contribute_under(&two_versions, events, 2);
    assert_int_equal(value_at(OCTOBER + 1, 1, SLICE_ALL,
                              counter(COUNTER_SLA, CLASS_COMPLEX, SLA_MET)),
                     1);
}

static void
end_of_a_case_is_counted_once(void **state)
{
    (void)state;
    struct event events[6];

    events[0] = opened(1, OCTOBER_15, CLASS_HARD);
    events[1] = action(2, OCTOBER_15 + 10, ACTION_CLOSED);
    events[2] = action(3, OCTOBER_15 + 20, ACTION_RESOLVED);
    events[3] = case_event(4, EVENT_COMPLAINT_VERDICT, OCTOBER_15 + 30);
    events[3].verdict = VERDICT_FRAUD;
    events[4] = case_event(5, EVENT_COMPLAINT_VERDICT, OCTOBER_15 + 40);
    events[4].verdict = VERDICT_CONFIRMED_DEALER;
    events[5] = action(6, OCTOBER_15 - 1, ACTION_ACK);
    contribute_to_one_version(events, 6);
    assert_int_equal(count_of(COUNT_CASES_RESOLVED), 1);
    assert_int_equal(count_of(COUNT_NO_ROOT_CAUSE), 1);
    assert_int_equal(count_of(COUNT_CONFIRMED), 1);
    assert_int_equal(count_of(COUNT_FRAUD), 0);
    assert_int_equal(count_of(COUNT_TIME_REVERSED), 1);
    events[1].action.root_cause = span_text("loose hose");
    events[4].verdict = VERDICT_CONFIRMED_MAKER;
    contribute_to_one_version(events, 5);
    assert_int_equal(count_of(COUNT_NO_ROOT_CAUSE), 0);
    assert_int_equal(count_of(COUNT_CONFIRMED), 0);
    assert_int_equal(count_of(COUNT_TIME_REVERSED), 0);
}

static int64_t
count_in(uint32_t month, enum count count)
{
    return value_at(month, 1, SLICE_ALL, counter(COUNTER_COUNT, count, 0));
}

static void
a_case_reopened_within_ninety_days_was_not_fixed(void **state)
{
    (void)state;
    static const int64_t ninety = 90 * (int64_t)DAY_MS;
    struct event events[4];

    events[0] = opened(1, OCTOBER_15, CLASS_HARD);
    events[1] = action(2, OCTOBER_15 + HOUR_MS, ACTION_CLOSED);
    contribute_to_one_version(events, 2);
    assert_int_equal(count_of(COUNT_CASES_CLOSED), 1);
    assert_int_equal(count_in(OCTOBER + 3, COUNT_FIX_DUE), 1);
    assert_int_equal(count_in(OCTOBER + 3, COUNT_FIXED_FIRST), 1);
    assert_int_equal(count_of(COUNT_FIX_DUE), 0);
    for (int late = 0; late < 2; late++) {
        events[2] =
            action(3, OCTOBER_15 + HOUR_MS + ninety + late, ACTION_REOPENED);
        contribute_to_one_version(events, 3);
        assert_int_equal(count_in(OCTOBER + 3, COUNT_FIX_DUE), 1);
        assert_int_equal(count_in(OCTOBER + 3, COUNT_FIXED_FIRST), late);
    }
    // A second closing opens no second chance.
    events[2] = action(3, OCTOBER_15 + 2 * HOUR_MS, ACTION_REOPENED);
    events[3] = action(4, OCTOBER_15 + 3 * HOUR_MS, ACTION_CLOSED);
    contribute_to_one_version(events, 4);
    assert_int_equal(count_of(COUNT_CASES_CLOSED), 1);
    assert_int_equal(count_in(OCTOBER + 3, COUNT_FIX_DUE), 1);
    assert_int_equal(count_in(OCTOBER + 3, COUNT_FIXED_FIRST), 0);
}

static void
a_case_is_made_good_by_all_three_and_severe_by_class_4(void **state)
{
    (void)state;
    struct event events[5];

    for (uint8_t severity = 3; severity <= 4; severity++) {
        events[0] = opened(1, OCTOBER_15, CLASS_HARD);
        events[0].complaint.severity = severity;
        events[1] = case_event(2, EVENT_COMPLAINT_VERDICT, OCTOBER_15 + 1);
        events[1].verdict = VERDICT_CONFIRMED_DEALER;
        events[2] = action(3, OCTOBER_15 + 2, ACTION_APOLOGY);
        events[3] = action(4, OCTOBER_15 + 3, ACTION_RESPONSIBILITY);
        events[4] = action(5, OCTOBER_15 + 4, ACTION_COMPENSATION);
        contribute_to_one_version(events, 4);
        assert_int_equal(count_of(COUNT_CONFIRMED_SEVERE), severity == 4);
        assert_int_equal(count_of(COUNT_MADE_GOOD), 0);
        contribute_to_one_version(events, 5);
        assert_int_equal(count_of(COUNT_MADE_GOOD), 1);
        events[1].verdict = VERDICT_UNFOUNDED;
        contribute_to_one_version(events, 5);
        assert_int_equal(count_of(COUNT_MADE_GOOD), 0);
        assert_int_equal(count_of(COUNT_CONFIRMED_SEVERE), 0);
    }
}

static void
answers_asked_for_or_paid_are_counted_beside(void **state)
{
    (void)state;
    struct event event = response(1, OCTOBER_15, 3, t1[0]);

    contribute_to_one_version(&event, 1);
    assert_int_equal(count_of(COUNT_COACHED), 0);
    assert_int_equal(count_of(COUNT_INCENTIVE), 0);
    event.survey.context.coached = true;
    contribute_to_one_version(&event, 1);
    assert_int_equal(count_of(COUNT_COACHED), 1);
    event.survey.context.incentive_offered = true;
    contribute_to_one_version(&event, 1);
    assert_int_equal(count_of(COUNT_INCENTIVE), 1);
    assert_int_equal(count_of(COUNT_RESPONSES), 1);
}

static void
actions_without_an_opening_are_an_unopened_case(void **state)
{
    (void)state;
    struct event events[2];

    events[0] = action(1, OCTOBER_15, ACTION_RESPONSE);
    events[1] = action(2, OCTOBER_15 + 1, ACTION_RESOLVED);
    contribute_to_one_version(events, 2);
    assert_int_equal(count_of(COUNT_CASES_UNOPENED), 1);
    assert_int_equal(made.count, 1);
}

// T11, in seconds: received, updates, resolved.
static void
emergency_updates_are_counted_by_the_half_hour(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds[4];
        size_t count;
        int64_t updates, missed;
    } vectors[] = {
        {{0, 1800, 3600, 5400}, 4, 2, 0},
        {{0, 1799, 4000, 4200}, 4, 2, 1},
        {{0, 7200}, 2, 0, 3},
        {{0, 600}, 2, 0, 0},
        {{0, 1801}, 2, 0, 1},
        {{0, -600}, 2, 0, 0},
        {{0, 10, 20, 1900}, 4, 1, 1}, // no more updates than are due
        {{0, 0, 1800, 1800}, 4, 0, 0},
    };

    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        const size_t last = vectors[v].count - 1;
        struct event events[4];

        events[0] = opened(1, OCTOBER_15, CLASS_EMERGENCY);
        for (size_t i = 1; i <= last; i++)
            events[i] = action((uint32_t)i + 1,
                               OCTOBER_15 + vectors[v].seconds[i] * 1000,
                               i == last ? ACTION_RESOLVED : ACTION_UPDATE);
        contribute_to_one_version(events, last); // not yet resolved
        assert_int_equal(count_of(COUNT_EMERGENCY_MISSED), 0);
        contribute_to_one_version(events, last + 1);
        assert_int_equal(count_of(COUNT_EMERGENCY_UPDATES), vectors[v].updates);
        assert_int_equal(count_of(COUNT_EMERGENCY_MISSED), vectors[v].missed);
    }
}

static void
emergency_may_begin_with_a_reclassification(void **state)
{
    (void)state;
    struct event events[3];

    events[0] = opened(1, OCTOBER_15, CLASS_HARD);
    events[1] = action(2, OCTOBER_15 + DAY_MS, ACTION_RECLASSIFY);
    events[1].action.class = CLASS_EMERGENCY;
    events[2] = action(3, OCTOBER_15 + DAY_MS + HOUR_MS, ACTION_RESOLVED);
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_EMERGENCY_MISSED), 1);
    events[1].occurred_at = events[2].occurred_at + 1;
    contribute_to_one_version(events, 3);
    assert_int_equal(count_of(COUNT_EMERGENCY_MISSED), 0);
}

static void
times_at_the_ends_of_64_bits_fold(void **state)
{
    (void)state;
    static const int64_t ends[] = {INT64_MIN, INT64_MAX};

    for (size_t i = 0; i < 4; i++) {
        struct event events[3];

        events[0] = opened(1, OCTOBER_15, CLASS_EMERGENCY);
        events[0].complaint.received_at = ends[i % 2];
        events[1] = action(2, ends[i / 2], ACTION_UPDATE);
        events[2] = action(3, INT64_MAX, ACTION_RESOLVED);
        contribute_to_one_version(events, 3);
        assert_true(value_at(MONTH_NONE, 1, SLICE_ALL,
                             counter(COUNTER_COUNT, COUNT_CASES, 0)) == 1);
        assert_true(value_at(MONTH_NONE, 1, SLICE_ALL,
                             counter(COUNTER_COUNT, COUNT_EMERGENCY_MISSED,
                                     0)) <= UINT32_MAX);
    }
}

// --- Changes -----------------------------------------------------------------

static void
change_takes_one_contribution_to_the_other(void **state)
{
    (void)state;
    struct event events[2];
    struct contribution *const before = &other;

    events[0] = response(2, OCTOBER_15, 3, t1[0]);
    contribute_to_one_version(events, 1);
    *before = made;
    events[1] = response(1, OCTOBER_15 - 40LL * DAY_MS, 3, t1[1]); // first now
    contribute_to_one_version(events, 2);
    contribution_change(before, &made, &change);
    for (size_t i = 0; i < change.count; i++) {
        int64_t old = 0;

        for (size_t b = 0; b < before->count; b++)
            if (before->deltas[b].counter == change.deltas[i].counter &&
                before->deltas[b].key.month == change.deltas[i].key.month)
                old = before->deltas[b].value;
        assert_int_not_equal(change.deltas[i].value, 0);
        assert_int_equal(old + change.deltas[i].value,
                         value_at(change.deltas[i].key.month, 1, SLICE_ALL,
                                  change.deltas[i].counter));
    }
    // All of September's is new; of October's only the surplus remains.
    assert_int_equal(change.count, made.count - 1 + before->count + 1);
    contribution_change(&made, &made, &change);
    assert_int_equal(change.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_counts_answers_moments_and_gap),
        cmocka_unit_test(incomplete_sets_and_pairs_have_no_moments),
        cmocka_unit_test(first_complete_response_counts_and_others_are_surplus),
        cmocka_unit_test(invitations_count_once_at_the_first),
        cmocka_unit_test(resurvey_counts_as_resurvey_only),
        cmocka_unit_test(month_is_that_of_the_zone_valid_then),
        cmocka_unit_test(without_a_rulebook_a_response_is_undated),
        cmocka_unit_test(sets_beyond_the_bound_do_not_count),
        cmocka_unit_test(void_takes_a_response_out_and_unvoid_brings_it_back),
        cmocka_unit_test(every_void_needs_its_own_unvoid),
        cmocka_unit_test(unvoid_cannot_be_voided),
        cmocka_unit_test(smallest_standing_correct_speaks_in_the_targets_place),
        cmocka_unit_test(voided_event_stays_dead_though_corrected),
        cmocka_unit_test(held_event_contributes_to_the_held_slice_only),
        cmocka_unit_test(control_without_its_target_is_an_orphan),
        cmocka_unit_test(control_of_another_type_or_dealer_is_an_orphan),
        cmocka_unit_test(unvoid_of_another_dealer_takes_nothing_back),
        cmocka_unit_test(set_too_large_contributes_that_alone),
        cmocka_unit_test(set_of_too_many_places_is_too_large_as_well),
        cmocka_unit_test(visit_counts_once_at_its_first_event),
        cmocka_unit_test(
            a_bill_of_more_than_a_tenth_above_the_estimate_is_an_overrun),
        cmocka_unit_test(amounts_nobody_pays_are_not_compared),
        cmocka_unit_test(a_car_is_ready_in_time_until_the_promised_instant),
        cmocka_unit_test(of_what_several_events_tell_the_first_counts),
        cmocka_unit_test(customer_of_two_visits_is_returning),
        cmocka_unit_test(a_case_reopened_within_ninety_days_was_not_fixed),
        cmocka_unit_test(
            a_case_is_made_good_by_all_three_and_severe_by_class_4),
        cmocka_unit_test(answers_asked_for_or_paid_are_counted_beside),
        cmocka_unit_test(answer_at_the_deadline_is_met_and_after_it_late),
        cmocka_unit_test(raising_the_class_after_the_breach_does_not_heal_it),
        cmocka_unit_test(stricter_class_brings_the_deadline_forward),
        cmocka_unit_test(acknowledgement_is_no_response),
        cmocka_unit_test(only_the_responsible_dealer_and_hq_act),
        cmocka_unit_test(dealer_responsible_at_the_deadline_is_charged),
        cmocka_unit_test(
            earliest_receipt_starts_the_clock_and_first_opening_names_the_class),
        cmocka_unit_test(clock_is_that_of_the_rulebook_valid_at_receipt),
        cmocka_unit_test(end_of_a_case_is_counted_once),
        cmocka_unit_test(actions_without_an_opening_are_an_unopened_case),
        cmocka_unit_test(emergency_updates_are_counted_by_the_half_hour),
        cmocka_unit_test(emergency_may_begin_with_a_reclassification),
        cmocka_unit_test(times_at_the_ends_of_64_bits_fold),
        cmocka_unit_test(change_takes_one_contribution_to_the_other),
    };
    return cmocka_run_group_tests_name("contribution", tests, NULL, NULL);
}
