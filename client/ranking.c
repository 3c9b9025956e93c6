// SPDX-License-Identifier: Apache-2.0
#include "client/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "client/scope_totals.h"
#include "client/stand.h"
#include "client/stint.h"

// note_left_out adds up the cases a dealer's OPEN months left out.
static enum status
note_left_out(struct ranking *ranking, const struct figures_dealer *dealer)
{
    const struct kpi_rule *rule = &ranking->rule;

    for (unsigned class = 0; class < CLASS_COUNT && rule->form == KPI_SLA;
         class ++)
        if (rule->class_mask & 1u << class &&
            __builtin_add_overflow(ranking->unanswered,
                                   dealer->unanswered[class],
                                   &ranking->unanswered))
            return STATUS_FULL;
    return STATUS_OK;
}

// fill forms the KPI of each dealer in scope, and of all of them together.
static enum status
fill(struct ranking *ranking, const struct figures *figures)
{
    static const struct tally nothing = {0};
    const struct tally *total;

    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *dealer;
        enum status status =
            stint_part(&dealer, figures, &figures->dealers[i], ranking->scope);
        if (status != STATUS_OK)
            return status;
        if (!dealer)
            continue;
        const struct tally *tally = dealer->memory ? &dealer->tally : &nothing;
        ranking->rows[ranking->row_count++] = (struct rank_row){
            .dealer = dealer->id,
            .name = dealer->row ? dealer->row->name : "",
            .kpi = kpi_of(figures->rulebook, &ranking->rule, tally, true),
        };
        status = note_left_out(ranking, dealer);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = scope_total(&total, figures, ranking->scope);
    if (status != STATUS_OK)
        return status;
    ranking->total = kpi_of(figures->rulebook, &ranking->rule, total, true);
    ranking->total_reason = ranking->total.has_value ? NULL : "no_data";
    return STATUS_OK;
}

// weigh ranks, and says what chance leaves of the ranks.
static enum status
weigh(struct ranking *ranking, const struct figures *figures, bool plain)
{
    const struct ranking_rule *how = &figures->rulebook->ranking;

    ranking->c_milli = how->c_milli ? how->c_milli : STANDING_C_MILLI;
    ranking->by_estimate = how->by_estimate;
    ranking->is_weighed = !plain || how->by_estimate;
    if (!ranking->is_weighed) {
        rank_rows(ranking->rows, ranking->row_count, &ranking->rule);
        return STATUS_OK;
    }
    enum status status =
        spread_of(&ranking->spread, figures, &ranking->rule, ranking->scope);
    return status == STATUS_OK ? stand(ranking) : status;
}

static enum status
make(struct ranking **out, const struct figures *figures,
     const struct kpi_rule *rule, const char *scope, const char *period,
     bool plain)
{
    if (!scope_valid(scope) || strlen(scope) >= SCOPE_MAX ||
        strlen(period) >= RANKING_PERIOD_MAX)
        return STATUS_MALFORMED;
    struct ranking *ranking = calloc(1, sizeof *ranking);
    if (!ranking)
        return STATUS_SYSTEM;
    strcpy(ranking->scope, scope);
    strcpy(ranking->period, period);
    ranking->position = figures->position;
    ranking->open = figures->open;
    ranking->rule = *rule;
    ranking->rows = calloc(figures->dealer_count + 1, sizeof *ranking->rows);

    enum status status = ranking->rows ? fill(ranking, figures) : STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = weigh(ranking, figures, plain);
    if (status != STATUS_OK) {
        ranking_close(ranking);
        return status;
    }
    *out = ranking;
    return STATUS_OK;
}

enum status
ranking_open(struct ranking **out, const struct figures *figures,
             const struct kpi_rule *rule, const char *scope, const char *period)
{
    return make(out, figures, rule, scope, period, false);
}

enum status
ranking_open_plain(struct ranking **out, const struct figures *figures,
                   const struct kpi_rule *rule, const char *scope,
                   const char *period)
{
    return make(out, figures, rule, scope, period, true);
}

bool
ranking_any(const struct figures *figures, const struct kpi_rule *rule)
{
    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *dealer = &figures->dealers[i];
        if (!dealer->memory)
            continue;
        struct kpi kpi = kpi_of(figures->rulebook, rule, &dealer->tally, true);
        if (kpi.has_value && kpi.n > 0)
            return true;
    }
    return false;
}

void
ranking_close(struct ranking *ranking)
{
    if (!ranking)
        return;
    free(ranking->rows);
    free(ranking);
}

const char *
ranking_flag(const struct kpi_rule *rule, const struct kpi *kpi)
{
    if (rule->flag_ppm == 0 || !kpi->has_value || !kpi->flagged)
        return NULL;
    return kpi->proven ? "reached" : "not_proven";
}
