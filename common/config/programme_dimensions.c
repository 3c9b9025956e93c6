// SPDX-License-Identifier: Apache-2.0
//
// rebate.dimensions: what the score is made of; a tree of weights whose leaves
// are KPIs with their thresholds.
#include <inttypes.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"
#include "common/domain/weight.h"

struct reading {
    struct programme_draft *draft;
    struct scheme *scheme;
    size_t count; // of weights
    struct weight weights[WEIGHTS_MAX];
    struct node nodes[WEIGHTS_MAX]; // where each stands
    int leaves[WEIGHTS_MAX];        // its dimension; -1: a group
};

static const struct kpi_rule *
find_kpi(const struct rulebook *book, const char *id)
{
    for (size_t i = 0; i < book->kpi_count; i++)
        if (strcmp(book->kpis[i].id, id) == 0)
            return &book->kpis[i];
    return NULL;
}

static enum points_form
ratio_form(uint32_t scale)
{
    if (scale == 1)
        return POINTS_OF_UNIT;
    return scale == 1000 ? POINTS_OF_THOUSAND : POINTS_OF_HUNDRED;
}

static void
take_form(struct node node, const struct kpi_rule *kpi,
          struct scheme_dimension *dimension)
{
    switch (kpi->form) {
    case KPI_INDEX:
    case KPI_SHARE:
    case KPI_SLA:
        dimension->form = POINTS_OF_HUNDRED;
        break;
    case KPI_NPS:
        dimension->form = POINTS_OF_NPS;
        break;
    case KPI_RATIO:
        dimension->form = ratio_form(kpi->scale);
        break;
    case KPI_MEAN:
    case KPI_GAP:
    case KPI_COUNTER:
    case KPI_QUANTILE:
    case KPI_GAPS:
        node_problem(node,
                     "%s cannot be paid for: only the forms index, share, "
                     "sla, nps and ratio have points",
                     kpi->id);
        break;
    }
    dimension->lower_is_better = kpi->lower_is_better;
    dimension->min_n = kpi->min_n;
}

static void
read_kpi(const struct reading *reading, struct node node,
         struct scheme_dimension *dimension)
{
    struct node id = node_get(node, "kpi");
    const struct scheme *scheme = reading->scheme;

    if (!node_id(id, dimension->kpi, sizeof dimension->kpi))
        return;
    const struct kpi_rule *kpi = find_kpi(reading->draft->book, dimension->kpi);
    if (kpi)
        take_form(id, kpi, dimension);
    else
        node_problem(id, "is not the id of one of the kpis");
    for (size_t i = 0; i < scheme->dimension_count; i++)
        if (strcmp(scheme->dimensions[i].kpi, dimension->kpi) == 0)
            node_problem(id, "%s is paid for twice", dimension->kpi);
}

static void
read_leaf(struct reading *reading, struct node node, uint8_t part)
{
    struct scheme *scheme = reading->scheme;
    struct scheme_dimension dimension = {.part = part, .min_n = 1};
    int64_t min_n;

    read_kpi(reading, node, &dimension);
    if (node_whole(node_get(node, "min_n"), 1, UINT32_MAX, &min_n))
        dimension.min_n = (uint32_t)min_n;
    if (scheme->dimension_count == SCHEME_DIMENSIONS_MAX) {
        node_problem(node, "there are more than %d dimensions",
                     SCHEME_DIMENSIONS_MAX);
        return;
    }
    reading->leaves[reading->count - 1] = (int)scheme->dimension_count;
    scheme->dimensions[scheme->dimension_count++] = dimension;
    programme_frozen(reading->draft, node, scheme, scheme->dimension_count - 1);
}

static void read_level(struct reading *reading, struct node list, int parent,
                       uint8_t part, int level);

static void
read_weight(struct reading *reading, struct node node, int parent, uint8_t part,
            int level)
{
    char id[RULE_ID_MAX + 1];

    if (!node_map(node))
        return;
    if (reading->count == WEIGHTS_MAX) {
        node_problem(node, "there are more than %d weights", WEIGHTS_MAX);
        return;
    }
    int self = (int)reading->count;
    struct weight *weight = &reading->weights[reading->count];
    struct node own = node_get(node, "part"), group = node_get(node, "of");
    *weight = (struct weight){parent, 0};
    reading->nodes[reading->count] = node;
    reading->leaves[reading->count++] = -1;
    node_whole(node_need(node, "weight_ppm"), 1, WEIGHT_WHOLE,
               &weight->share_ppm);
    if (node_kind(own) != NODE_ABSENT)
        part = draft_part(own, reading->scheme, true);
    if (node_kind(node_get(node, "kpi")) != NODE_ABSENT) {
        read_leaf(reading, node, part);
    } else if (node_kind(group) != NODE_ABSENT) {
        node_id(node_need(node, "id"), id, sizeof id);
        read_level(reading, group, self, part, level + 1);
    } else {
        node_problem(node, "must have a kpi, or a list of weights in `of`");
    }
}

static void
read_level(struct reading *reading, struct node list, int parent, uint8_t part,
           int level)
{
    size_t count = draft_list(list, WEIGHTS_MAX);

    if (level > WEIGHT_LEVELS_MAX) {
        node_problem(list, "weights go at most %d levels deep",
                     WEIGHT_LEVELS_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++)
        read_weight(reading, node_at(list, i), parent, part, level);
}

// Weights of problems told already are not told again for their sums.
static bool
all_read(const struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        if (reading->weights[i].share_ppm == 0)
            return false;
    return reading->count > 0;
}

// What the weights beside one, its own included, add up to.
static int64_t
sum_beside(const struct reading *reading, size_t at)
{
    int64_t sum = 0;

    for (size_t i = 0; i < reading->count; i++)
        if (reading->weights[i].parent == reading->weights[at].parent)
            sum += reading->weights[i].share_ppm;
    return sum;
}

static void
spread(struct reading *reading)
{
    int64_t flat[WEIGHTS_MAX];
    size_t at;

    if (!all_read(reading))
        return;
    const char *problem =
        weight_flatten(reading->weights, reading->count, flat, &at);
    if (problem) {
        node_problem(node_get(reading->nodes[at], "weight_ppm"),
                     "%s; now they make %" PRId64, problem,
                     sum_beside(reading, at));
        return;
    }
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->leaves[i] < 0)
            continue;
        if (flat[i] == 0)
            node_problem(node_get(reading->nodes[i], "weight_ppm"),
                         "is less than one ppm of the whole");
        reading->scheme->dimensions[reading->leaves[i]].weight_ppm =
            (uint32_t)flat[i];
    }
}

void
programme_dimensions(struct programme_draft *draft, struct node rebate,
                     struct scheme *scheme)
{
    struct reading reading = {.draft = draft, .scheme = scheme};

    read_level(&reading, node_need(rebate, "dimensions"), -1, SCHEME_NO_PART,
               1);
    spread(&reading);
}
