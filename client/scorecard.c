// SPDX-License-Identifier: Apache-2.0
#include "client/scorecard.h"

#include <stdlib.h>
#include <string.h>

#include "client/choices.h"

// find_dealer notes what the figures say of the dealer besides its KPIs.
static bool
find_dealer(struct scorecard *scorecard, const struct figures *figures)
{
    for (size_t i = 0; i < figures->dealer_count; i++)
        if (strcmp(figures->dealers[i].id, scorecard->dealer) == 0) {
            scorecard->row = figures->dealers[i].row;
            scorecard->late = figures->dealers[i].late;
            return true;
        }
    return false;
}

// list_kpis gives each KPI a line.
static enum status
list_kpis(struct scorecard *scorecard, const struct rulebook *rulebook)
{
    struct choices choices;

    enum status status = kpis_of(&choices, rulebook);
    if (status != STATUS_OK)
        return status;
    scorecard->lines = calloc(choices.count + 1, sizeof *scorecard->lines);
    for (size_t i = 0; i < choices.count && scorecard->lines; i++) {
        struct kpi_rule made;
        const struct kpi_rule *rule =
            rulebook_kpi(rulebook, choices.list[i].id, &made);
        if (rule)
            scorecard->lines[scorecard->line_count++].rule = *rule;
    }
    choices_fini(&choices);
    return scorecard->lines ? STATUS_OK : STATUS_SYSTEM;
}

// place fills in where the dealer stands in the ranking of a KPI.
static enum status
place(const struct scorecard *scorecard, struct scorecard_line *line,
      const struct figures *figures)
{
    struct ranking *ranking;

    enum status status = ranking_open_plain(
        &ranking, figures, &line->rule, scorecard->scope, scorecard->period);
    if (status != STATUS_OK)
        return status;
    line->total = ranking->total;
    line->reason = "not_in_scope";
    for (size_t i = 0; i < ranking->row_count; i++) {
        const struct rank_row *row = &ranking->rows[i];
        line->ranked += row->rank > 0;
        if (strcmp(row->dealer, scorecard->dealer) != 0)
            continue;
        line->kpi = row->kpi;
        line->rank = row->rank;
        line->reason = row->reason;
    }
    ranking_close(ranking);
    return STATUS_OK;
}

static enum status
fill_period(struct scorecard *scorecard, const struct material *material,
            const struct selection *selection)
{
    struct figures *figures;

    enum status status = figures_open(
        &figures, material->rulebook, material->directory, material->table,
        selection->first, selection->last, material->now_ms);
    if (status != STATUS_OK)
        return status;
    scorecard->open = figures->open;
    if (!find_dealer(scorecard, figures))
        status = STATUS_NOT_FOUND;
    for (size_t i = 0; i < scorecard->line_count && status == STATUS_OK; i++)
        status = place(scorecard, &scorecard->lines[i], figures);
    figures_close(figures);
    return status;
}

// fill_window forms the dealer's KPIs over other months into the member of
// each line that lies `offset` bytes from its beginning.
static enum status
fill_window(struct scorecard *scorecard, const struct material *material,
            uint32_t first, uint32_t last, size_t offset)
{
    struct figures_dealer dealer;
    static const struct tally nothing = {0};

    enum status status =
        figures_of_dealer(&dealer, material->rulebook, material->table,
                          scorecard->dealer, first, last, material->now_ms);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < scorecard->line_count; i++) {
        struct scorecard_line *line = &scorecard->lines[i];
        const struct kpi kpi =
            kpi_of(material->rulebook, &line->rule,
                   dealer.memory ? &dealer.tally : &nothing, true);
        memcpy((char *)line + offset, &kpi, sizeof kpi);
    }
    free(dealer.memory);
    return STATUS_OK;
}

static enum status
fill_past(struct scorecard *scorecard, const struct material *material,
          const struct selection *selection)
{
    uint32_t length = selection->last - selection->first + 1;

    scorecard->previous_first = selection->first - length;
    scorecard->previous_last = selection->first - 1;
    enum status status = fill_window(
        scorecard, material, scorecard->previous_first,
        scorecard->previous_last, offsetof(struct scorecard_line, previous));
    for (size_t i = 0; i < SCORECARD_MONTHS && status == STATUS_OK; i++) {
        uint32_t month = selection->last - (uint32_t)(SCORECARD_MONTHS - 1 - i);
        scorecard->months[i] = month;
        status = fill_window(scorecard, material, month, month,
                             offsetof(struct scorecard_line, months) +
                                 i * sizeof(struct kpi));
    }
    return status;
}

enum status
scorecard_open(struct scorecard **out, const struct material *material,
               const struct selection *selection, const char *dealer)
{
    if (strlen(dealer) > DEALER_ID_MAX)
        return STATUS_NOT_FOUND;
    struct scorecard *scorecard = calloc(1, sizeof *scorecard);
    if (!scorecard)
        return STATUS_SYSTEM;
    strcpy(scorecard->dealer, dealer);
    strcpy(scorecard->period, selection->period);
    strcpy(scorecard->scope, selection->scope);
    scorecard->position = material->table->position;
    enum status status = list_kpis(scorecard, material->rulebook);
    if (status == STATUS_OK)
        status = fill_period(scorecard, material, selection);
    if (status == STATUS_OK)
        status = fill_past(scorecard, material, selection);
    if (status != STATUS_OK) {
        scorecard_close(scorecard);
        return status;
    }
    *out = scorecard;
    return STATUS_OK;
}

void
scorecard_close(struct scorecard *scorecard)
{
    if (!scorecard)
        return;
    free(scorecard->lines);
    free(scorecard);
}
