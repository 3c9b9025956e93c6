// SPDX-License-Identifier: Apache-2.0
#include "common/domain/credibility.h"

#include "common/domain/kpi.h"

typedef __int128 int128;

#define PICO  ((int128)1000000000000) // 10^12
#define MICRO INT64_C(1000000)

// Everything the estimates are made of; 10^-12 where a square is divided.
struct pool {
    int128 dealers, n, sum, squares; // k, N, S, Q
    int128 counts_squared;           // sum n^2
    int128 means;                    // sum of S^2/n, 10^-12
};

static bool
pool_add(struct pool *pool, const struct sample *sample)
{
    int128 square;

    if (sample->n == 0)
        return true;
    if (sample->n < 0 || sample->n > SHRINK_N_MAX ||
        __builtin_mul_overflow((int128)sample->sum * sample->sum, PICO,
                               &square) ||
        __builtin_add_overflow(pool->means, square / sample->n, &pool->means))
        return false;
    pool->dealers++;
    pool->n += sample->n;
    pool->sum += sample->sum;
    pool->squares += sample->squares;
    pool->counts_squared += (int128)sample->n * sample->n;
    return true;
}

// The two sums of squares, both 10^-12: within dealers and, times N - k, what
// between them is more than chance.
static bool
spreads(const struct pool *pool, int128 *within, int128 *between)
{
    int128 total, share, chance;

    if (__builtin_mul_overflow(pool->squares, PICO, within) ||
        __builtin_mul_overflow(pool->sum * pool->sum, PICO, &total))
        return false;
    *within -= pool->means;
    if (__builtin_mul_overflow(pool->means - total / pool->n,
                               pool->n - pool->dealers, &share) ||
        __builtin_mul_overflow(*within, pool->dealers - 1, &chance))
        return false;
    *between = share - chance;
    return *within >= 0;
}

static bool
fill(const struct pool *pool, int128 within, int128 between,
     struct credibility *out)
{
    const int128 rest = pool->n - pool->dealers;
    const int128 pairs = pool->n * pool->n - pool->counts_squared;
    int128 num, den;

    out->shrink.mean_micro = kpi_round(pool->sum, pool->n, 1);
    out->within_micro = kpi_round(within, rest * PICO, 1);
    out->shrink.is_flat = between <= 0;
    if (out->shrink.is_flat)
        return true;
    if (__builtin_mul_overflow(between, pool->n, &num) ||
        __builtin_mul_overflow(rest * pairs, PICO, &den))
        return false;
    out->between_micro = kpi_round(num, den, 1);
    den = num; // K = within * pairs / (N * between)
    if (__builtin_mul_overflow(within, pairs, &num))
        return false;
    out->shrink.strength_micro = kpi_round(num, den, 1);
    return true;
}

bool
credibility_of(const struct sample *samples, size_t count,
               struct credibility *out)
{
    struct pool pool = {0};
    int128 within, between;

    *out = (struct credibility){0};
    for (size_t i = 0; i < count; i++)
        if (!pool_add(&pool, &samples[i]))
            return false;
    return pool.dealers >= 2 && pool.n > pool.dealers &&
           spreads(&pool, &within, &between) &&
           fill(&pool, within, between, out);
}

int64_t
credibility_variance(const struct credibility *credibility, int64_t n)
{
    int128 num = (int128)credibility->within_micro * MICRO;

    if (credibility->shrink.is_flat)
        return 0;
    return kpi_round(num,
                     (int128)n * MICRO + credibility->shrink.strength_micro, 1);
}
