// SPDX-License-Identifier: Apache-2.0
#include "common/domain/rulebook.h"

#include <string.h>

const struct rulebook *
rulebook_at(const struct rulebook_history *history, int64_t at)
{
    for (size_t i = history->count; i > 0; i--)
        if (history->versions[i - 1]->valid_from <= at)
            return history->versions[i - 1];
    return history->count > 0 ? history->versions[0] : NULL;
}

const struct item *
rulebook_item(const struct rulebook *rulebook, uint16_t number)
{
    size_t low = 0, high = rulebook->item_count;

    // Catalogues are mostly numbered without gaps.
    if (number >= 1 && number <= high &&
        rulebook->items[number - 1].number == number)
        return &rulebook->items[number - 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (rulebook->items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < rulebook->item_count && rulebook->items[low].number == number)
        return &rulebook->items[low];
    return NULL;
}

const struct item *
rulebook_item_by_id(const struct rulebook *rulebook, const char *id)
{
    for (size_t i = 0; i < rulebook->item_count; i++)
        if (strcmp(rulebook->items[i].id, id) == 0)
            return &rulebook->items[i];
    return NULL;
}

const struct questionnaire *
rulebook_questionnaire(const struct rulebook *rulebook, struct span id,
                       uint32_t version)
{
    for (size_t i = 0; i < rulebook->questionnaire_count; i++) {
        const struct questionnaire *candidate = &rulebook->questionnaires[i];

        if (candidate->version == version &&
            span_equal(span_text(candidate->id), id))
            return candidate;
    }
    return NULL;
}

bool
questionnaire_has(const struct questionnaire *questionnaire, uint16_t item)
{
    size_t low = 0, high = questionnaire->item_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (questionnaire->items[middle] < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low < questionnaire->item_count && questionnaire->items[low] == item;
}

bool
questionnaire_complete(const struct questionnaire *questionnaire,
                       const struct survey *survey)
{
    const uint16_t *core = questionnaire->core;
    const size_t core_count = questionnaire->core_count;
    size_t at = 0, answered = 0;

    // Both lists ascend; half of the core is enough to know.
    for (uint32_t i = 0; i < survey->answer_count && 2 * answered < core_count;
         i++) {
        const struct answer *answer = &survey->answers[i];

        while (at < core_count && core[at] < answer->item)
            at++;
        answered += at < core_count && core[at] == answer->item &&
                    answer->value != ANSWER_NOT_APPLICABLE;
    }
    return 2 * answered >= core_count;
}

static bool
is_of_survey(enum kpi_form form)
{
    switch (form) {
    case KPI_INDEX:
    case KPI_NPS:
    case KPI_SHARE:
    case KPI_MEAN:
    case KPI_GAP:
    case KPI_GAPS:
        return true;
    case KPI_SLA:
    case KPI_COUNTER:
    case KPI_RATIO:
    case KPI_QUANTILE:
        return false;
    }
    return false;
}

// A mean nobody wrote a rule for ranks no sooner than the least demanding
// survey KPI that has one.
static uint32_t
least_min_n(const struct rulebook *rulebook)
{
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < rulebook->kpi_count; i++)
        if (is_of_survey(rulebook->kpis[i].form) &&
            rulebook->kpis[i].min_n < least)
            least = rulebook->kpis[i].min_n;
    return least == UINT32_MAX ? 0 : least;
}

static const struct kpi_rule *
make_mean(const struct rulebook *rulebook, const char *id,
          const struct item *item, struct kpi_rule *made)
{
    *made = (struct kpi_rule){
        .form = KPI_MEAN,
        .item_count = 1,
        .items = {item->number},
        .min_n = least_min_n(rulebook),
    };
    memcpy(made->id, id, strnlen(id, RULE_ID_MAX));
    memcpy(made->name_en, item->name_en, sizeof made->name_en);
    memcpy(made->name_zh, item->name_zh, sizeof made->name_zh);
    return made;
}

const struct kpi_rule *
rulebook_kpi(const struct rulebook *rulebook, const char *id,
             struct kpi_rule *made)
{
    static const char mean[] = "mean_";
    const size_t prefix = sizeof mean - 1;

    for (size_t i = 0; i < rulebook->kpi_count; i++)
        if (strcmp(rulebook->kpis[i].id, id) == 0)
            return &rulebook->kpis[i];
    if (strncmp(id, mean, prefix) != 0)
        return NULL;
    const struct item *item = rulebook_item_by_id(rulebook, id + prefix);
    return item ? make_mean(rulebook, id, item, made) : NULL;
}
