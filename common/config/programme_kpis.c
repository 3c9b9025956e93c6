// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"

static const struct item *
need_item(const struct programme_draft *draft, struct node node,
          struct kpi_rule *kpi)
{
    const struct item *item = draft_item(draft, node_need(node, "item"));

    if (item) {
        kpi->items[0] = item->number;
        kpi->item_count = 1;
    }
    return item;
}

static void
read_weights(struct node list, struct kpi_rule *kpi)
{
    for (size_t i = 0; i < KPI_ITEMS_MAX; i++)
        kpi->weights[i] = i < kpi->item_count;
    if (!node_list(list))
        return;
    if (node_count(list) != kpi->item_count) {
        node_problem(list, "must have one weight for each of the %u items",
                     kpi->item_count);
        return;
    }
    for (size_t i = 0; i < kpi->item_count; i++) {
        int64_t weight = 1;
        node_whole(node_at(list, i), 1, WEIGHT_MAX, &weight);
        kpi->weights[i] = (uint32_t)weight;
    }
}

static void
read_index(const struct programme_draft *draft, struct node node,
           struct kpi_rule *kpi)
{
    const struct item *items[KPI_ITEMS_MAX];
    struct node list = node_need(node, "items");
    size_t count = draft_items(draft, list, KPI_ITEMS_MAX, items);

    for (size_t i = 0; i < count; i++) {
        kpi->items[i] = items[i]->number;
        if (items[i]->lo != items[0]->lo || items[i]->hi != items[0]->hi)
            node_problem(list, "%s and %s must have the same scale",
                         items[0]->id, items[i]->id);
    }
    kpi->item_count = (uint8_t)count;
    read_weights(node_get(node, "weights"), kpi);
}

// need_cut reads an answer on the item's scale.
static uint8_t
need_cut(struct node node, const char *key, const struct item *item)
{
    struct node cut = node_need(node, key);
    int64_t value = 0;

    if (!item || !node_whole(cut, 0, SCALE_MAX, &value))
        return 0;
    if (item->hi == 0) // of a scale that was told already
        return (uint8_t)value;
    if (value < item->lo || value > item->hi)
        node_problem(cut, "must lie on the scale of %s, %u to %u", item->id,
                     item->lo, item->hi);
    return (uint8_t)value;
}

static void
read_nps(const struct programme_draft *draft, struct node node,
         struct kpi_rule *kpi)
{
    const struct item *item = need_item(draft, node, kpi);

    kpi->cut = need_cut(node, "cut", item);
    kpi->detractor_cut = need_cut(node, "detractor_cut", item);
    if (item && kpi->detractor_cut >= kpi->cut)
        node_problem(node, "detractor_cut must be below cut");
}

// need_pair reads the number of one of the pairs.
static uint8_t
need_pair(const struct programme_draft *draft, struct node pair)
{
    int64_t number = 0;

    if (!node_whole(pair, 1, NUMBERED_MAX, &number))
        return 0;
    for (size_t i = 0; i < draft->book->pair_count; i++)
        if (draft->book->pairs[i].number == number)
            return (uint8_t)number;
    node_problem(pair, "must be the number of one of the pairs");
    return 0;
}

static void
read_gaps(const struct programme_draft *draft, struct node node,
          struct kpi_rule *kpi)
{
    struct node list = node_need(node, "pairs");
    size_t count = draft_list(list, KPI_ITEMS_MAX);

    for (size_t i = 0; i < count; i++) {
        struct node pair = node_at(list, i);
        kpi->items[i] = need_pair(draft, pair);
        for (size_t j = 0; kpi->items[i] != 0 && j < i; j++)
            if (kpi->items[j] == kpi->items[i])
                node_problem(pair, "is listed twice");
    }
    kpi->item_count = (uint8_t)count;
    read_weights(node_get(node, "weights"), kpi);
}

static void
read_class(const struct programme_draft *draft, struct node node,
           struct kpi_rule *kpi)
{
    static const char *const classes[] = {"general", "complex", "hard",
                                          "emergency"};
    size_t choice;

    if (!node_choice(node, classes, 4, &choice))
        return;
    uint32_t class = (uint32_t)choice + CLASS_GENERAL;
    if (draft->book->clock_ms[class] == 0)
        node_problem(node, "has no clock; give clocks.%s", classes[choice]);
    kpi->class_mask |= (uint8_t)(1u << class);
}

// Every class with a clock counts when the KPI does not say.
static void
read_sla(const struct programme_draft *draft, struct node node,
         struct kpi_rule *kpi)
{
    struct node list = node_get(node, "classes");

    if (node_kind(list) != NODE_ABSENT) {
        size_t count = draft_list(list, CLASS_COUNT - 1);
        for (size_t i = 0; i < count; i++)
            read_class(draft, node_at(list, i), kpi);
        return;
    }
    for (uint32_t class = CLASS_GENERAL; class < CLASS_COUNT; class ++)
        if (draft->book->clock_ms[class] > 0)
            kpi->class_mask |= (uint8_t)(1u << class);
    if (kpi->class_mask == 0)
        node_problem(node, "needs at least one clock in clocks");
}

static void
read_form(const struct programme_draft *draft, struct node node,
          struct kpi_rule *kpi)
{
    static const char *const forms[] = {"index",    "nps", "share",   "mean",
                                        "gap",      "sla", "counter", "ratio",
                                        "quantile", "gaps"};
    size_t choice;

    if (!node_choice(node_need(node, "form"), forms, 10, &choice))
        return;
    kpi->form = (enum kpi_form)choice;
    switch (kpi->form) {
    case KPI_INDEX:
        read_index(draft, node, kpi);
        break;
    case KPI_NPS:
        read_nps(draft, node, kpi);
        break;
    case KPI_SHARE:
        kpi->cut = need_cut(node, "cut", need_item(draft, node, kpi));
        break;
    case KPI_MEAN:
        (void)need_item(draft, node, kpi);
        break;
    case KPI_GAP:
        kpi->pair = need_pair(draft, node_need(node, "pair"));
        break;
    case KPI_SLA:
        read_sla(draft, node, kpi);
        break;
    case KPI_COUNTER:
        programme_counter(node, kpi);
        break;
    case KPI_RATIO:
        programme_ratio(node, kpi);
        break;
    case KPI_QUANTILE:
        programme_quantile(node, kpi);
        break;
    case KPI_GAPS:
        read_gaps(draft, node, kpi);
        break;
    }
}

static void
read_id(struct node node, struct kpi_rule *kpi)
{
    struct node id = node_need(node, "id");

    if (!node_id(id, kpi->id, sizeof kpi->id))
        return;
    if (strncmp(kpi->id, "mean_", 5) == 0)
        node_problem(id, "must not begin with mean_: those are the items' own");
}

static void
read_kpi(const struct programme_draft *draft, struct node node,
         struct kpi_rule *kpi)
{
    int64_t min_n = draft->min_n, flag_ppm = 0;

    if (!node_map(node))
        return;
    read_id(node, kpi);
    read_form(draft, node, kpi);
    node_whole(node_get(node, "min_n"), 1, UINT32_MAX, &min_n);
    node_whole(node_get(node, "flag_ppm"), 0, 1000000, &flag_ppm);
    node_bool(node_get(node, "lower_is_better"), &kpi->lower_is_better);
    kpi->min_n = (uint32_t)min_n;
    kpi->flag_ppm = (uint32_t)flag_ppm;
    draft_name(node, kpi->id, kpi->name_en, kpi->name_zh);
}

void
programme_kpis(struct programme_draft *draft, struct node root)
{
    struct node list = node_need(root, "kpis");
    size_t count = draft_list(list, KPIS_MAX);
    struct kpi_rule *kpis = draft_take(draft, count, sizeof *kpis);

    if (!kpis)
        return;
    for (size_t i = 0; i < count; i++) {
        read_kpi(draft, node_at(list, i), &kpis[i]);
        for (size_t j = 0; kpis[i].id[0] && j < i; j++)
            if (strcmp(kpis[i].id, kpis[j].id) == 0)
                node_problem(node_at(list, i), "the id %s is taken",
                             kpis[i].id);
    }
    draft->book->kpis = kpis;
    draft->book->kpi_count = count;
}
