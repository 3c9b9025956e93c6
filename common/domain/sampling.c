// SPDX-License-Identifier: Apache-2.0
#include "common/domain/sampling.h"

#include "common/domain/exact.h"
#include "common/domain/histogram.h"
#include "common/domain/kpi_index.h"

enum { SET_SPAN = 8 };

// n, sum and sum of squares before they are known to fit.
struct moments {
    int128 n, sum, squares;
};

// Where an index's items stand in a set, and its weights in lowest terms:
// value = 100 (sum w (x - lo)) / (range * weight).
struct index_plan {
    const struct item_set *set;
    uint8_t place[KPI_ITEMS_MAX];
    int64_t weights[KPI_ITEMS_MAX];
    int64_t weight, lo, range;
    int64_t factor; // of the numerator, 100 in lowest terms
    int64_t unit;   // what is left of range * weight
};

static bool
place_items(struct index_plan *plan, const struct kpi_rule *rule,
            const struct item_set *set)
{
    for (size_t i = 0; i < rule->item_count; i++) {
        uint8_t at = 0;
        while (at < set->item_count && set->items[at] != rule->items[i])
            at++;
        if (at == set->item_count)
            return false;
        plan->place[i] = at;
    }
    plan->set = set;
    return true;
}

static bool
plan_index(struct index_plan *plan, const struct rulebook *rulebook,
           const struct kpi_rule *rule)
{
    const struct item *item = rulebook_item(rulebook, rule->items[0]);
    int128 divisor = 0;

    *plan = (struct index_plan){0};
    if (!item || item->hi <= item->lo || rule->item_count > KPI_ITEMS_MAX)
        return false;
    for (size_t i = 0; i < rulebook->set_count && !plan->set; i++)
        place_items(plan, rule, &rulebook->sets[i]);
    for (size_t i = 0; i < rule->item_count; i++)
        divisor = kpi_divisor(divisor, rule->weights[i]);
    if (!plan->set || divisor == 0)
        return false;
    for (size_t i = 0; i < rule->item_count; i++) {
        plan->weights[i] = rule->weights[i] / (int64_t)divisor;
        plan->weight += plan->weights[i];
    }
    plan->lo = item->lo;
    plan->range = item->hi - item->lo;
    plan->unit = plan->range * plan->weight;
    int64_t common = (int64_t)kpi_divisor(KPI_PER_CENT, plan->unit);
    plan->factor = KPI_PER_CENT / common;
    plan->unit /= common;
    return true;
}

uint32_t
sample_unit(const struct rulebook *rulebook, const struct kpi_rule *rule)
{
    struct index_plan plan;

    if (rule->form == KPI_COUNTER || rule->form == KPI_RATIO ||
        rule->form == KPI_QUANTILE || rule->form == KPI_GAPS)
        return 0;
    if (rule->form != KPI_INDEX)
        return 1;
    if (!plan_index(&plan, rulebook, rule))
        return 0;
    return plan.unit < SAMPLE_UNIT_MAX ? (uint32_t)plan.unit : SAMPLE_UNIT_MAX;
}

static int64_t
set_sum(const struct index_plan *plan, const struct tally *tally, size_t i)
{
    return tally_get(
        tally, counter(COUNTER_SET, plan->set->number, 1u + plan->place[i]));
}

static int64_t
set_square(const struct index_plan *plan, const struct tally *tally, size_t i,
           size_t j)
{
    uint32_t a = plan->place[i], b = plan->place[j];

    return tally_get(tally,
                     counter(COUNTER_SQUARE, plan->set->number,
                             a < b ? a * SET_SPAN + b : b * SET_SPAN + a));
}

// t = sum w x of a response; what is summed is factor * (t - lo * weight).
static struct moments
index_moments(const struct rulebook *rulebook, const struct kpi_rule *rule,
              const struct tally *tally)
{
    struct index_plan plan;
    int128 sum = 0, squares = 0;

    if (!plan_index(&plan, rulebook, rule))
        return (struct moments){0};
    const int128 n =
        tally_get(tally, counter(COUNTER_SET, plan.set->number, 0));
    for (size_t i = 0; i < rule->item_count; i++) {
        sum += (int128)plan.weights[i] * set_sum(&plan, tally, i);
        for (size_t j = 0; j < rule->item_count; j++)
            squares += (int128)plan.weights[i] * plan.weights[j] *
                       set_square(&plan, tally, i, j);
    }
    const int128 least = (int128)plan.lo * plan.weight;
    squares += least * least * n - 2 * least * sum;
    sum -= least * n;
    sum *= plan.factor;
    squares *= (int128)plan.factor * plan.factor;
    if (plan.unit > SAMPLE_UNIT_MAX) {
        const int128 unit = plan.unit;
        sum = exact_round(sum * SAMPLE_UNIT_MAX, unit);
        squares = exact_round(squares * SAMPLE_UNIT_MAX * SAMPLE_UNIT_MAX,
                              unit * unit);
    }
    return (struct moments){n, sum, squares};
}

// Of n answers, `hits` count 100 and `misses` -100.
static struct moments
hit_moments(int128 n, int128 hits, int128 misses)
{
    const int128 full = KPI_PER_CENT;

    return (struct moments){n, full * (hits - misses),
                            full * full * (hits + misses)};
}

// The values lo..hi of a histogram, counted from `zero`.
static struct moments
histogram_moments(const struct tally *tally, enum counter_class class,
                  uint32_t a, uint8_t hi, int zero)
{
    const uint32_t low = counter(class, a, 0), high = counter(class, a, hi);
    struct moments moments = {0};

    for (uint32_t i = 0; i < tally->used; i++) {
        if (tally->counters[i] < low || tally->counters[i] > high)
            continue;
        const int64_t value = (int64_t)(tally->counters[i] & 0xff) - zero;
        moments.n += tally->values[i];
        moments.sum += (int128)tally->values[i] * value;
        moments.squares += (int128)tally->values[i] * value * value;
    }
    return moments;
}

static int128
answers(const struct kpi_rule *rule, const struct tally *tally, uint8_t lo,
        uint8_t hi)
{
    return histogram_part(tally, COUNTER_ANSWER, rule->items[0], lo, hi).n;
}

static struct moments
moments_of(const struct rulebook *rulebook, const struct kpi_rule *rule,
           const struct tally *tally, bool unanswered)
{
    switch (rule->form) {
    case KPI_INDEX:
        return index_moments(rulebook, rule, tally);
    case KPI_NPS:
        return hit_moments(answers(rule, tally, 0, SCALE_MAX),
                           answers(rule, tally, rule->cut, SCALE_MAX),
                           answers(rule, tally, 0, rule->detractor_cut));
    case KPI_SHARE:
        return hit_moments(answers(rule, tally, 0, SCALE_MAX),
                           answers(rule, tally, rule->cut, SCALE_MAX), 0);
    case KPI_MEAN:
        return histogram_moments(tally, COUNTER_ANSWER, rule->items[0],
                                 SCALE_MAX, 0);
    case KPI_GAP:
        return histogram_moments(tally, COUNTER_GAP, rule->pair, UINT8_MAX,
                                 KPI_GAP_ZERO);
    case KPI_SLA: {
        const struct kpi kpi = kpi_of(rulebook, rule, tally, unanswered);
        return hit_moments(kpi.n, kpi.num, 0);
    }
    case KPI_COUNTER:
    case KPI_RATIO:
    case KPI_QUANTILE:
    case KPI_GAPS:
        break;
    }
    return (struct moments){0};
}

static bool
fits(int128 value)
{
    return value >= INT64_MIN && value <= INT64_MAX;
}

bool
sample_add(struct sample *sample, const struct rulebook *rulebook,
           const struct kpi_rule *rule, const struct tally *tally,
           bool unanswered)
{
    struct moments moments = moments_of(rulebook, rule, tally, unanswered);

    moments.n += sample->n;
    moments.sum += sample->sum;
    moments.squares += sample->squares;
    if (!fits(moments.n) || !fits(moments.sum) || !fits(moments.squares))
        return false;
    *sample = (struct sample){.n = (int64_t)moments.n,
                              .sum = (int64_t)moments.sum,
                              .squares = (int64_t)moments.squares};
    return true;
}

bool
sample_spread(const struct sample *samples, size_t count, uint32_t unit,
              struct credibility *out)
{
    const int64_t square = (int64_t)unit * unit;

    if (!credibility_of(samples, count, out))
        return false;
    // The strength is a ratio of spreads: it has no unit.
    out->shrink.mean_micro = (int64_t)exact_round(out->shrink.mean_micro, unit);
    out->within_micro = (int64_t)exact_round(out->within_micro, square);
    out->between_micro = (int64_t)exact_round(out->between_micro, square);
    return true;
}
