// SPDX-License-Identifier: Apache-2.0
#include "common/domain/scheme.h"

#include "common/domain/peer.h"

const struct scheme *
scheme_of(const struct rulebook *rulebook, const struct dealer_row *row)
{
    const struct scheme *scheme = rulebook->scheme;
    uint8_t peer = row ? peer_of(rulebook, row) : PEER_NONE;

    return scheme && scheme->of_peers && peer != PEER_NONE
               ? &scheme->of_peers[peer]
               : scheme;
}

bool
scheme_value(const struct scheme_dimension *dimension, const struct kpi *kpi,
             int64_t *micro)
{
    if (!kpi->has_value || kpi->n < (int64_t)dimension->min_n)
        return false;
    *micro = kpi->value_micro;
    return !dimension->is_shrunken ||
           shrink_value(&dimension->shrink, kpi->n, kpi->num, kpi->den,
                        points_factor(dimension->form), micro);
}

bool
scheme_input(const struct scheme_dimension *dimension, const struct kpi *kpi,
             int64_t *ppm)
{
    int64_t value;

    if (!scheme_value(dimension, kpi, &value))
        return false;
    *ppm = points_ppm(value, dimension->form, dimension->lower_is_better);
    return true;
}

void
scheme_measures(const struct scheme *scheme, const struct kpi *period,
                const struct kpi *baseline, struct points_measure *measures)
{
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        const struct scheme_dimension *dimension = &scheme->dimensions[i];
        struct points_measure *measure = &measures[i];

        *measure = (struct points_measure){.scale = dimension->scale,
                                           .weight = dimension->weight_ppm};
        measure->has_performance =
            scheme_input(dimension, &period[i], &measure->performance);
        measure->has_base =
            scheme_input(dimension, &baseline[i], &measure->base);
    }
}

static int64_t
count_of(const struct tally *tally, enum count count)
{
    return tally_get(tally, counter(COUNTER_COUNT, count, 0));
}

void
scheme_figures(const struct tally *tally, struct gate_input *input)
{
    int64_t updates = count_of(tally, COUNT_EMERGENCY_UPDATES);
    int64_t missed = count_of(tally, COUNT_EMERGENCY_MISSED);
    const int64_t responses = count_of(tally, COUNT_RESPONSES);
    struct gate_figure *figures = input->figures;

    figures[GATE_SAMPLE] = (struct gate_figure){responses, 1};
    figures[GATE_INVITED] = (struct gate_figure){
        count_of(tally, COUNT_INVITED), count_of(tally, COUNT_ELIGIBLE)};
    figures[GATE_VERDICT] =
        (struct gate_figure){count_of(tally, COUNT_CONFIRMED_SEVERE), 1};
    figures[GATE_COACHED] =
        (struct gate_figure){count_of(tally, COUNT_COACHED), responses};
    figures[GATE_BOUNCED] = (struct gate_figure){
        count_of(tally, COUNT_BOUNCED), count_of(tally, COUNT_INVITED)};
    figures[GATE_EMERGENCY] = (struct gate_figure){updates, updates + missed};
    figures[GATE_CONTACT] =
        (struct gate_figure){count_of(tally, COUNT_CONTACTS_CORRECT),
                             count_of(tally, COUNT_CONTACTS_RECHECKED)};
    figures[GATE_AUDIT] =
        (struct gate_figure){count_of(tally, COUNT_AUDIT_PASSED),
                             count_of(tally, COUNT_AUDIT_TOTAL)};
    figures[GATE_VETO] = (struct gate_figure){
        count_of(tally, COUNT_AUDIT_VETOES), count_of(tally, COUNT_AUDITS)};
}

static void
add_parts(const struct scheme *scheme, struct gate_input *input)
{
    for (size_t i = 0; i < GATE_PARTS_MAX; i++)
        input->part_ppm[i] = 0;
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        const struct scheme_dimension *dimension = &scheme->dimensions[i];
        if (dimension->part < GATE_PARTS_MAX)
            input->part_ppm[dimension->part] += dimension->weight_ppm;
    }
}

bool
scheme_settle(const struct scheme *scheme,
              const struct points_measure *measures,
              const struct gate_input *figures, int64_t base,
              struct scheme_outcome *outcome)
{
    struct gate_input input = *figures;
    const struct payout_ladder *ladder = &scheme->ladder;

    *outcome = (struct scheme_outcome){0};
    outcome->score =
        points_score(measures, scheme->dimension_count, scheme->consistency);
    if (outcome->score.has_value) {
        int64_t score = outcome->score.score_micro;
        outcome->ratio_ppm = payout_ratio(ladder, score);
        outcome->has_next = payout_next(ladder, score, &outcome->next);
    }
    add_parts(scheme, &input);
    input.has_score = outcome->score.has_value;
    input.ratio_ppm = outcome->ratio_ppm;
    gate_apply(&scheme->gates, &input, &outcome->gates);
    return money_gross(base, scheme->max_rate_ppm, outcome->gates.ratio_ppm,
                       &outcome->gross);
}
