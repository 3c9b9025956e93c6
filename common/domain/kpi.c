// SPDX-License-Identifier: Apache-2.0
#include "common/domain/kpi.h"

#include <stddef.h>

#include "common/domain/wide.h"

enum {
    MICRO = 1000000,
    PER_CENT = 100, // the scale of shares and indexes
    GAP_ZERO = 128, // the histogram's place of gap 0
};

typedef __int128 int128;
typedef unsigned __int128 uint128;

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
    wide_multiply(&top, MICRO);
    return wide_quotient(&top, &bottom);
}

int64_t
kpi_round(int128 num, int128 den, int64_t scale)
{
    uint128 size = magnitude(num), divisor = (uint128)den, product, result;

    if (__builtin_mul_overflow(size, (uint128)scale * MICRO, &product) ||
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

static int128
greatest_divisor(int128 a, int128 b)
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

// Settles what is known: n answers, and num / den of them at a scale.
static struct kpi
settle(int128 n, int128 num, int128 den, int64_t scale)
{
    struct kpi kpi = {.n = saturate(n)};

    if (n <= 0 || den <= 0)
        return (struct kpi){0};
    kpi.has_value = true;
    kpi.value_micro = kpi_round(num, den, scale);
    if (!fits(num) || !fits(den)) {
        int128 divisor = greatest_divisor(num < 0 ? -num : num, den);
        num /= divisor;
        den /= divisor;
    }
    if (!fits(num) || !fits(den)) {
        // No exact form fits: the published figure itself stands for it.
        num = kpi.value_micro;
        den = (int128)scale * MICRO;
    }
    kpi.num = (int64_t)num;
    kpi.den = (int64_t)den;
    return kpi;
}

// The counters of one class and number: a histogram by the lowest byte.
struct histogram {
    const struct tally *tally;
    uint32_t first, end; // places in the tally
};

static uint32_t
find_counter(const struct tally *tally, uint32_t counter)
{
    uint32_t low = 0, high = tally->used;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (tally->counters[middle] < counter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct histogram
histogram_of(const struct tally *tally, enum counter_class class, uint32_t a)
{
    uint32_t last = counter(class, a, UINT8_MAX);
    uint32_t first = find_counter(tally, counter(class, a, 0)), end = first;

    while (end < tally->used && tally->counters[end] <= last)
        end++;
    return (struct histogram){tally, first, end};
}

// How often the histogram's values lie in lo..hi, and their sum.
struct part {
    int128 n, sum;
};

static struct part
part_of(const struct histogram *histogram, uint32_t lo, uint32_t hi)
{
    struct part part = {0};

    for (uint32_t i = histogram->first; i < histogram->end; i++) {
        uint32_t value = histogram->tally->counters[i] & UINT8_MAX;
        int128 count = histogram->tally->values[i];

        if (value < lo || value > hi)
            continue;
        part.n += count;
        part.sum += count * (int128)value;
    }
    return part;
}

static struct part
answers_of(const struct tally *tally, uint16_t item)
{
    struct histogram histogram = histogram_of(tally, COUNTER_ANSWER, item);

    return part_of(&histogram, 0, SCALE_MAX);
}

// One item of an index: weight * excess / base, where excess = sum - n lo and
// base = n (hi - lo).
struct term {
    uint32_t weight;
    int64_t excess, base;
};

// Over the least common denominator; false when that leaves 128 bits.
static bool
add_terms(const struct term *terms, size_t count, int64_t weights, int128 *num,
          int128 *den)
{
    int128 common = 1, term;

    *num = 0;
    for (size_t i = 0; i < count; i++) {
        int128 divisor = greatest_divisor(common, terms[i].base);
        if (__builtin_mul_overflow(common, terms[i].base / divisor, &common))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (__builtin_mul_overflow(common / terms[i].base,
                                   (int128)terms[i].excess * terms[i].weight,
                                   &term) ||
            __builtin_add_overflow(*num, term, num))
            return false;
    return !__builtin_mul_overflow(common, (int128)weights, den);
}

// The same over the product of all bases, rounded at once: many large samples
// of different size have no common denominator that fits.
static int64_t
round_terms(const struct term *terms, size_t count, int64_t weights)
{
    struct wide num = {0}, den = wide_of((uint128)weights);

    for (size_t i = 0; i < count; i++) {
        struct wide term = wide_of((uint128)terms[i].excess);

        wide_multiply(&den, (uint64_t)terms[i].base);
        wide_multiply(&term, terms[i].weight);
        wide_multiply(&term, (uint64_t)PER_CENT * MICRO);
        for (size_t j = 0; j < count; j++)
            if (j != i)
                wide_multiply(&term, (uint64_t)terms[j].base);
        wide_add(&num, &term);
    }
    return (int64_t)wide_quotient(&num, &den); // 0..100 at this scale
}

// Larger samples are refused when read: their products have no room.
static const int64_t INDEX_SAMPLE_MAX = INT64_C(1) << 40;

// Fills the term of one item and returns its n, 0 when it has no figure.
static int64_t
term_of(const struct item *item, uint32_t weight, const struct tally *tally,
        struct term *term)
{
    if (!item || item->hi <= item->lo || weight == 0)
        return 0;
    struct part part = answers_of(tally, item->number);
    int128 excess = part.sum - part.n * item->lo;
    int128 base = part.n * (item->hi - item->lo);
    if (part.n <= 0 || part.n > INDEX_SAMPLE_MAX || excess < 0 || excess > base)
        return 0;
    *term = (struct term){weight, (int64_t)excess, (int64_t)base};
    return (int64_t)part.n;
}

static struct kpi
index_of(const struct rulebook *rulebook, const struct kpi_rule *rule,
         const struct tally *tally)
{
    struct term terms[KPI_ITEMS_MAX];
    int64_t weights = 0, least = INT64_MAX;
    int128 num, den;

    if (rule->item_count == 0 || rule->item_count > KPI_ITEMS_MAX)
        return (struct kpi){0};
    for (size_t i = 0; i < rule->item_count; i++) {
        int64_t n = term_of(rulebook_item(rulebook, rule->items[i]),
                            rule->weights[i], tally, &terms[i]);
        if (n == 0)
            return (struct kpi){0}; // an index of fewer items is another one
        weights += rule->weights[i];
        least = n < least ? n : least;
    }
    if (add_terms(terms, rule->item_count, weights, &num, &den))
        return settle(least, num, den, PER_CENT);
    return (struct kpi){
        .has_value = true,
        .n = least,
        .num = round_terms(terms, rule->item_count, weights),
        .den = (int64_t)PER_CENT * MICRO,
        .value_micro = round_terms(terms, rule->item_count, weights),
    };
}

static struct kpi
promoters_of(const struct kpi_rule *rule, const struct tally *tally)
{
    struct histogram answers =
        histogram_of(tally, COUNTER_ANSWER, rule->items[0]);
    int128 n = part_of(&answers, 0, SCALE_MAX).n;
    int128 promoters = part_of(&answers, rule->cut, SCALE_MAX).n;
    int128 detractors = part_of(&answers, 0, rule->detractor_cut).n;

    return settle(n, promoters - detractors, n, PER_CENT);
}

static struct kpi
share_of(const struct kpi_rule *rule, const struct tally *tally)
{
    struct histogram answers =
        histogram_of(tally, COUNTER_ANSWER, rule->items[0]);
    int128 n = part_of(&answers, 0, SCALE_MAX).n;

    return settle(n, part_of(&answers, rule->cut, SCALE_MAX).n, n, PER_CENT);
}

static struct kpi
mean_of(const struct kpi_rule *rule, const struct tally *tally)
{
    struct part part = answers_of(tally, rule->items[0]);

    return settle(part.n, part.sum, part.n, 1);
}

static struct kpi
gap_of(const struct kpi_rule *rule, const struct tally *tally)
{
    struct histogram gaps = histogram_of(tally, COUNTER_GAP, rule->pair);
    struct part part = part_of(&gaps, 0, UINT8_MAX);

    return settle(part.n, part.sum - part.n * GAP_ZERO, part.n, 1);
}

static struct kpi
sla_of(const struct kpi_rule *rule, const struct tally *tally, bool unanswered)
{
    int128 met = 0, due = 0;

    for (uint32_t class = CLASS_NONE; class < CLASS_COUNT; class ++) {
        if (!(rule->class_mask >> class & 1))
            continue;
        struct histogram cases = histogram_of(tally, COUNTER_SLA, class);
        met += part_of(&cases, SLA_MET, SLA_MET).n;
        due +=
            part_of(&cases, SLA_MET, unanswered ? SLA_UNANSWERED : SLA_LATE).n;
    }
    return settle(due, met, due, PER_CENT);
}

// A dealer with any figure in the window has a count, be it 0.
static struct kpi
count_of(const struct kpi_rule *rule, const struct tally *tally)
{
    uint32_t wanted = counter(COUNTER_COUNT, rule->count, 0);
    uint32_t place = find_counter(tally, wanted);
    bool there = place < tally->used && tally->counters[place] == wanted;
    int64_t count = there ? tally->values[place] : 0;

    if (tally->used == 0)
        return (struct kpi){0};
    return (struct kpi){
        .has_value = true,
        .n = count,
        .num = count,
        .den = 1,
        .value_micro = kpi_round(count, 1, 1),
    };
}

static struct kpi
form_kpi(const struct rulebook *rulebook, const struct kpi_rule *rule,
         const struct tally *tally, bool unanswered)
{
    switch (rule->form) {
    case KPI_INDEX:
        return index_of(rulebook, rule, tally);
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
    }
    return (struct kpi){0};
}

// Whether the lower Wilson 95 % bound of num / n reaches flag / 10^6: for
// p > c, that is p - c >= z sqrt(c (1 - c) / n), squared and cleared of
// fractions.  z^2 = 3.841458820694124 (rulings C22).
static bool
is_proven(int64_t num, int64_t n, uint32_t flag)
{
    static const uint64_t z_square = UINT64_C(3841458820694124);
    static const uint64_t z_unit = UINT64_C(1000000000000000);
    int128 distance = (int128)num * MICRO - (int128)n * flag;

    if (flag > MICRO || distance <= 0)
        return false;
    struct wide left = wide_of((uint128)distance), right = wide_of(z_square);
    wide_square(&left);
    wide_multiply(&left, z_unit);
    wide_multiply(&right, (uint64_t)n);
    wide_multiply(&right, (uint64_t)flag * (MICRO - flag));
    return wide_compare(&left, &right) >= 0;
}

struct kpi
kpi_of(const struct rulebook *rulebook, const struct kpi_rule *rule,
       const struct tally *tally, bool unanswered)
{
    struct kpi kpi = form_kpi(rulebook, rule, tally, unanswered);
    bool of_share = rule->form == KPI_SHARE || rule->form == KPI_SLA;

    if (!kpi.has_value || rule->flag_ppm == 0)
        return kpi;
    kpi.flagged = (int128)kpi.num * MICRO >= (int128)kpi.den * rule->flag_ppm;
    // Only a share of independent cases has a Wilson interval.
    kpi.proven = of_share && is_proven(kpi.num, kpi.den, rule->flag_ppm);
    return kpi;
}
