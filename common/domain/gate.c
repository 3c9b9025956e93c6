// SPDX-License-Identifier: Apache-2.0
#include "common/domain/gate.h"

#include "common/domain/exact.h"
#include "common/domain/wilson.h"

static bool
is_ppm(int64_t value)
{
    return value >= 0 && value <= GATE_RATIO_MAX;
}

static bool
is_count(enum gate_form form)
{
    return form == GATE_COUNT_AT_LEAST || form == GATE_COUNT_AT_MOST;
}

static const char *
question_problem(const struct gate_question *question)
{
    if (question->figure >= GATE_FIGURE_COUNT)
        return "there is no such figure";
    if (is_count(question->form))
        return question->limit < 0 ? "the limit is below 0" : NULL;
    if (!is_ppm(question->limit))
        return "the limit must be 0 to 1000000 ppm";
    return question->min_den < 0 ? "the least number is below 0" : NULL;
}

static const char *
one_problem(const struct gate *gate)
{
    const char *problem = NULL;

    if (gate->question_count < 1 || gate->question_count > GATE_QUESTIONS_MAX)
        return "a gate asks one or two questions";
    for (size_t i = 0; i < gate->question_count && !problem; i++)
        problem = question_problem(&gate->questions[i]);
    if (problem)
        return problem;
    if (!is_ppm(gate->amount_ppm))
        return "the amount must be 0 to 1000000 ppm";
    return gate->part >= GATE_PARTS_MAX ? "there is no such part" : NULL;
}

const char *
gate_problem(const struct gate_rules *rules, size_t *at)
{
    const struct gate_caps *caps = &rules->caps;

    *at = 0;
    if (rules->count > GATES_MAX)
        return "there are more than 16 gates";
    for (size_t i = 0; i < rules->count; i++) {
        const char *problem = one_problem(&rules->gates[i]);
        *at = i;
        if (problem)
            return problem;
    }
    if ((caps->has_rise && !is_ppm(caps->rise_ppm)) ||
        (caps->has_fall && !is_ppm(caps->fall_ppm)))
        return "a cap must be 0 to 1000000 ppm";
    return NULL;
}

static bool
share_holds(const struct gate_question *question,
            const struct gate_figure *figure)
{
    int128 share = (int128)figure->num * GATE_RATIO_MAX;
    int128 limit = (int128)figure->den * question->limit;

    if (question->form == GATE_AT_LEAST)
        return share >= limit;
    if (question->form == GATE_AT_MOST)
        return share <= limit;
    return !wilson_upper_below(figure->num, figure->den, question->limit);
}

static enum gate_verdict
ask(const struct gate_question *question, const struct gate_figure *figure)
{
    bool holds;

    if (question->form == GATE_COUNT_AT_LEAST) // nothing is no sample
        holds = (figure->den > 0 ? figure->num : 0) >= question->limit;
    else if (figure->den <= 0)
        return GATE_NO_DATA;
    else if (question->form == GATE_COUNT_AT_MOST)
        holds = figure->num <= question->limit;
    else if (figure->den < question->min_den)
        return GATE_NOT_JUDGED;
    else
        holds = share_holds(question, figure);
    return holds ? GATE_PASSED : GATE_FAILED;
}

static int64_t
scaled(int64_t ratio, int64_t by_ppm)
{
    return (int64_t)exact_floor((int128)ratio * by_ppm, GATE_RATIO_MAX);
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
changed(const struct gate *gate, const struct gate_input *input, int64_t ratio)
{
    switch (gate->effect) {
    case GATE_PEERS:
        return input->peer_ppm;
    case GATE_FACTOR:
        return scaled(ratio, gate->amount_ppm);
    case GATE_CAP:
        return least(ratio, gate->amount_ppm);
    case GATE_PART:
        return scaled(ratio, GATE_RATIO_MAX - least(input->part_ppm[gate->part],
                                                    GATE_RATIO_MAX));
    case GATE_ZERO:
        return 0;
    }
    return ratio;
}

static void
pass(const struct gate *gate, const struct gate_input *input,
     struct gate_outcome *outcome, struct gate_evidence *evidence)
{
    *evidence = (struct gate_evidence){.before_ppm = outcome->ratio_ppm};
    for (size_t i = 0; i < gate->question_count; i++) {
        const struct gate_question *question = &gate->questions[i];
        const struct gate_figure *figure = &input->figures[question->figure];

        evidence->verdicts[i] = ask(question, figure);
        if (evidence->verdicts[i] != GATE_FAILED)
            continue;
        evidence->failed = true;
        if (is_count(question->form) && gate->review_count > 0 &&
            figure->num >= gate->review_count)
            outcome->review = true;
    }
    if (evidence->failed) {
        outcome->ratio_ppm = changed(gate, input, outcome->ratio_ppm);
        outcome->insufficient |= gate->effect == GATE_PEERS;
    }
    evidence->after_ppm = outcome->ratio_ppm;
}

// What a gate took away, a cap on falls does not give back.
static void
cap(const struct gate_caps *caps, const struct gate_input *input, bool failed,
    struct gate_outcome *outcome)
{
    int64_t high = input->previous_ppm + caps->rise_ppm;
    int64_t low = input->previous_ppm - caps->fall_ppm;

    if (input->has_previous && caps->has_rise)
        outcome->ratio_ppm = least(outcome->ratio_ppm, high);
    if (input->has_previous && caps->has_fall && !failed &&
        outcome->ratio_ppm < low)
        outcome->ratio_ppm = low;
    outcome->ratio_ppm = least(outcome->ratio_ppm, GATE_RATIO_MAX);
}

void
gate_apply(const struct gate_rules *rules, const struct gate_input *input,
           struct gate_outcome *outcome)
{
    bool failed = false;

    *outcome = (struct gate_outcome){
        .ratio_ppm = input->has_score ? input->ratio_ppm : input->peer_ppm,
        .insufficient = !input->has_score};
    for (size_t i = 0; i < rules->count; i++) {
        pass(&rules->gates[i], input, outcome, &outcome->gates[i]);
        failed |= outcome->gates[i].failed;
    }
    outcome->uncapped_ppm = outcome->ratio_ppm;
    cap(&rules->caps, input, failed, outcome);
}

// Confirmed cases in the four quarters that end with quarter `end`.
static uint64_t
year_to(const uint32_t *confirmed, size_t end)
{
    uint64_t sum = 0;

    for (size_t i = end; i < end + 4; i++)
        sum += confirmed[i];
    return sum;
}

int64_t
gate_fraud_level(const uint32_t confirmed[GATE_FRAUD_QUARTERS])
{
    int64_t level = confirmed[0] > 0;

    for (size_t end = 0; end + 4 <= GATE_FRAUD_QUARTERS; end++) {
        uint64_t cases = year_to(confirmed, end);

        if (confirmed[end] > 0 && cases >= 2 && level < 2)
            level = 2;
        if (confirmed[end] > 0 && cases >= 3)
            level = 3;
    }
    return level;
}
