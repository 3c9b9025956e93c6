// SPDX-License-Identifier: Apache-2.0
#include "common/domain/weight.h"

#include <stdbool.h>

#include "common/domain/exact.h"

// The nodes on the way from a leaf to the whole.
static int
levels_of(const struct weight *weights, size_t i)
{
    int levels = 1;

    while (weights[i].parent >= 0 && levels <= WEIGHT_LEVELS_MAX) {
        i = (size_t)weights[i].parent;
        levels++;
    }
    return levels;
}

static bool
is_parent(const struct weight *weights, size_t count, int node)
{
    for (size_t i = 0; i < count; i++)
        if (weights[i].parent == node)
            return true;
    return false;
}

static int64_t
sum_under(const struct weight *weights, size_t count, int parent)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        if (weights[i].parent == parent)
            sum += weights[i].share_ppm;
    return sum;
}

static const char *
find_problem(const struct weight *weights, size_t count, size_t *at)
{
    *at = 0;
    if (count == 0 || count > WEIGHTS_MAX)
        return "there must be 1 to 256 weights";
    for (size_t i = 0; i < count; i++) {
        *at = i;
        if (weights[i].parent < -1 || weights[i].parent >= (int)i)
            return "a weight must stand after its parent";
        if (weights[i].share_ppm < 1 || weights[i].share_ppm > WEIGHT_WHOLE)
            return "a weight must be 1 to 1000000 ppm";
        if (levels_of(weights, i) > WEIGHT_LEVELS_MAX)
            return "weights go at most 6 levels deep";
    }
    for (size_t i = 0; i < count; i++) {
        *at = i;
        if (sum_under(weights, count, weights[i].parent) != WEIGHT_WHOLE)
            return "the weights beside this one do not add up to 1000000 ppm";
    }
    return NULL;
}

// A leaf's share of the whole, in 10^-36: six levels of 10^6, so always exact.
static uint128
exact_share(const struct weight *weights, size_t i)
{
    uint128 share = 1;
    int levels = 0;

    for (int node = (int)i; node >= 0; node = weights[node].parent) {
        share = share * (uint64_t)weights[node].share_ppm;
        levels++;
    }
    for (; levels < WEIGHT_LEVELS_MAX; levels++)
        share = share * WEIGHT_WHOLE;
    return share;
}

static size_t
largest(const uint128 *rests, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++)
        if (rests[i] > rests[best])
            best = i;
    return best;
}

const char *
weight_flatten(const struct weight *weights, size_t count, int64_t *flat,
               size_t *at)
{
    const uint128 unit = (uint128)1000000000000000 * 1000000000000000;
    const char *problem = find_problem(weights, count, at);
    uint128 rests[WEIGHTS_MAX] = {0};
    int64_t left = WEIGHT_WHOLE;

    if (problem)
        return problem;
    for (size_t i = 0; i < count; i++) {
        flat[i] = 0;
        if (is_parent(weights, count, (int)i))
            continue;
        uint128 share = exact_share(weights, i);
        flat[i] = (int64_t)(share / unit);
        rests[i] = share % unit;
        left -= flat[i];
    }
    for (; left > 0; left--) {
        size_t best = largest(rests, count);
        flat[best]++;
        rests[best] = 0;
    }
    return NULL;
}
