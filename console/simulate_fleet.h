// SPDX-License-Identifier: Apache-2.0
//
// simulate_fleet: who there is and what happens to them.
//
// Every dealer of the directory gets visits, surveys and complaints in every
// month, of a quality of its own.  What happens is told to the truth; what is
// sent about it, wrong clocks, late, twice, in the wrong order, taken back,
// goes into the plan.  The fleet asks the rulebook's first questionnaire.
#pragma once

#include "common/domain/directory.h"
#include "common/domain/rulebook.h"
#include "console/simulate_plan.h"
#include "console/simulate_truth.h"

enum fault {
    FAULT_SKEW = 1,       // clocks of dealers are wrong by up to 90 minutes
    FAULT_LATE = 2,       // some events arrive weeks later
    FAULT_DUPLICATES = 4, // some arrive again, through another terminal
    FAULT_DISORDER = 8,   // some arrive days before what happened before them
    FAULT_VOIDS = 16,     // HQ voids, un-voids, corrects, holds, releases
};

struct fleet_options {
    uint64_t seed;
    uint32_t first, last; // months
    int64_t until;        // nothing happens from then on (ms UTC)
    uint32_t visits;      // of a dealer in a month, on average
    uint32_t lanes;       // dealers' terminals; HQ's is the lane after them
    unsigned faults;
};

// fleet_lane is the terminal a dealer uses, fleet_spare_lane the one that may
// also speak for it.
uint32_t fleet_lane(size_t dealer, uint32_t lanes);
uint32_t fleet_spare_lane(size_t dealer, uint32_t lanes);

// fleet_play fills plan and truth.  The rulebook has a questionnaire.
void fleet_play(const struct fleet_options *options,
                const struct rulebook *rulebook,
                const struct directory *directory, struct plan *plan,
                struct truth *truth);
