// SPDX-License-Identifier: Apache-2.0
#include "client/spread.h"

#include <stdlib.h>
#include <string.h>

#include "client/spread_memo.h"
#include "common/domain/peer.h"
#include "common/domain/sampling.h"

enum { QUARTER_MONTHS = 3, YEAR_MONTHS = 12 };

void
spread_before(uint32_t period_first, uint32_t *first, uint32_t *last)
{
    uint32_t quarter = period_first - period_first % QUARTER_MONTHS;

    *first = quarter > YEAR_MONTHS ? quarter - YEAR_MONTHS : 0;
    *last = quarter > 0 ? quarter - 1 : 0;
}

// add_row adds one month of one dealer.  A sum too large leaves the dealer out.
static void
add_row(struct sample *sample, const struct figures *figures,
        const struct kpi_rule *rule, const struct tally_table_row *row,
        bool due)
{
    const struct tally_table *table = figures->table;
    const struct tally tally = {.used = row->used,
                                .capacity = row->used,
                                .counters = table->counters + row->first,
                                .values = table->values + row->first};

    if (!sample_add(sample, figures->rulebook, rule, &tally, due))
        *sample = (struct sample){.n = -1}; // refused by credibility_of
}

// take_before sums the months first..last of each dealer; figures and table
// both ascend by id.
static void
take_before(struct sample *samples, const struct figures *figures,
            const struct kpi_rule *rule, uint32_t first, uint32_t last)
{
    const struct tally_table *table = figures->table;
    // Months are closed in order: those up to here.
    uint32_t closed = last;
    size_t at = 0;

    while (closed > 0 && closed >= first &&
           month_is_open(figures->rulebook, closed, figures->now_ms))
        closed--;
    for (size_t row = 0; row < table->row_count; row++) {
        const struct tally_table_row *one = &table->rows[row];
        if (one->slice != SLICE_ALL || one->month < first || one->month > last)
            continue;
        while (at < figures->dealer_count &&
               strcmp(figures->dealers[at].id, one->dealer) < 0)
            at++;
        if (at == figures->dealer_count)
            return;
        if (samples[at].n >= 0 &&
            strcmp(figures->dealers[at].id, one->dealer) == 0)
            add_row(&samples[at], figures, rule, one, one->month <= closed);
    }
}

static void
take_period(struct sample *samples, const struct figures *figures,
            const struct kpi_rule *rule)
{
    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *dealer = &figures->dealers[i];
        if (dealer->memory && !sample_add(&samples[i], figures->rulebook, rule,
                                          &dealer->tally, true))
            samples[i].n = -1;
    }
}

// remember fills the memo with the samples of a KPI over first..last, or over
// the period when last is 0, unless it holds them.
static enum status
remember(struct spread_memo *memo, const struct figures *figures,
         const struct kpi_rule *rule, uint32_t first, uint32_t last)
{
    bool same = memo->samples && strcmp(memo->kpi, rule->id) == 0;

    if (same)
        return STATUS_OK;
    free(memo->samples);
    memo->samples = calloc(figures->dealer_count + 1, sizeof *memo->samples);
    if (!memo->samples)
        return STATUS_SYSTEM;
    strcpy(memo->kpi, rule->id);
    if (last > 0)
        take_before(memo->samples, figures, rule, first, last);
    else
        take_period(memo->samples, figures, rule);
    return STATUS_OK;
}

// estimate_scope estimates from the dealers of a scope.
static enum status
estimate_scope(const struct figures *figures, const struct sample *samples,
               const char *scope, uint32_t unit, struct credibility *out,
               bool *enough)
{
    struct sample *chosen = calloc(figures->dealer_count + 1, sizeof *chosen);
    size_t count = 0;

    if (!chosen)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < figures->dealer_count; i++)
        if (samples[i].n != 0 &&
            figures_in_scope(figures, &figures->dealers[i], scope))
            chosen[count++] = samples[i];
    const struct peer_group *group = peer_find(figures->rulebook, scope);
    *enough = (!group || count >= group->min_members) &&
              sample_spread(chosen, count, unit, out);
    free(chosen);
    return STATUS_OK;
}

// try_samples estimates from the samples of a memo, by scope, then by wider
// ones.
static enum status
try_samples(struct spread *out, const struct figures *figures,
            const struct spread_memo *memo, const char *scope, uint32_t unit,
            enum spread_source source)
{
    char name[SCOPE_MAX], wider[SCOPE_MAX];
    enum status status;
    bool enough;

    strcpy(wider, scope);
    do {
        strcpy(name, wider);
        status = estimate_scope(figures, memo->samples, name, unit,
                                &out->credibility, &enough);
    } while (status == STATUS_OK && !enough &&
             peer_wider(figures->rulebook, name, wider));
    *out =
        status == STATUS_OK && enough
            ? (struct spread){.source = source, .credibility = out->credibility}
            : (struct spread){0};
    if (out->source != SPREAD_NONE)
        strcpy(out->scope, name);
    return status;
}

enum status
spread_of(struct spread *out, const struct figures *figures,
          const struct kpi_rule *rule, const char *scope)
{
    const uint32_t unit = sample_unit(figures->rulebook, rule);
    enum status status = STATUS_OK;
    uint32_t first, last;

    *out = (struct spread){0};
    if (unit == 0)
        return STATUS_OK;
    spread_before(figures->first, &first, &last);
    if (!figures->rulebook->ranking.spread_of_period && last > 0) {
        status = remember(&figures->memos[0], figures, rule, first, last);
        if (status == STATUS_OK)
            status = try_samples(out, figures, &figures->memos[0], scope, unit,
                                 SPREAD_BEFORE);
        out->first = first;
        out->last = last;
    }
    if (status != STATUS_OK || out->source != SPREAD_NONE)
        return status;
    status = remember(&figures->memos[1], figures, rule, 0, 0);
    if (status == STATUS_OK)
        status = try_samples(out, figures, &figures->memos[1], scope, unit,
                             SPREAD_PERIOD);
    out->first = figures->first;
    out->last = figures->last;
    return status;
}
