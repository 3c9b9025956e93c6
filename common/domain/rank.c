// SPDX-License-Identifier: Apache-2.0
#include "common/domain/rank.h"

#include <stddef.h>
#include <string.h>

#include "common/domain/sort.h"

struct order {
    const struct kpi_rule *rule;
    bool by_estimate;
};

static int64_t
score_of(const struct rank_row *row, const struct order *order)
{
    return order->by_estimate ? row->estimate.value_micro
                              : row->kpi.value_micro;
}

// Whether a stands before b: ranked before unranked, better before worse, then
// by id.
static bool
stands_before(const void *left, const void *right, const void *by)
{
    const struct rank_row *a = left, *b = right;
    const struct order *order = by;

    if ((a->reason == NULL) != (b->reason == NULL))
        return a->reason == NULL;
    if (a->reason == NULL && score_of(a, order) != score_of(b, order))
        return (score_of(a, order) < score_of(b, order)) ==
               order->rule->lower_is_better;
    return strcmp(a->dealer, b->dealer) < 0;
}

static const char *
why_not_ranked(const struct rank_row *row, const struct order *order)
{
    if (!row->kpi.has_value)
        return "no_data";
    if (row->kpi.n < (int64_t)order->rule->min_n)
        return "below_min_n";
    return order->by_estimate && !row->estimate.has_value ? "no_estimate"
                                                          : NULL;
}

static void
rank(struct rank_row *rows, size_t count, const struct order *order)
{
    for (size_t i = 0; i < count; i++)
        rows[i].reason = why_not_ranked(&rows[i], order);
    sort_places(rows, count, sizeof *rows, offsetof(struct rank_row, place),
                stands_before, order);
    for (size_t i = 0; i < count; i++) {
        bool tie =
            i > 0 && score_of(&rows[i - 1], order) == score_of(&rows[i], order);

        if (rows[i].reason != NULL)
            rows[i].rank = 0;
        else
            rows[i].rank = tie ? rows[i - 1].rank : (uint32_t)(i + 1);
    }
}

void
rank_rows(struct rank_row *rows, size_t count, const struct kpi_rule *rule)
{
    rank(rows, count, &(struct order){rule, false});
}

void
rank_estimates(struct rank_row *rows, size_t count, const struct kpi_rule *rule)
{
    rank(rows, count, &(struct order){rule, true});
}
