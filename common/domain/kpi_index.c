// SPDX-License-Identifier: Apache-2.0
#include "common/domain/kpi_index.h"

#include <stddef.h>

#include "common/domain/histogram.h"
#include "common/domain/wide.h"

// One item of an index: weight * excess / base, where excess = sum - n lo and
// base = n (hi - lo); of a pair of gaps excess is the sum of them, base n.
struct term {
    uint32_t weight;
    int64_t excess, base;
};

// Over the least common denominator; false when that leaves 128 bits.
static bool
add_terms(const struct term *terms, size_t count, int64_t weights,
          __int128 *num, __int128 *den)
{
    __int128 common = 1, term;

    *num = 0;
    for (size_t i = 0; i < count; i++) {
        __int128 divisor = kpi_divisor(common, terms[i].base);
        if (__builtin_mul_overflow(common, terms[i].base / divisor, &common))
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (__builtin_mul_overflow(common / terms[i].base,
                                   (__int128)terms[i].excess * terms[i].weight,
                                   &term) ||
            __builtin_add_overflow(*num, term, num))
            return false;
    return !__builtin_mul_overflow(common, (__int128)weights, den);
}

// A term over the product of all bases.
static struct wide
widen(const struct term *terms, size_t count, size_t i, int64_t scale)
{
    const int64_t excess = terms[i].excess;
    struct wide term =
        wide_of((unsigned __int128)(excess < 0 ? -excess : excess));

    wide_multiply(&term, terms[i].weight);
    wide_multiply(&term, (uint64_t)scale * KPI_MICRO);
    for (size_t j = 0; j < count; j++)
        if (j != i)
            wide_multiply(&term, (uint64_t)terms[j].base);
    return term;
}

// The same over the product of all bases, rounded at once: many large samples
// of different size have no common denominator that fits.
static int64_t
round_terms(const struct term *terms, size_t count, int64_t weights,
            int64_t scale)
{
    struct wide above = {0}, below = {0};
    struct wide den = wide_of((unsigned __int128)weights);

    for (size_t i = 0; i < count; i++) {
        const struct wide term = widen(terms, count, i, scale);

        wide_multiply(&den, (uint64_t)terms[i].base);
        wide_add(terms[i].excess < 0 ? &below : &above, &term);
    }
    if (wide_compare(&above, &below) >= 0) {
        wide_subtract(&above, &below);
        return (int64_t)wide_quotient(&above, &den); // a few hundred at most
    }
    wide_subtract(&below, &above);
    return -(int64_t)wide_quotient(&below, &den);
}

// settle forms the weighted mean of terms, the least sample being its n.
static struct kpi
settle(const struct term *terms, size_t count, int64_t least, int64_t scale)
{
    int64_t weights = 0;
    __int128 num, den;

    for (size_t i = 0; i < count; i++)
        weights += terms[i].weight;
    if (add_terms(terms, count, weights, &num, &den))
        return kpi_settle(least, num, den, scale);
    const int64_t micro = round_terms(terms, count, weights, scale);
    return (struct kpi){
        .has_value = true,
        .n = least,
        .num = micro,
        .den = scale * KPI_MICRO,
        .value_micro = micro,
    };
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
    struct histogram_part part =
        histogram_part(tally, COUNTER_ANSWER, item->number, 0, SCALE_MAX);
    __int128 excess = part.sum - part.n * item->lo;
    __int128 base = part.n * (item->hi - item->lo);
    if (part.n <= 0 || part.n > INDEX_SAMPLE_MAX || excess < 0 || excess > base)
        return 0;
    *term = (struct term){weight, (int64_t)excess, (int64_t)base};
    return (int64_t)part.n;
}

struct kpi
kpi_index(const struct rulebook *rulebook, const struct kpi_rule *rule,
          const struct tally *tally)
{
    struct term terms[KPI_ITEMS_MAX];
    int64_t least = INT64_MAX;

    if (rule->item_count == 0 || rule->item_count > KPI_ITEMS_MAX)
        return (struct kpi){0};
    for (size_t i = 0; i < rule->item_count; i++) {
        int64_t n = term_of(rulebook_item(rulebook, rule->items[i]),
                            rule->weights[i], tally, &terms[i]);
        if (n == 0)
            return (struct kpi){0}; // an index of fewer items is another one
        least = n < least ? n : least;
    }
    return settle(terms, rule->item_count, least, KPI_PER_CENT);
}

struct kpi
kpi_gaps(const struct kpi_rule *rule, const struct tally *tally)
{
    struct term terms[KPI_ITEMS_MAX];
    int64_t least = INT64_MAX;

    if (rule->item_count == 0 || rule->item_count > KPI_ITEMS_MAX)
        return (struct kpi){0};
    for (size_t i = 0; i < rule->item_count; i++) {
        struct histogram_part part =
            histogram_part(tally, COUNTER_GAP, rule->items[i], 0, UINT8_MAX);
        if (part.n <= 0 || part.n > INDEX_SAMPLE_MAX || rule->weights[i] == 0)
            return (struct kpi){0};
        terms[i] = (struct term){rule->weights[i],
                                 (int64_t)(part.sum - part.n * KPI_GAP_ZERO),
                                 (int64_t)part.n};
        least = part.n < least ? (int64_t)part.n : least;
    }
    return settle(terms, rule->item_count, least, 1);
}
