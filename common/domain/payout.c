// SPDX-License-Identifier: Apache-2.0
#include "common/domain/payout.h"

#include "common/domain/exact.h"

const char *
payout_problem(const struct payout_ladder *ladder, size_t *at)
{
    const struct payout_step *steps = ladder->steps;

    *at = 0;
    if (ladder->count == 0 || ladder->count > PAYOUT_STEPS_MAX)
        return "there must be 1 to 16 steps";
    for (size_t i = 0; i < ladder->count; i++) {
        *at = i;
        if (steps[i].score_micro < 0 || steps[i].score_micro > PAYOUT_SCORE_MAX)
            return "the score must be 0 to 100";
        if (steps[i].ratio_ppm < 0 || steps[i].ratio_ppm > PAYOUT_RATIO_MAX)
            return "the ratio must be 0 to 1000000 ppm";
        if (i > 0 && steps[i].score_micro <= steps[i - 1].score_micro)
            return "the score must be above that of the step before";
        if (i > 0 && steps[i].ratio_ppm < steps[i - 1].ratio_ppm)
            return "the ratio must not be below that of the step before";
    }
    return NULL;
}

// How many steps a score has reached.
static size_t
reached(const struct payout_ladder *ladder, int64_t score_micro)
{
    size_t count = 0;

    while (count < ladder->count &&
           ladder->steps[count].score_micro <= score_micro)
        count++;
    return count;
}

static int64_t
between(const struct payout_step *low, const struct payout_step *high,
        int64_t score_micro)
{
    int128 rise = high->ratio_ppm - low->ratio_ppm;
    int128 way = score_micro - low->score_micro;
    int128 whole = high->score_micro - low->score_micro;

    return low->ratio_ppm + (int64_t)exact_floor(rise * way, whole);
}

int64_t
payout_ratio(const struct payout_ladder *ladder, int64_t score_micro)
{
    const struct payout_step *steps = ladder->steps;
    size_t count = reached(ladder, score_micro);

    switch (ladder->form) {
    case PAYOUT_LINEAR:
        if (count == 0)
            return steps[0].ratio_ppm;
        if (count == ladder->count)
            return steps[count - 1].ratio_ppm;
        return between(&steps[count - 1], &steps[count], score_micro);
    case PAYOUT_TIERS:
        return count == 0 ? 0 : steps[count - 1].ratio_ppm;
    }
    return 0;
}

bool
payout_next(const struct payout_ladder *ladder, int64_t score_micro,
            struct payout_step *next)
{
    int64_t ratio = payout_ratio(ladder, score_micro);

    for (size_t i = reached(ladder, score_micro); i < ladder->count; i++)
        if (ladder->steps[i].ratio_ppm > ratio) {
            *next = ladder->steps[i];
            return true;
        }
    return false;
}

// Whether the ratio is another just below a step, or (linear) rises from it.
static bool
changes(const struct payout_ladder *ladder, size_t i)
{
    const struct payout_step *steps = ladder->steps;
    bool first = i == 0, last = i + 1 == ladder->count;

    if (ladder->form == PAYOUT_TIERS)
        return steps[i].ratio_ppm != (first ? 0 : steps[i - 1].ratio_ppm);
    return (!first && steps[i].ratio_ppm != steps[i - 1].ratio_ppm) ||
           (!last && steps[i + 1].ratio_ppm != steps[i].ratio_ppm);
}

bool
payout_is_borderline(const struct payout_ladder *ladder, int64_t score_micro,
                     int64_t reach_micro)
{
    for (size_t i = 0; i < ladder->count; i++) {
        int64_t gap = ladder->steps[i].score_micro - score_micro;

        if ((gap < 0 ? -gap : gap) <= reach_micro && changes(ladder, i))
            return true;
    }
    return false;
}
