// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <inttypes.h>

#include "common/domain/period.h"
#include "console/simulate_truth_parts.h"

// reduce needs a denominator above 0.
static void
reduce(__int128 *num, __int128 *den)
{
    assert(*den > 0);
    __int128 a = *num, b = *den;
    while (b != 0) {
        __int128 rest = a % b;
        a = b;
        b = rest;
    }
    *num /= a;
    *den /= a;
}

// sum_index forms sum(w e / (n range)) / sum(w) as one fraction; n is that of
// the item answered least.
static struct cell
sum_index(const struct rulebook *rulebook, const struct kpi_rule *rule,
          const struct cell *cell)
{
    __int128 num = 0, den = 1;
    int64_t weights = 0, least = INT64_MAX;
    for (size_t j = 0; j < rule->item_count; j++) {
        const struct item *item = rulebook_item(rulebook, rule->items[j]);
        const struct part *part = &cell->parts[j];
        if (part->n == 0)
            return (struct cell){0};
        int64_t base = part->n * (item->hi - item->lo);
        num = num * base + (__int128)rule->weights[j] * part->excess * den;
        den *= base;
        reduce(&num, &den);
        weights += rule->weights[j];
        least = part->n < least ? part->n : least;
    }
    den *= weights;
    reduce(&num, &den);
    return (struct cell){.n = least, .num = (int64_t)num, .den = (int64_t)den};
}

static void
write_cell(const struct truth *truth, size_t dealer, size_t month, size_t kpi,
           FILE *file)
{
    size_t column = dealer * truth->month_count + month;
    struct cell cell = truth->cells[column * truth->kpi_count + kpi];
    const struct kpi_rule *rule = &truth->rulebook->kpis[kpi];
    if (rule->form == KPI_INDEX)
        cell = sum_index(truth->rulebook, rule, &cell);
    if (rule->form == KPI_COUNTER)
        cell.den = 1;
    if (cell.n <= 0)
        return;
    char name[PERIOD_TEXT_MAX];
    month_name(truth->first + (uint32_t)month, name);
    fprintf(file, "%s,%s,%s,%" PRId64 ",%" PRId64 ",%" PRId64 "\n",
            truth->directory->dealers[dealer].id, name, rule->id, cell.n,
            cell.num, cell.den);
}

bool
truth_write(const struct truth *truth, FILE *file)
{
    fprintf(file, "dealer,month,kpi,n,num,den\n");
    for (size_t d = 0; d < truth->directory->dealer_count; d++)
        for (size_t m = 0; m < truth->month_count; m++)
            for (size_t k = 0; k < truth->kpi_count; k++)
                write_cell(truth, d, m, k, file);
    return ferror(file) == 0;
}
