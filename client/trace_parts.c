// SPDX-License-Identifier: Apache-2.0
#include "client/trace.h"

#include "common/domain/histogram.h"

const char *
trace_class_name(uint32_t class)
{
    static const char *const names[CLASS_COUNT] = {[CLASS_NONE] = "none",
                                                   [CLASS_GENERAL] = "general",
                                                   [CLASS_COMPLEX] = "complex",
                                                   [CLASS_HARD] = "hard",
                                                   [CLASS_EMERGENCY] =
                                                       "emergency"};

    return class < CLASS_COUNT ? names[class] : "none";
}

static int64_t
narrow(__int128 value)
{
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static const char *
item_id(const struct rulebook *rulebook, uint16_t number)
{
    const struct item *item = rulebook_item(rulebook, number);

    return item ? item->id : "";
}

// Answers lo..hi of an item: how many there are of all of them.
static struct trace_part
counted(const struct rulebook *rulebook, uint16_t item,
        const struct tally *tally, const char *what, uint8_t lo, uint8_t hi)
{
    struct histogram_part all =
        histogram_part(tally, COUNTER_ANSWER, item, 0, SCALE_MAX);
    struct histogram_part some =
        histogram_part(tally, COUNTER_ANSWER, item, lo, hi);

    return (struct trace_part){.what = what,
                               .of = item_id(rulebook, item),
                               .n = narrow(all.n),
                               .value = narrow(some.n)};
}

static struct trace_part
summed(const struct rulebook *rulebook, uint16_t item,
       const struct tally *tally)
{
    struct histogram_part all =
        histogram_part(tally, COUNTER_ANSWER, item, 0, SCALE_MAX);

    return (struct trace_part){.what = "sum",
                               .of = item_id(rulebook, item),
                               .n = narrow(all.n),
                               .value = narrow(all.sum)};
}

static size_t
classes(const struct kpi_rule *rule, const struct tally *tally,
        struct trace_part *parts)
{
    size_t count = 0;

    for (uint32_t class = CLASS_NONE; class < CLASS_COUNT; class ++) {
        if (!(rule->class_mask >> class & 1))
            continue;
        struct histogram_part due =
            histogram_part(tally, COUNTER_SLA, class, SLA_MET, SLA_UNANSWERED);
        struct histogram_part met =
            histogram_part(tally, COUNTER_SLA, class, SLA_MET, SLA_MET);
        parts[count++] = (struct trace_part){.what = "met",
                                             .of = trace_class_name(class),
                                             .n = narrow(due.n),
                                             .value = narrow(met.n)};
    }
    return count;
}

// The counts of one list of a ratio, each beside the base.
static size_t
listed(const struct count_list *list, const char *what, int64_t n,
       const struct tally *tally, struct trace_part *parts)
{
    for (size_t i = 0; i < list->count; i++)
        parts[i] = (struct trace_part){
            .what = what,
            .of = count_name(list->counts[i]),
            .n = n,
            .value =
                tally_get(tally, counter(COUNTER_COUNT, list->counts[i], 0))};
    return list->count;
}

static size_t
counts(const struct rulebook *rulebook, const struct kpi_rule *rule,
       const struct tally *tally, struct trace_part *parts)
{
    const int64_t n = kpi_of(rulebook, rule, tally, true).n;
    size_t count = listed(&rule->num, "num", n, tally, parts);

    count += listed(&rule->den, "den", n, tally, parts + count);
    return count + listed(&rule->minus, "minus", n, tally, parts + count);
}

size_t
trace_parts(const struct rulebook *rulebook, const struct kpi_rule *rule,
            const struct tally *tally, struct trace_part parts[TRACE_PARTS_MAX])
{
    uint16_t item = rule->items[0];

    switch (rule->form) {
    case KPI_INDEX:
        for (size_t i = 0; i < rule->item_count; i++)
            parts[i] = summed(rulebook, rule->items[i], tally);
        return rule->item_count;
    case KPI_NPS:
        parts[0] =
            counted(rulebook, item, tally, "promoters", rule->cut, SCALE_MAX);
        parts[1] = counted(rulebook, item, tally, "detractors", 0,
                           rule->detractor_cut);
        return 2;
    case KPI_SHARE:
        parts[0] =
            counted(rulebook, item, tally, "reached", rule->cut, SCALE_MAX);
        return 1;
    case KPI_SLA:
        return classes(rule, tally, parts);
    case KPI_RATIO:
        return counts(rulebook, rule, tally, parts);
    case KPI_MEAN: // no form of a dimension
    case KPI_GAP:
    case KPI_COUNTER:
    case KPI_QUANTILE:
    case KPI_GAPS:
        return 0;
    }
    return 0;
}
