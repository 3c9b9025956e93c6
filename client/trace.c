// SPDX-License-Identifier: Apache-2.0
#include "client/trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
trace_base_read(const char *text, int64_t *base)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    *base = strtoll(text, NULL, 10);
    return errno == 0 && *base <= MONEY_MAX;
}

static void
follow(const struct trace *trace, const struct trace_dimension *dimension,
       const struct trace_window *window, struct trace_figure *figure)
{
    const struct scheme_dimension *rule = dimension->rule;

    figure->kpi = kpi_of(trace->rulebook, &dimension->kpi, window->tally, true);
    figure->part_count = trace_parts(trace->rulebook, &dimension->kpi,
                                     window->tally, figure->parts);
    if (!figure->kpi.has_value)
        figure->reason = "no data";
    else if (figure->kpi.n < (int64_t)rule->min_n)
        figure->reason = "n < min_n";
    else if (!scheme_value(rule, &figure->kpi, &figure->value_micro))
        figure->reason = "beyond what can be computed";
    else
        figure->ppm =
            points_ppm(figure->value_micro, rule->form, rule->lower_is_better);
}

static struct points_measure
measure_of(const struct trace_dimension *dimension)
{
    return (struct points_measure){
        .scale = dimension->rule->scale,
        .weight = dimension->rule->weight_ppm,
        .has_base = !dimension->baseline.reason,
        .has_performance = !dimension->period.reason,
        .base = dimension->baseline.ppm,
        .performance = dimension->period.ppm,
    };
}

static bool
settle(struct trace *trace)
{
    struct points_measure measures[SCHEME_DIMENSIONS_MAX];
    const struct scheme *scheme = trace->scheme;

    trace->dimension_count = scheme->dimension_count;
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        struct trace_dimension *dimension = &trace->dimensions[i];
        struct kpi_rule made;
        const struct kpi_rule *rule =
            rulebook_kpi(trace->rulebook, scheme->dimensions[i].kpi, &made);
        dimension->rule = &scheme->dimensions[i];
        if (rule) // common/config has seen to it
            dimension->kpi = *rule;
        follow(trace, dimension, &trace->period, &dimension->period);
        follow(trace, dimension, &trace->baseline, &dimension->baseline);
        measures[i] = measure_of(dimension);
        dimension->points = points_of(&measures[i]);
    }
    trace->gates = (struct gate_input){.peer_ppm = trace->scores->peer_ppm};
    scheme_figures(trace->period.tally, &trace->gates);
    return scheme_settle(scheme, measures, &trace->gates, trace->base,
                         &trace->outcome);
}

// exchange settles one in which every base is the dealer's, and notes what
// became of the dealer's own claim.
static enum status
exchange(struct trace *trace)
{
    const size_t own = (size_t)(trace->row - trace->scores->rows);
    struct scores_exchange settled;

    enum status status =
        scores_exchange(&settled, trace->scores, trace->scheme, trace->base);
    if (status != STATUS_OK)
        return status;
    trace->exchange.price = settled.price;
    trace->exchange.withheld = settled.stakes[own].withheld;
    trace->exchange.paid = settled.stakes[own].paid;
    for (size_t i = 0; i < own; i++)
        trace->exchange.tied_before +=
            settled.claims[i].rest == settled.claims[own].rest;
    scores_exchange_fini(&settled);
    return STATUS_OK;
}

// find sets the dealer's row and the tally behind it.
static bool
find(struct trace *trace)
{
    static const struct tally nothing = {0};
    const struct scores *scores = trace->scores;

    for (size_t i = 0; i < scores->count; i++) {
        const struct figures_dealer *own = &scores->period->dealers[i];
        if (strcmp(scores->rows[i].dealer, trace->dealer) != 0)
            continue;
        trace->row = &scores->rows[i];
        trace->name = scores->rows[i].name;
        trace->scheme = scheme_of(trace->rulebook, own->row);
        trace->period.tally = own->memory ? &own->tally : &nothing;
        trace->period.unanswered = own->unanswered;
        trace->baseline.tally =
            trace->before.memory ? &trace->before.tally : &nothing;
        trace->baseline.unanswered = trace->before.unanswered;
        return true;
    }
    return false;
}

static enum status
fill(struct trace *trace, const struct material *material)
{
    enum status status = figures_of_dealer(
        &trace->before, material->rulebook, material->table, trace->dealer,
        trace->baseline.first, trace->baseline.last, material->now_ms);
    if (status != STATUS_OK)
        return status;
    trace->position = trace->scores->position;
    if (!find(trace))
        return STATUS_NOT_FOUND;
    if (!settle(trace))
        return STATUS_FULL;
    return trace->scheme->payout == SCHEME_EXCHANGE ? exchange(trace)
                                                    : STATUS_OK;
}

enum status
trace_open_among(struct trace **out, const struct material *material,
                 const struct trace_source *source, struct scores *scores,
                 const char *dealer, int64_t base)
{
    if (strlen(dealer) > DEALER_ID_MAX)
        return STATUS_NOT_FOUND;
    struct trace *trace = calloc(1, sizeof *trace);
    if (!trace)
        return STATUS_SYSTEM;
    const uint32_t first = scores->period->first, last = scores->period->last;
    trace->rulebook = material->rulebook;
    trace->scheme = material->rulebook->scheme;
    trace->source = *source;
    trace->scores = scores;
    snprintf(trace->dealer, sizeof trace->dealer, "%s", dealer);
    trace->period.first = first;
    trace->period.last = last;
    trace->close = close_of(trace->rulebook, last, material->now_ms);
    trace->baseline.first = first - SCORES_BASELINE_MONTHS;
    trace->baseline.last = first - 1;
    trace->base_given = base >= 0;
    trace->base = base >= 0 ? base : SCORES_BASE;
    enum status status = fill(trace, material);
    if (status == STATUS_OK)
        *out = trace;
    else
        trace_close(trace);
    return status;
}

enum status
trace_open(struct trace **out, const struct material *material,
           const struct trace_source *source, uint32_t first, uint32_t last,
           const char *dealer, int64_t base)
{
    struct scores *scores;

    enum status status = scores_open(&scores, material, first, last);
    if (status != STATUS_OK)
        return status;
    status = trace_open_among(out, material, source, scores, dealer, base);
    if (status == STATUS_OK)
        (*out)->owns_scores = true;
    else
        scores_close(scores);
    return status;
}

int64_t
trace_amount(const struct trace *trace)
{
    return trace->scheme->payout == SCHEME_EXCHANGE
               ? trace->exchange.paid - trace->exchange.withheld
               : trace->outcome.gross.fen;
}

enum close_state
trace_state(const struct trace *trace)
{
    if (trace->is_final)
        return CLOSE_FINAL;
    return trace->close.state == CLOSE_OPEN ? CLOSE_OPEN : CLOSE_PROVISIONAL;
}

void
trace_close(struct trace *trace)
{
    if (!trace)
        return;
    if (trace->owns_scores)
        scores_close(trace->scores);
    free(trace->before.memory);
    free(trace);
}
