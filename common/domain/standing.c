// SPDX-License-Identifier: Apache-2.0
#include "common/domain/standing.h"

typedef __int128 int128;
typedef unsigned __int128 uint128;

enum { TAIL_PER_100000 = 135, PPM = 1000000 };

// Whether the difference (micro, > 0) is more than c standard errors, variance
// being the sum of both (micro^2).
static bool
is_significant(int64_t difference, int128 variance, uint32_t c_milli)
{
    return (int128)difference * difference * 1000000 >
           (int128)c_milli * c_milli * variance;
}

// How many rows before `i` are better than it by more than c standard errors,
// were their variance `variance`.  Rows before it only get better.
static size_t
better_with(const struct standing *rows, size_t i, int64_t variance,
            uint32_t c_milli)
{
    size_t low = 0, high = i;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int64_t difference = rows[middle].value_micro - rows[i].value_micro;
        if (difference > 0 &&
            is_significant(difference, (int128)variance + rows[i].variance,
                           c_milli))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Rows better for any variance are only counted; those that depend on their
// own are looked at.
void
standing_intervals(struct standing *rows, size_t count, uint32_t c_milli)
{
    int64_t least = INT64_MAX, most = 0;

    for (size_t i = 0; i < count; i++) {
        least = rows[i].variance < least ? rows[i].variance : least;
        most = rows[i].variance > most ? rows[i].variance : most;
        rows[i].first = 1;
        rows[i].last = 0; // first: how many ranges of `worse` begin or end
    }
    for (size_t i = 0; i < count; i++) {
        size_t sure = better_with(rows, i, most, c_milli);
        size_t maybe = better_with(rows, i, least, c_milli);
        rows[i].first += (uint32_t)sure;
        if (sure > 0)
            rows[sure - 1].last++; // worse for all up to there, summed below
        for (size_t j = sure; j < maybe; j++)
            if (is_significant(rows[j].value_micro - rows[i].value_micro,
                               (int128)rows[j].variance + rows[i].variance,
                               c_milli)) {
                rows[i].first++;
                // only j itself: begin at j, end before it
                rows[j].last++;
                if (j > 0)
                    rows[j - 1].last--;
            }
    }
    uint32_t worse = 0;
    for (size_t i = count; i > 0; i--) {
        worse += rows[i - 1].last;
        rows[i - 1].last = (uint32_t)count - worse;
    }
}

enum band
band_of_mean(const struct credibility *credibility, int64_t value_micro,
             int64_t n)
{
    int128 difference = (int128)value_micro - credibility->shrink.mean_micro;
    int128 spread = (int128)credibility->within_micro +
                    (int128)credibility->between_micro * n;

    if (difference * difference * n <= 9 * spread * 1000000)
        return BAND_NOT_DISTINGUISHABLE;
    return difference > 0 ? BAND_ABOVE : BAND_BELOW;
}

// The terms of the binomial distribution on one side of the likeliest, from
// `from` in steps of `step`: their sum, and the part of it at `hits` and
// beyond.
struct side {
    uint128 sum, beyond;
};

static struct side
sum_side(int64_t from, int step, int64_t hits, int64_t n, uint32_t rate_ppm)
{
    const uint64_t yes = rate_ppm, no = PPM - rate_ppm;
    uint128 term = (uint128)1 << 64;
    struct side side = {0};

    for (int64_t i = from; i >= 0 && i <= n && term > 0; i += step) {
        side.sum += term;
        if (step > 0 ? i >= hits : i <= hits)
            side.beyond += term;
        if (step > 0)
            term = term * ((uint64_t)(n - i) * yes) / ((uint64_t)(i + 1) * no);
        else
            term = term * ((uint64_t)i * no) / ((uint64_t)(n - i + 1) * yes);
    }
    return side;
}

enum band
band_of_rate(int64_t hits, int64_t n, uint32_t rate_ppm)
{
    int64_t mode = (int64_t)((int128)(n + 1) * rate_ppm / PPM);

    if (n <= 0 || mode == hits)
        return BAND_NOT_DISTINGUISHABLE;
    mode = mode > n ? n : mode;
    struct side up = sum_side(mode, 1, hits, n, rate_ppm);
    struct side down = sum_side(mode, -1, hits, n, rate_ppm);
    uint128 total =
        up.sum + down.sum - ((uint128)1 << 64); // the mode is in both
    uint128 tail = hits > mode ? up.beyond : down.beyond;
    if (tail * 100000 >= total * TAIL_PER_100000)
        return BAND_NOT_DISTINGUISHABLE;
    return hits > mode ? BAND_ABOVE : BAND_BELOW;
}
