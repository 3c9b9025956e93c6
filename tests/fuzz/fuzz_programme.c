// SPDX-License-Identifier: Apache-2.0
//
// programme.yaml: what is taken keeps the promises of rulebook.h, and every
// instant has a month in its zone.
#include "common/config/programme.h"
#include "common/domain/scheme.h"
#include "tests/fuzz/readers.h"

static void
items_are_fit(const struct rulebook *rulebook)
{
    for (size_t i = 0; i < rulebook->item_count; i++) {
        const struct item *item = &rulebook->items[i];
        must(i == 0 || item[-1].number < item->number, "items ascend");
        must(item->lo < item->hi && item->hi <= SCALE_MAX, "scales rise");
        must(rulebook_item(rulebook, item->number) == item,
             "an item is found by number");
    }
    for (size_t i = 0; i < rulebook->questionnaire_count; i++) {
        const struct questionnaire *form = &rulebook->questionnaires[i];
        for (size_t j = 0; j < form->item_count; j++)
            must(rulebook_item(rulebook, form->items[j]) &&
                     questionnaire_has(form, form->items[j]),
                 "a questionnaire asks what there is");
        for (size_t j = 0; j < form->core_count; j++)
            must(questionnaire_has(form, form->core[j]),
                 "the core is asked, too");
    }
}

static void
kpis_are_fit(const struct rulebook *rulebook)
{
    struct kpi_rule made;

    for (size_t i = 0; i < rulebook->kpi_count; i++) {
        const struct kpi_rule *rule = &rulebook->kpis[i];
        must(rulebook_kpi(rulebook, rule->id, &made) == rule,
             "a KPI is found by id");
        for (size_t j = 0; j < rule->item_count; j++)
            must(rulebook_item(rulebook, rule->items[j]),
                 "a KPI is of items there are");
    }
}

static void
scheme_is_fit(const struct rulebook *rulebook)
{
    const struct scheme *scheme = rulebook->scheme;
    int64_t sum = 0;
    size_t at;

    for (size_t i = 0; scheme && i < scheme->dimension_count; i++) {
        const struct scheme_dimension *one = &scheme->dimensions[i];
        must(points_scale_problem(&one->scale) == NULL && one->weight_ppm > 0,
             "thresholds are in order, weights count");
        must(one->part == SCHEME_NO_PART || one->part < scheme->part_count,
             "a part is one of the parts");
        sum += one->weight_ppm;
    }
    must(!scheme || sum == 1000000, "weights add up to the whole");
    must(!scheme || gate_problem(&scheme->gates, &at) == NULL, "gates work");
    must(!scheme || scheme->payout == SCHEME_EXCHANGE ||
             payout_problem(&scheme->ladder, &at) == NULL,
         "a ladder rises");
    must(!scheme || (rulebook->close_days <= scheme->provisional_days &&
                     scheme->provisional_days <= scheme->review_days &&
                     scheme->review_days <= scheme->decision_days &&
                     scheme->decision_days <= scheme->final_days),
         "the calendar goes forward");
}

static void
zone_is_fit(const struct zone *zone)
{
    static const int64_t instants[] = {INT64_MIN,
                                       -62135596800000, // year 1
                                       -1,
                                       0,
                                       1774746000000, // a spring
                                       1793840399999, // an autumn
                                       253402300799999,
                                       INT64_MAX};

    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        int64_t at = instants[i];
        uint32_t month = month_of(zone, at);
        must(month == MONTH_NONE || (month_start(zone, month) <= at &&
                                     month_start(zone, month + 1) > at),
             "an instant lies in its month");
        for (size_t j = 0; j < zone->change_count; j++)
            (void)month_of(zone, zone->changes[j].at);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct problems problems;
    struct rulebook *rulebook = NULL;

    problems = (struct problems){0};
    enum status status =
        programme_read(span_of(data, size), "p", &rulebook, &problems);
    judge(status, &problems);
    if (status != STATUS_OK)
        return 0;
    items_are_fit(rulebook);
    scheme_is_fit(rulebook);
    kpis_are_fit(rulebook);
    zone_is_fit(&rulebook->zone);
    size_t length = rulebook_fold_bytes(rulebook, NULL, 0);
    uint8_t *bytes = malloc(length + 1);
    must(bytes && rulebook_fold_bytes(rulebook, bytes, length) == length,
         "what the fold needs can be written");
    free(bytes);
    programme_free(rulebook);
    return 0;
}
