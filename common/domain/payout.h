// SPDX-License-Identifier: Apache-2.0
//
// payout: a score becomes the share of the full rebate it earns.
//
// A ladder of steps (score, ratio), read in one of two ways:
//   linear  between two steps in proportion, floored to ppm; outside the first
//           and the last their ratios.  No cliffs: the default.
//   tiers   the ratio of the highest step reached, 0 below the first, as maker
//           programmes with classes of dealers pay.  Two responses can move a
//           tier; so a score near one is told to be borderline.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAYOUT_STEPS_MAX = 16,
    PAYOUT_SCORE_MAX = 100 * 1000000, // micro
    PAYOUT_RATIO_MAX = 1000000,       // ppm: the full rebate
};

enum payout_form { PAYOUT_LINEAR, PAYOUT_TIERS };

struct payout_step {
    int64_t score_micro; // 0..PAYOUT_SCORE_MAX, ascending
    int64_t ratio_ppm;   // 0..PAYOUT_RATIO_MAX, never falling
};

struct payout_ladder {
    enum payout_form form;
    size_t count; // 1..PAYOUT_STEPS_MAX
    struct payout_step steps[PAYOUT_STEPS_MAX];
};

// payout_problem returns what is wrong with a ladder as a constant sentence
// and the step it is wrong at; NULL when nothing is.
const char *payout_problem(const struct payout_ladder *ladder, size_t *at);

// payout_ratio returns the ratio of a score, in ppm, floored.
int64_t payout_ratio(const struct payout_ladder *ladder, int64_t score_micro);

// payout_next finds the first step above a score that pays more than the score
// does: the gap to it is what a dealer can still earn.  False at the top.
bool payout_next(const struct payout_ladder *ladder, int64_t score_micro,
                 struct payout_step *next);

// payout_is_borderline tells whether a step at which the ratio changes lies
// within reach_micro (c standard errors) of a score.
bool payout_is_borderline(const struct payout_ladder *ladder,
                          int64_t score_micro, int64_t reach_micro);
