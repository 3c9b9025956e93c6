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

// has_value tells whether any dealer has a value of the KPI in a month.
static enum status
has_value(const struct material *material, const struct kpi_rule *rule,
          uint32_t month, bool *answer)
{
    struct figures *figures;

    enum status status =
        figures_open(&figures, material->rulebook, material->directory,
                     material->table, month, month, material->now_ms);
    if (status != STATUS_OK)
        return status;
    *answer = ranking_any(figures, rule);
    figures_close(figures);
    return STATUS_OK;
}

// before returns the newest month older than `limit`, MONTH_NONE without one.
static uint32_t
before(const struct material *material, uint32_t limit)
{
    uint32_t newest = MONTH_NONE;

    for (size_t i = 0; i < material->month_count; i++)
        if (material->months[i] < limit && material->months[i] > newest)
            newest = material->months[i];
    return newest;
}

// newest_begun returns the newest month with data that has begun.
static uint32_t
newest_begun(const struct material *material)
{
    return before(material, months_end(material->months, material->month_count,
                                       material->rulebook, material->now_ms));
}

enum status
newest_month(const struct material *material, const struct kpi_rule *rule,
             uint32_t *month)
{
    bool found = false;

    *month = newest_begun(material);
    while (*month != MONTH_NONE) {
        enum status status = has_value(material, rule, *month, &found);
        if (status != STATUS_OK || found)
            return status;
        *month = before(material, *month);
    }
    return STATUS_OK;
}

// default_period names the month shown when none is asked for.
static enum status
default_period(const struct material *material, const struct kpi_rule *rule,
               char period[PERIOD_TEXT_MAX])
{
    uint32_t month = MONTH_NONE;

    enum status status =
        material->table ? newest_month(material, rule, &month) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (month == MONTH_NONE) // of this KPI nothing: say so for the newest
        month = newest_begun(material);
    month_name(month, period);
    return STATUS_OK;
}

static bool
has_month(const struct material *material, uint32_t first, uint32_t last)
{
    return before(material, last + 1) >= first;
}

static enum status
refuse_period(enum status status, const struct material *material,
              const char *name, char *problem)
{
    struct choices choices;

    enum status listed =
        periods_of(&choices, material->months, material->month_count,
                   material->rulebook, material->now_ms);
    if (listed != STATUS_OK)
        return listed;
    return status == STATUS_MALFORMED
               ? refuse(status, problem, "not a period:", name,
                        "write a month (2026-10), quarter (2026-Q4), year, "
                        "R4Q:2026-Q4, YTD:2026-10 or range "
                        "(2026-01..2026-03); there is data for",
                        &choices)
               : refuse(status, problem, "there is no data for period", name,
                        "there is data for", &choices);
}

static enum status
choose_period(struct selection *out, const struct material *material,
              const char *period, char *problem)
{
    char newest[PERIOD_TEXT_MAX];

    if (before(material, UINT32_MAX) == MONTH_NONE) {
        snprintf(problem, SELECTION_PROBLEM_MAX,
                 "there is no data yet, in no period");
        return STATUS_NOT_FOUND;
    }
    if (!period) {
        enum status status = default_period(material, &out->rule, newest);
        if (status != STATUS_OK)
            return status;
        period = newest;
    }
    if (strlen(period) >= sizeof out->period ||
        !period_window(period, &out->first, &out->last))
        return refuse_period(STATUS_MALFORMED, material, period, problem);
    if (!has_month(material, out->first, out->last))
        return refuse_period(STATUS_NOT_FOUND, material, period, problem);
    strcpy(out->period, period);
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
choose_scope(struct selection *out, const struct material *material,
             const char *scope, char *problem)
{
    struct choices choices;

    const char *name = scope ? scope : "nation";
    enum status status =
        scopes_of(&choices, material->rulebook, material->directory);
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
selection_make(struct selection *out, const struct material *material,
               const char *period, const char *kpi, const char *scope,
               char problem[SELECTION_PROBLEM_MAX])
{
    problem[0] = 0;
    enum status status = choose_kpi(out, material->rulebook, kpi, problem);
    if (status == STATUS_OK)
        status = choose_scope(out, material, scope, problem);
    if (status == STATUS_OK)
        status = choose_period(out, material, period, problem);
    return status;
}
