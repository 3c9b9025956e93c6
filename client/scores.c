// SPDX-License-Identifier: Apache-2.0
#include "client/scores.h"

#include <stdlib.h>
#include <string.h>

#include "common/domain/sort.h"

static const int64_t whole_ppm = 1000000;

// What scoring needs beside the result.
struct scoring {
    const struct rulebook *rulebook;
    const struct scheme *scheme;
    struct scores *scores;
};

static const struct figures_dealer *
find_dealer(const struct figures *figures, const char *id)
{
    size_t low = 0, high = figures->dealer_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(figures->dealers[middle].id, id);
        if (order == 0)
            return &figures->dealers[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct tally *
tally_of(const struct figures_dealer *dealer)
{
    static const struct tally nothing = {0};

    return dealer && dealer->memory ? &dealer->tally : &nothing;
}

static void
form_kpis(const struct scores *scores, const struct figures_dealer *dealer,
          struct kpi *kpis)
{
    const struct rulebook *rulebook = scores->period->rulebook;

    for (size_t i = 0; i < rulebook->scheme->dimension_count; i++)
        kpis[i] = kpi_of(rulebook, &scores->rules[i], tally_of(dealer), true);
}

void
scores_kpis(const struct scores *scores, size_t row, struct kpi *period,
            struct kpi *baseline)
{
    const struct figures_dealer *dealer = &scores->period->dealers[row];

    form_kpis(scores, dealer, period);
    form_kpis(scores, find_dealer(scores->before, dealer->id), baseline);
}

static void
score_dealer(const struct scoring *scoring, size_t place)
{
    const struct figures_dealer *dealer =
        &scoring->scores->period->dealers[place];
    struct scores_row *row = &scoring->scores->rows[place];
    struct kpi period[SCHEME_DIMENSIONS_MAX], before[SCHEME_DIMENSIONS_MAX];
    struct points_measure measures[SCHEME_DIMENSIONS_MAX];
    const struct scheme *scheme = scheme_of(scoring->rulebook, dealer->row);
    struct gate_input figures = {.peer_ppm = scoring->scores->peer_ppm};

    scores_kpis(scoring->scores, place, period, before);
    scheme_measures(scheme, period, before, measures);
    scheme_figures(tally_of(dealer), &figures);
    *row = (struct scores_row){.dealer = dealer->id,
                               .name = dealer->row ? dealer->row->name : ""};
    // The base is within range.
    (void)scheme_settle(scheme, measures, &figures, SCORES_BASE, &row->outcome);
    row->rate_ppm = row->outcome.gross.fen / (SCORES_BASE / whole_ppm);
}

static bool
stands(const struct scores_row *row)
{
    return row->outcome.score.has_value && !row->outcome.gates.insufficient;
}

static bool
ratio_before(const void *a, const void *b, const void *rule)
{
    (void)rule;
    return *(const int64_t *)a < *(const int64_t *)b;
}

// find_peers sets the lower median of the ratios of those who stand.
static enum status
find_peers(struct scores *scores)
{
    int64_t *ratios = calloc(scores->count + 1, sizeof *ratios);
    size_t count = 0;

    if (!ratios)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < scores->count; i++)
        if (stands(&scores->rows[i]))
            ratios[count++] = scores->rows[i].outcome.gates.ratio_ppm;
    sort_rows(ratios, count, sizeof *ratios, ratio_before, NULL);
    scores->peer_ppm = count > 0 ? ratios[(count - 1) / 2] : 0;
    free(ratios);
    return STATUS_OK;
}

static bool
score_before(const void *a, const void *b, const void *rule)
{
    const struct scores_row *left = *(struct scores_row *const *)a;
    const struct scores_row *right = *(struct scores_row *const *)b;

    (void)rule;
    if (stands(left) != stands(right))
        return stands(left);
    if (stands(left) &&
        left->outcome.score.score_micro != right->outcome.score.score_micro)
        return left->outcome.score.score_micro >
               right->outcome.score.score_micro;
    return strcmp(left->dealer, right->dealer) < 0;
}

// Competition ranks, "1224", as rank.h.
static enum status
rank_scores(struct scores *scores)
{
    struct scores_row **order = calloc(scores->count + 1, sizeof *order);

    if (!order)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < scores->count; i++)
        order[i] = &scores->rows[i];
    sort_rows(order, scores->count, sizeof *order, score_before, NULL);
    for (size_t i = 0; i < scores->count && stands(order[i]); i++) {
        bool tie = i > 0 && order[i - 1]->outcome.score.score_micro ==
                                order[i]->outcome.score.score_micro;
        order[i]->rank = tie ? order[i - 1]->rank : (uint32_t)(i + 1);
    }
    free(order);
    return STATUS_OK;
}

enum status
scores_exchange(struct scores_exchange *out, const struct scores *scores,
                const struct scheme *scheme, int64_t base)
{
    size_t count = scores->count;

    *out = (struct scores_exchange){
        .stakes = calloc(count + 1, sizeof *out->stakes),
        .claims = calloc(count + 1, sizeof *out->claims)};
    enum status status = out->stakes && out->claims ? STATUS_OK : STATUS_SYSTEM;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        out->stakes[i] = (struct money_stake){
            .dealer = scores->rows[i].dealer,
            .base = base,
            .score_micro = scores->rows[i].outcome.score.score_micro};
    if (status == STATUS_OK &&
        !money_exchange(out->stakes, out->claims, count, scheme->withhold_ppm,
                        &out->price))
        status = STATUS_FULL;
    if (status != STATUS_OK)
        scores_exchange_fini(out);
    return status;
}

void
scores_exchange_fini(struct scores_exchange *exchange)
{
    free(exchange->stakes);
    free(exchange->claims);
    *exchange = (struct scores_exchange){0};
}

// settle_exchange replaces the rates by those of an exchange of equal bases.
static enum status
settle_exchange(const struct scheme *scheme, struct scores *scores)
{
    struct scores_exchange exchange;

    enum status status =
        scores_exchange(&exchange, scores, scheme, SCORES_BASE);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < scores->count; i++)
        scores->rows[i].rate_ppm =
            exchange.stakes[i].paid / (SCORES_BASE / whole_ppm);
    scores_exchange_fini(&exchange);
    return STATUS_OK;
}

// score_all scores every dealer, or again those paid as their peers are.
static void
score_all(const struct scoring *scoring, bool again)
{
    struct scores *scores = scoring->scores;

    for (size_t i = 0; i < scores->count; i++)
        if (!again || scores->rows[i].outcome.gates.insufficient)
            score_dealer(scoring, i);
}

static enum status
settle(const struct scoring *scoring)
{
    struct scores *scores = scoring->scores;
    int64_t sum = 0;

    score_all(scoring, false);
    enum status status = find_peers(scores);
    if (status != STATUS_OK)
        return status;
    score_all(scoring, true); // now that the peers' ratio is known
    status = rank_scores(scores);
    if (status == STATUS_OK && scoring->scheme->payout == SCHEME_EXCHANGE)
        status = settle_exchange(scoring->scheme, scores);
    for (size_t i = 0; i < scores->count; i++)
        sum += scores->rows[i].rate_ppm;
    scores->mean_rate_ppm =
        scores->count > 0 ? sum / (int64_t)scores->count : 0;
    return status;
}

static enum status
open_figures(struct figures **out, const struct material *material,
             uint32_t first, uint32_t last)
{
    return figures_open(out, material->rulebook, material->directory,
                        material->table, first, last, material->now_ms);
}

// open_all opens the period and the baseline: of the material's own sums, or
// of another's.
static enum status
open_all(struct scores *scores, const struct material *material, uint32_t first,
         uint32_t last, const struct scores *other)
{
    const struct rulebook *rulebook = material->rulebook;

    enum status status = STATUS_NOT_FOUND;
    if (other)
        status = figures_again(&scores->period, other->period, rulebook);
    if (status == STATUS_NOT_FOUND)
        status = open_figures(&scores->period, material, first, last);
    if (status != STATUS_OK)
        return status;
    status = STATUS_NOT_FOUND;
    if (other)
        status = figures_again(&scores->before, other->before, rulebook);
    if (status == STATUS_NOT_FOUND)
        status = open_figures(&scores->before, material,
                              first - SCORES_BASELINE_MONTHS, first - 1);
    return status;
}

// fill opens what is needed; what stays is in scores.
static enum status
fill(struct scores *scores, const struct material *material, uint32_t first,
     uint32_t last, const struct scores *other)
{
    struct scoring scoring = {.rulebook = material->rulebook,
                              .scheme = material->rulebook->scheme,
                              .scores = scores};

    for (size_t i = 0; i < scoring.scheme->dimension_count; i++) {
        struct kpi_rule made;
        const struct kpi_rule *rule = rulebook_kpi(
            material->rulebook, scoring.scheme->dimensions[i].kpi, &made);
        if (rule) // common/config has seen to it
            scores->rules[i] = *rule;
    }
    enum status status = open_all(scores, material, first, last, other);
    if (status == STATUS_OK) {
        scores->open = scores->period->open;
        scores->position = scores->period->position;
        scores->count = scores->period->dealer_count;
        scores->rows = calloc(scores->count + 1, sizeof *scores->rows);
        status = scores->rows ? settle(&scoring) : STATUS_SYSTEM;
    }
    return status;
}

static enum status
make(struct scores **out, const struct material *material, uint32_t first,
     uint32_t last, const struct scores *other)
{
    if (!material->rulebook->scheme)
        return STATUS_MALFORMED;
    struct scores *scores = calloc(1, sizeof *scores);
    if (!scores)
        return STATUS_SYSTEM;
    enum status status = fill(scores, material, first, last, other);
    if (status == STATUS_OK)
        *out = scores;
    else
        scores_close(scores);
    return status;
}

enum status
scores_open(struct scores **out, const struct material *material,
            uint32_t first, uint32_t last)
{
    return make(out, material, first, last, NULL);
}

enum status
scores_open_beside(struct scores **out, const struct material *material,
                   const struct scores *other)
{
    return make(out, material, other->period->first, other->period->last,
                other);
}

void
scores_close(struct scores *scores)
{
    if (!scores)
        return;
    figures_close(scores->period);
    figures_close(scores->before);
    free(scores->rows);
    free(scores);
}
