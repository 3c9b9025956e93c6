// SPDX-License-Identifier: Apache-2.0
//
// KPIs made of plain counts: the forms counter, ratio and quantile.
#include "common/config/programme_parts.h"
#include "common/config/text.h"
#include "common/domain/tally.h"

// read_count reads the name of a counter; COUNT_END with a problem when there
// is none.
static enum count
read_count(struct node node)
{
    char name[RULE_ID_MAX + 1];

    if (!node_id(node, name, sizeof name))
        return COUNT_END;
    enum count count = count_by_name(name);
    if (count == COUNT_END)
        node_problem(node, "is no counter; docs/KPIS.md lists them "
                           "(responses, visits, customers, cases, ...)");
    return count;
}

void
programme_counter(struct node node, struct kpi_rule *kpi)
{
    kpi->count = (uint16_t)read_count(node_need(node, "counter"));
}

static bool
lists(const struct count_list *list, enum count count)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->counts[i] == count)
            return true;
    return false;
}

static void
read_counts(struct node node, struct count_list *list)
{
    size_t count = draft_list(node, KPI_COUNTS_MAX);

    for (size_t i = 0; i < count; i++) {
        struct node member = node_at(node, i);
        enum count one = read_count(member);

        if (one == COUNT_END)
            continue;
        if (lists(list, one))
            node_problem(member, "is listed twice");
        list->counts[list->count++] = (uint16_t)one;
    }
}

// What is taken away from the base must not be the base itself.
static void
check_minus(struct node node, const struct kpi_rule *kpi)
{
    for (size_t i = 0; i < kpi->minus.count; i++)
        if (lists(&kpi->den, kpi->minus.counts[i]))
            node_problem(node_at(node, i),
                         "is in den too; nothing of it would be left");
}

// How the fraction is told: as it stands, in per cent, in per mille.
static void
read_factor(struct node node, struct kpi_rule *kpi)
{
    int64_t scale = 100;

    node_whole(node, 1, 1000, &scale);
    if (scale != 1 && scale != 100 && scale != 1000)
        node_problem(node, "must be 1, 100 (per cent) or 1000 (per thousand)");
    kpi->scale = (uint32_t)scale;
}

void
programme_ratio(struct node node, struct kpi_rule *kpi)
{
    struct node minus = node_get(node, "minus");

    read_counts(node_need(node, "num"), &kpi->num);
    read_counts(node_need(node, "den"), &kpi->den);
    if (node_kind(minus) != NODE_ABSENT)
        read_counts(minus, &kpi->minus);
    check_minus(minus, kpi);
    read_factor(node_get(node, "scale"), kpi);
}

void
programme_quantile(struct node node, struct kpi_rule *kpi)
{
    static const char *const kinds[TIME_COUNT] = {
        [TIME_WAIT] = "waiting",       [TIME_RESPOND] = "response",
        [TIME_RESOLVE] = "resolution", [TIME_ANSWER] = "call",
        [TIME_CHAT] = "chat",
    };
    int64_t per_cent = 50;
    size_t choice;

    if (node_choice(node_need(node, "of"), kinds, TIME_COUNT, &choice))
        kpi->timed = (uint8_t)choice;
    node_whole(node_need(node, "per_cent"), 1, 99, &per_cent);
    kpi->per_cent = (uint8_t)per_cent;
}
