// SPDX-License-Identifier: Apache-2.0
#include "client/ranking.h"

#include <stdlib.h>
#include <string.h>

// A tally that grows as others are added to it.
struct total {
    struct tally tally;
    void *memory;
    struct delta *deltas;
    size_t delta_capacity;
};

static enum status
reserve(struct total *total, uint32_t more)
{
    size_t needed = (size_t)total->tally.used + more;
    if (more > total->delta_capacity) {
        void *deltas = reallocarray(total->deltas, more, sizeof(struct delta));
        if (!deltas)
            return STATUS_SYSTEM;
        total->deltas = deltas;
        total->delta_capacity = more;
    }
    if (total->memory && needed <= total->tally.capacity)
        return STATUS_OK;
    if (needed > UINT32_MAX / 2)
        return STATUS_FULL;

    struct tally wider;
    uint32_t capacity = (uint32_t)needed * 2;
    void *memory = malloc(tally_bytes(capacity));
    if (!memory)
        return STATUS_SYSTEM;
    tally_init(&wider, capacity, memory);
    if (total->memory)
        tally_copy(&wider, &total->tally);
    free(total->memory);
    total->tally = wider;
    total->memory = memory;
    return STATUS_OK;
}

static enum status
total_add(struct total *total, const struct tally *tally)
{
    size_t done;

    enum status status = reserve(total, tally->used);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < tally->used; i++)
        total->deltas[i] = (struct delta){.counter = tally->counters[i],
                                          .value = tally->values[i]};
    return tally_add(&total->tally, total->deltas, tally->used, &done);
}

static bool
in_scope(const struct figures_dealer *dealer, const char *scope)
{
    // Figures of a dealer no longer listed still belong to the nation.
    return dealer->row ? dealer_in_scope(dealer->row, scope)
                       : strcmp(scope, "nation") == 0;
}

static int64_t
left_out(const struct kpi_rule *rule, const struct figures_dealer *dealer)
{
    int64_t sum = 0;

    if (rule->form != KPI_SLA)
        return 0;
    for (unsigned class = 0; class < CLASS_COUNT; class ++)
        if (rule->class_mask & 1u << class)
            sum += dealer->unanswered[class];
    return sum;
}

// fill forms the KPI of each dealer in scope and sums their figures.
static enum status
fill(struct ranking *ranking, const struct figures *figures,
     struct total *total)
{
    static const struct tally nothing = {0};

    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *dealer = &figures->dealers[i];
        if (!in_scope(dealer, ranking->scope))
            continue;
        const struct tally *tally = dealer->memory ? &dealer->tally : &nothing;
        ranking->rows[ranking->row_count++] = (struct rank_row){
            .dealer = dealer->id,
            .name = dealer->row ? dealer->row->name : "",
            .kpi = kpi_of(figures->rulebook, &ranking->rule, tally, true),
        };
        ranking->unanswered += left_out(&ranking->rule, dealer);
        enum status status = total_add(total, tally);
        if (status != STATUS_OK)
            return status;
    }
    ranking->total =
        kpi_of(figures->rulebook, &ranking->rule, &total->tally, true);
    ranking->total_reason = ranking->total.has_value ? NULL : "no_data";
    rank_rows(ranking->rows, ranking->row_count, &ranking->rule);
    return STATUS_OK;
}

enum status
ranking_open(struct ranking **out, const struct figures *figures,
             const struct kpi_rule *rule, const char *scope, const char *period)
{
    struct total total = {0};

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

    enum status status =
        ranking->rows ? fill(ranking, figures, &total) : STATUS_SYSTEM;
    free(total.memory);
    free(total.deltas);
    if (status != STATUS_OK) {
        ranking_close(ranking);
        return status;
    }
    *out = ranking;
    return STATUS_OK;
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
