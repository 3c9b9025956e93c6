// SPDX-License-Identifier: Apache-2.0
#include "common/domain/example.h"

#include <assert.h>

// What an example is worked out with.
struct working {
    struct example_room *room;
    const struct rulebook *rulebook;
    const struct example *example;
};

static struct event
event_of(const struct working *working, enum event_type type, uint8_t number)
{
    return (struct event){.id = {.bytes = {1, number}},
                          .dealer = 1,
                          .dealer_id = span_text("example"),
                          .occurred_at = working->rulebook->valid_from,
                          .type = type};
}

static bool
add_count(struct tally *tally, uint32_t number, int64_t value, int64_t times)
{
    struct delta delta = {.counter = number};
    size_t done;

    if (__builtin_mul_overflow(value, times, &delta.value))
        return false;
    return delta.value == 0 || tally_add(tally, &delta, 1, &done) == STATUS_OK;
}

// fold adds what the entity of the first event, with all of them in it,
// contributes, `times` over.
static bool
fold(const struct working *working, const struct event *events, size_t count,
     int64_t times)
{
    struct example_room *room = working->room;
    const struct rulebook *versions[] = {working->rulebook};
    const struct rulebook_history history = {1, versions};
    struct entity entity = {.members = room->members};
    struct entity_key keys[ENTITY_KEYS_MAX];

    size_t known = entity_keys(&events[0], &history, keys);
    assert(known > 0);
    for (size_t i = 0; i < count; i++)
        entity_add(entity_kind_of(&keys[0]), &entity, &events[i]);
    contribution_of(&keys[0], &entity, &history, &room->contribution);
    for (size_t i = 0; i < room->contribution.count; i++) {
        const struct delta *delta = &room->contribution.deltas[i];
        if (!add_count(&room->tally, delta->counter, delta->value, times))
            return false;
    }
    return true;
}

static bool
fold_response(const struct working *working,
              const struct example_response *response)
{
    struct event event = event_of(working, EVENT_SURVEY_RESPONSE, 1);

    event.survey = response->survey;
    event.survey.complete =
        questionnaire_complete(response->questionnaire, &response->survey);
    return fold(working, &event, 1, response->times);
}

static bool
fold_case(const struct working *working, const struct example_case *one)
{
    struct event events[2] = {event_of(working, EVENT_COMPLAINT_OPENED, 1),
                              event_of(working, EVENT_COMPLAINT_ACTION, 2)};

    for (size_t i = 0; i < 2; i++)
        events[i].complaint_id = span_text("example");
    events[0].complaint.class = one->class;
    events[0].complaint.received_at = events[0].occurred_at;
    events[1].occurred_at += one->after_ms;
    events[1].action.kind = ACTION_RESPONSE;
    return fold(working, events, one->is_answered ? 2 : 1, one->times);
}

static bool
fold_all(const struct working *working)
{
    const struct example *example = working->example;
    struct tally *tally = &working->room->tally;

    tally_init(tally, EXAMPLE_COUNTERS_MAX, working->room->memory);
    for (size_t i = 0; i < example->response_count; i++)
        if (!fold_response(working, &example->responses[i]))
            return false;
    for (size_t i = 0; i < example->case_count; i++)
        if (!fold_case(working, &example->cases[i]))
            return false;
    for (size_t i = 0; i < example->count_count; i++)
        if (!add_count(tally,
                       counter(COUNTER_COUNT, example->counts[i].count, 0),
                       example->counts[i].value, 1))
            return false;
    return true;
}

// measure takes the dimensions from the tally, then those that are given.
static void
measure(const struct working *working, struct points_measure *measures)
{
    const struct rulebook *rulebook = working->rulebook;
    const struct scheme *scheme = rulebook->scheme;
    static const struct kpi nothing[SCHEME_DIMENSIONS_MAX];
    struct kpi kpis[SCHEME_DIMENSIONS_MAX];

    for (size_t i = 0; i < scheme->dimension_count; i++) {
        struct kpi_rule made;
        const struct kpi_rule *rule =
            rulebook_kpi(rulebook, scheme->dimensions[i].kpi, &made);
        assert(rule); // common/config has seen to it
        kpis[i] = kpi_of(rulebook, rule, &working->room->tally, true);
    }
    scheme_measures(scheme, kpis, nothing, measures);
    for (size_t i = 0; i < working->example->measure_count; i++) {
        const struct example_measure *given = &working->example->measures[i];
        struct points_measure *one = &measures[given->dimension];
        *(given->is_baseline ? &one->base : &one->performance) = given->ppm;
        *(given->is_baseline ? &one->has_base : &one->has_performance) = true;
    }
}

static bool
settle(const struct working *working, struct scheme_outcome *outcome)
{
    struct points_measure measures[SCHEME_DIMENSIONS_MAX];
    struct gate_input figures = {.peer_ppm = working->example->peer_ppm};

    *outcome = (struct scheme_outcome){0};
    if (!working->rulebook->scheme)
        return true;
    measure(working, measures);
    scheme_figures(&working->room->tally, &figures);
    return scheme_settle(working->rulebook->scheme, measures, &figures,
                         working->example->base_fen, outcome);
}

static struct example_result
result_of(const struct working *working,
          const struct example_expected *expected,
          const struct scheme_outcome *outcome)
{
    const struct points_score *score = &outcome->score;
    struct kpi kpi;

    switch (expected->figure) {
    case EXAMPLE_KPI:
        kpi = kpi_of(working->rulebook, &working->rulebook->kpis[expected->kpi],
                     &working->room->tally, true);
        return (struct example_result){kpi.has_value, kpi.value_micro};
    case EXAMPLE_SCORE:
        return (struct example_result){score->has_value, score->score_micro};
    case EXAMPLE_CONSISTENCY:
        return (struct example_result){score->has_value, score->consistency};
    case EXAMPLE_RATIO:
        return (struct example_result){true, outcome->gates.ratio_ppm};
    case EXAMPLE_FEN:
        break;
    }
    return (struct example_result){true, outcome->gross.fen};
}

bool
example_run(struct example_room *room, const struct rulebook *rulebook,
            const struct example *example, struct example_result *results)
{
    struct working working = {room, rulebook, example};
    struct scheme_outcome outcome;

    if (!fold_all(&working) || !settle(&working, &outcome))
        return false;
    for (size_t i = 0; i < example->expected_count; i++)
        results[i] = result_of(&working, &example->expected[i], &outcome);
    return true;
}

bool
example_holds(const struct example_expected *expected,
              const struct example_result *result)
{
    return expected->has_value == result->has_value &&
           (!expected->has_value || expected->value == result->value);
}
