// SPDX-License-Identifier: Apache-2.0
#include "client/selection.h"

#include <stdio.h>
#include <string.h>

#include "client/buffer.h"
#include "client/choices.h"

enum { LIST_MAX = 640, SHOWN_MAX = 64 };

// refuse writes the sentence and passes the status on.  What was asked is cut
// short and made harmless for a terminal.
static enum status
refuse(enum status status, char *problem, const char *what, const char *asked,
       const char *existing, struct choices *choices)
{
    char list[LIST_MAX];
    struct buffer shown = {0};

    choices_text(choices, list, sizeof list);
    choices_fini(choices);
    buffer_plain(&shown, asked);
    snprintf(problem, SELECTION_PROBLEM_MAX, "%s \"%.*s\"; %s %s", what,
             SHOWN_MAX, shown.data ? shown.data : "", existing, list);
    buffer_fini(&shown);
    return status;
}

static bool
has_month(const uint32_t *months, size_t count, uint32_t first, uint32_t last)
{
    for (size_t i = 0; i < count; i++)
        if (months[i] != MONTH_NONE && months[i] >= first && months[i] <= last)
            return true;
    return false;
}

static enum status
choose_period(struct selection *out, const struct rulebook *rulebook,
              const uint32_t *months, size_t month_count, int64_t now_ms,
              const char *period, char *problem)
{
    struct choices choices;

    enum status status =
        periods_of(&choices, months, month_count, rulebook, now_ms);
    if (status != STATUS_OK)
        return status;
    if (choices.count == 0) {
        choices_fini(&choices);
        snprintf(problem, SELECTION_PROBLEM_MAX,
                 "there is no data yet, in no period");
        return STATUS_NOT_FOUND;
    }
    const char *name = period ? period : choices.list[0].id;
    if (strlen(name) >= sizeof out->period ||
        !period_window(name, &out->first, &out->last))
        return refuse(STATUS_MALFORMED, problem, "not a period:", name,
                      "write a month (2026-10), quarter (2026-Q4), year, "
                      "R4Q:2026-Q4, YTD:2026-10 or range "
                      "(2026-01..2026-03); there is data for",
                      &choices);
    if (!has_month(months, month_count, out->first, out->last))
        return refuse(STATUS_NOT_FOUND, problem, "there is no data for period",
                      name, "there is data for", &choices);
    strcpy(out->period, name);
    choices_fini(&choices);
    return STATUS_OK;
}

static enum status
choose_kpi(struct selection *out, const struct rulebook *rulebook,
           const char *kpi, char *problem)
{
    struct kpi_rule made;
    struct choices choices;

    const char *id = kpi ? kpi : "csi";
    const struct kpi_rule *rule = rulebook_kpi(rulebook, id, &made);
    if (!rule && !kpi && rulebook->kpi_count > 0)
        rule = &rulebook->kpis[0];
    if (rule) {
        out->rule = *rule;
        return STATUS_OK;
    }
    enum status status = kpis_of(&choices, rulebook);
    if (status != STATUS_OK)
        return status;
    return refuse(STATUS_NOT_FOUND, problem, "there is no KPI", id, "there are",
                  &choices);
}

static enum status
choose_scope(struct selection *out, const struct directory *directory,
             const char *scope, char *problem)
{
    struct choices choices;

    const char *name = scope ? scope : "nation";
    enum status status = scopes_of(&choices, directory);
    if (status != STATUS_OK)
        return status;
    if (!scope_valid(name) || strlen(name) >= sizeof out->scope)
        return refuse(STATUS_MALFORMED, problem, "not a scope:", name,
                      "there are", &choices);
    if (!choices_has(&choices, name))
        return refuse(STATUS_NOT_FOUND, problem, "no dealer is in scope", name,
                      "there are", &choices);
    strcpy(out->scope, name);
    choices_fini(&choices);
    return STATUS_OK;
}

enum status
selection_make(struct selection *out, const struct rulebook *rulebook,
               const struct directory *directory, const uint32_t *months,
               size_t month_count, int64_t now_ms, const char *period,
               const char *kpi, const char *scope,
               char problem[SELECTION_PROBLEM_MAX])
{
    problem[0] = 0;
    enum status status = choose_kpi(out, rulebook, kpi, problem);
    if (status == STATUS_OK)
        status = choose_scope(out, directory, scope, problem);
    if (status == STATUS_OK)
        status = choose_period(out, rulebook, months, month_count, now_ms,
                               period, problem);
    return status;
}
