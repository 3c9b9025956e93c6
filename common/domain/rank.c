// SPDX-License-Identifier: Apache-2.0
#include "common/domain/rank.h"

#include <string.h>

// Whether a stands before b: ranked before unranked, better before worse, then
// by id.
static bool
stands_before(const struct rank_row *a, const struct rank_row *b,
              const struct kpi_rule *rule)
{
    if ((a->reason == NULL) != (b->reason == NULL))
        return a->reason == NULL;
    if (a->reason == NULL && a->kpi.value_micro != b->kpi.value_micro)
        return (a->kpi.value_micro < b->kpi.value_micro) ==
               rule->lower_is_better;
    return strcmp(a->dealer, b->dealer) < 0;
}

static void
swap(struct rank_row *a, struct rank_row *b)
{
    struct rank_row kept = *a;

    *a = *b;
    *b = kept;
}

// Moves rows[at] down the heap whose top is the row that stands last.
static void
sift(struct rank_row *rows, size_t at, size_t count,
     const struct kpi_rule *rule)
{
    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= count)
            return;
        if (child + 1 < count &&
            stands_before(&rows[child], &rows[child + 1], rule))
            child++;
        if (!stands_before(&rows[at], &rows[child], rule))
            return;
        swap(&rows[at], &rows[child]);
        at = child;
    }
}

// In place: the C library's qsort may allocate.
static void
sort(struct rank_row *rows, size_t count, const struct kpi_rule *rule)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(rows, i - 1, count, rule);
    for (size_t end = count; end > 1; end--) {
        swap(&rows[0], &rows[end - 1]);
        sift(rows, 0, end - 1, rule);
    }
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
    sort(rows, count, rule);
    for (size_t i = 0; i < count; i++) {
        bool tie =
            i > 0 && rows[i - 1].kpi.value_micro == rows[i].kpi.value_micro;

        if (rows[i].reason != NULL)
            rows[i].rank = 0;
        else
            rows[i].rank = tie ? rows[i - 1].rank : (uint32_t)(i + 1);
    }
}
