// SPDX-License-Identifier: Apache-2.0
#include "common/domain/rank.h"

#include <string.h>

#include "common/domain/sort.h"

// Whether a stands before b: ranked before unranked, better before worse, then
// by id.
static bool
stands_before(const void *left, const void *right, const void *by)
{
    const struct rank_row *a = left, *b = right;
    const struct kpi_rule *rule = by;

    if ((a->reason == NULL) != (b->reason == NULL))
        return a->reason == NULL;
    if (a->reason == NULL && a->kpi.value_micro != b->kpi.value_micro)
        return (a->kpi.value_micro < b->kpi.value_micro) ==
               rule->lower_is_better;
    return strcmp(a->dealer, b->dealer) < 0;
}

static const char *
why_not_ranked(const struct kpi *kpi, const struct kpi_rule *rule)
{
    if (!kpi->has_value)
        return "no_data";
    return kpi->n < (int64_t)rule->min_n ? "below_min_n" : NULL;
}

void
rank_rows(struct rank_row *rows, size_t count, const struct kpi_rule *rule)
{
    for (size_t i = 0; i < count; i++)
        rows[i].reason = why_not_ranked(&rows[i].kpi, rule);
    sort_rows(rows, count, sizeof *rows, stands_before, rule);
    for (size_t i = 0; i < count; i++) {
        bool tie =
            i > 0 && rows[i - 1].kpi.value_micro == rows[i].kpi.value_micro;

        if (rows[i].reason != NULL)
            rows[i].rank = 0;
        else
            rows[i].rank = tie ? rows[i - 1].rank : (uint32_t)(i + 1);
    }
}
