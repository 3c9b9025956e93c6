// SPDX-License-Identifier: Apache-2.0
#include "common/domain/kpi.h"

#include <stddef.h>

#include "common/domain/bucket.h"
#include "common/domain/exact.h"
#include "common/domain/histogram.h"
#include "common/domain/kpi_index.h"
#include "common/domain/wide.h"
#include "common/domain/wilson.h"

enum { MINUTE_S = 60 };

static uint128
magnitude(int128 value)
{
    return value < 0 ? -(uint128)value : (uint128)value;
}

static int64_t
saturate(int128 value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

// num * scale * 10^6 / den, half up, for any size.
static uint128
round_wide(uint128 num, uint128 den, uint64_t scale)
{
    struct wide top = wide_of(num), bottom = wide_of(den);

    wide_multiply(&top, scale);
    wide_multiply(&top, KPI_MICRO);
    return wide_quotient(&top, &bottom);
}

int64_t
kpi_round(int128 num, int128 den, int64_t scale)
{
    uint128 size = magnitude(num), divisor = (uint128)den, product, result;

    if (__builtin_mul_overflow(size, (uint128)scale * KPI_MICRO, &product) ||
        __builtin_add_overflow(product, divisor / 2, &product))
        result = round_wide(size, divisor, (uint64_t)scale);
    else
        result = product / divisor; // an odd divisor has no halves
    if (result > (uint128)INT64_MAX)
        result = (uint128)INT64_MAX;
    return num < 0 ? -(int64_t)result : (int64_t)result;
}

void
kpi_text(int64_t micro, char text[KPI_TEXT_MAX])
{
    char reversed[KPI_TEXT_MAX];
    uint64_t rest = micro < 0 ? -(uint64_t)micro : (uint64_t)micro;
    size_t length = 0, place = 0;

    for (size_t digit = 0; digit < 7 || rest != 0; digit++, rest /= 10) {
        if (digit == 6)
            reversed[length++] = '.';
        reversed[length++] = (char)('0' + rest % 10);
    }
    if (micro < 0)
        reversed[length++] = '-';
    while (length > 0)
        text[place++] = reversed[--length];
    text[place] = '\0';
}

int128
kpi_divisor(int128 a, int128 b)
{
    while (b != 0) {
        int128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool
fits(int128 value)
{
    return value >= INT64_MIN && value <= INT64_MAX;
}

struct kpi
kpi_settle(int128 n, int128 num, int128 den, int64_t scale)
{
    struct kpi kpi = {.n = saturate(n)};

    if (n <= 0 || den <= 0)
        return (struct kpi){0};
    kpi.has_value = true;
    kpi.value_micro = kpi_round(num, den, scale);
    if (!fits(num) || !fits(den)) {
        int128 divisor = kpi_divisor(num < 0 ? -num : num, den);
        num /= divisor;
        den /= divisor;
    }
    if (!fits(num) || !fits(den)) {
        // No exact form fits: the published figure itself stands for it.
        num = kpi.value_micro;
        den = (int128)scale * KPI_MICRO;
    }
    kpi.num = (int64_t)num;
    kpi.den = (int64_t)den;
    return kpi;
}

static struct histogram_part
answers_of(const struct kpi_rule *rule, const struct tally *tally, uint8_t lo,
           uint8_t hi)
{
    return histogram_part(tally, COUNTER_ANSWER, rule->items[0], lo, hi);
}

static struct kpi
promoters_of(const struct kpi_rule *rule, const struct tally *tally)
{
    int128 n = answers_of(rule, tally, 0, SCALE_MAX).n;
    int128 promoters = answers_of(rule, tally, rule->cut, SCALE_MAX).n;
    int128 detractors = answers_of(rule, tally, 0, rule->detractor_cut).n;

    return kpi_settle(n, promoters - detractors, n, KPI_PER_CENT);
}

static struct kpi
share_of(const struct kpi_rule *rule, const struct tally *tally)
{
    int128 n = answers_of(rule, tally, 0, SCALE_MAX).n;
    int128 reached = answers_of(rule, tally, rule->cut, SCALE_MAX).n;

    return kpi_settle(n, reached, n, KPI_PER_CENT);
}

static struct kpi
mean_of(const struct kpi_rule *rule, const struct tally *tally)
{
    struct histogram_part all = answers_of(rule, tally, 0, SCALE_MAX);

    return kpi_settle(all.n, all.sum, all.n, 1);
}

static struct histogram_part
gaps_of(const struct kpi_rule *rule, const struct tally *tally, uint8_t lo,
        uint8_t hi)
{
    return histogram_part(tally, COUNTER_GAP, rule->pair, lo, hi);
}

static struct kpi
gap_of(const struct kpi_rule *rule, const struct tally *tally)
{
    struct histogram_part all = gaps_of(rule, tally, 0, UINT8_MAX);
    struct kpi kpi =
        kpi_settle(all.n, all.sum - all.n * KPI_GAP_ZERO, all.n, 1);

    if (!kpi.has_value)
        return kpi;
    kpi.above = saturate(gaps_of(rule, tally, KPI_GAP_ZERO + 1, UINT8_MAX).n);
    kpi.equal = saturate(gaps_of(rule, tally, KPI_GAP_ZERO, KPI_GAP_ZERO).n);
    kpi.below = saturate(gaps_of(rule, tally, 0, KPI_GAP_ZERO - 1).n);
    return kpi;
}

static struct kpi
sla_of(const struct kpi_rule *rule, const struct tally *tally, bool unanswered)
{
    uint8_t last = unanswered ? SLA_UNANSWERED : SLA_LATE;
    int128 met = 0, due = 0;

    for (uint32_t class = CLASS_NONE; class < CLASS_COUNT; class ++) {
        if (!(rule->class_mask >> class & 1))
            continue;
        met += histogram_part(tally, COUNTER_SLA, class, SLA_MET, SLA_MET).n;
        due += histogram_part(tally, COUNTER_SLA, class, SLA_MET, last).n;
    }
    return kpi_settle(due, met, due, KPI_PER_CENT);
}

// A dealer with any figure in the window has a count, be it 0.
static struct kpi
count_of(const struct kpi_rule *rule, const struct tally *tally)
{
    int128 count = histogram_part(tally, COUNTER_COUNT, rule->count, 0, 0).n;

    if (tally->used == 0)
        return (struct kpi){0};
    return (struct kpi){
        .has_value = true,
        .n = (int64_t)count,
        .num = (int64_t)count,
        .den = 1,
        .value_micro = kpi_round(count, 1, 1),
    };
}

static int128
add_counts(const struct count_list *list, const struct tally *tally)
{
    int128 sum = 0;

    for (size_t i = 0; i < list->count; i++)
        sum += tally_get(tally, counter(COUNTER_COUNT, list->counts[i], 0));
    return sum;
}

static struct kpi
ratio_of(const struct kpi_rule *rule, const struct tally *tally)
{
    int128 num = add_counts(&rule->num, tally);
    int128 den = add_counts(&rule->den, tally);

    den -= add_counts(&rule->minus, tally);
    return kpi_settle(den, num, den, rule->scale);
}

// The minutes that so many per cent of the cases took at most, by the last
// second of the bucket the last of them lies in.
static struct kpi
quantile_of(const struct kpi_rule *rule, const struct tally *tally)
{
    const int128 n =
        histogram_part(tally, COUNTER_TIME, rule->timed, 0, UINT8_MAX).n;
    const int128 nth = (n * rule->per_cent + KPI_PER_CENT - 1) / KPI_PER_CENT;

    if (n <= 0)
        return (struct kpi){0};
    return kpi_settle(
        n, bucket_top(histogram_nth(tally, COUNTER_TIME, rule->timed, nth)),
        MINUTE_S, 1);
}

static struct kpi
form_kpi(const struct rulebook *rulebook, const struct kpi_rule *rule,
         const struct tally *tally, bool unanswered)
{
    switch (rule->form) {
    case KPI_INDEX:
        return kpi_index(rulebook, rule, tally);
    case KPI_NPS:
        return promoters_of(rule, tally);
    case KPI_SHARE:
        return share_of(rule, tally);
    case KPI_MEAN:
        return mean_of(rule, tally);
    case KPI_GAP:
        return gap_of(rule, tally);
    case KPI_SLA:
        return sla_of(rule, tally, unanswered);
    case KPI_COUNTER:
        return count_of(rule, tally);
    case KPI_RATIO:
        return ratio_of(rule, tally);
    case KPI_QUANTILE:
        return quantile_of(rule, tally);
    case KPI_GAPS:
        return kpi_gaps(rule, tally);
    }
    return (struct kpi){0};
}

struct kpi
kpi_of(const struct rulebook *rulebook, const struct kpi_rule *rule,
       const struct tally *tally, bool unanswered)
{
    struct kpi kpi = form_kpi(rulebook, rule, tally, unanswered);
    bool of_share = rule->form == KPI_SHARE || rule->form == KPI_SLA;

    if (!kpi.has_value || rule->flag_ppm == 0)
        return kpi;
    kpi.flagged =
        (int128)kpi.num * KPI_MICRO >= (int128)kpi.den * rule->flag_ppm;
    // Only a share of independent cases has a Wilson interval.
    kpi.proven =
        of_share && wilson_lower_reaches(kpi.num, kpi.den, rule->flag_ppm);
    return kpi;
}
