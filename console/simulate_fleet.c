// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_fleet.h"

#include "console/simulate_scene.h"

enum { SKEW_MAX_MS = 90 * MINUTE_MS };

uint32_t
fleet_lane(size_t dealer, uint32_t lanes)
{
    return (uint32_t)(dealer % lanes);
}

uint32_t
fleet_spare_lane(size_t dealer, uint32_t lanes)
{
    return (uint32_t)((dealer + 1) % lanes);
}

// customers_of is how many customers a dealer has: about half of them are seen
// in a month, some of those twice.
static uint32_t
customers_of(uint32_t visits)
{
    return visits * 2 < TOLD_CUSTOMERS_MAX ? visits * 2 : TOLD_CUSTOMERS_MAX;
}

static void
play_month(struct scene *scene, uint32_t month)
{
    uint32_t visits = scene->options->visits;
    scene->month = month;
    scene->dice = dice_of(scene->options->seed, scene->dealer, month);
    scene->next_case = 0;
    uint32_t count =
        (uint32_t)dice_between(&scene->dice, visits / 2, visits + visits / 2);
    for (uint32_t i = 0; i < count; i++)
        scene_visit(scene, i);
}

void
fleet_play(const struct fleet_options *options, const struct rulebook *rulebook,
           const struct directory *directory, struct plan *plan,
           struct truth *truth)
{
    for (size_t i = 0; i < directory->dealer_count; i++) {
        struct dice dice = dice_of(options->seed, i, 0);
        struct scene scene = {
            .options = options,
            .rulebook = rulebook,
            .plan = plan,
            .truth = truth,
            .dealer_id = directory->dealers[i].id,
            .dealer = i,
            .quality = (uint32_t)(720 + dice_bell(&dice, 250)),
            .customers = customers_of(options->visits),
        };
        int64_t skew = dice_between(&dice, -SKEW_MAX_MS, SKEW_MAX_MS);
        if ((options->faults & FAULT_SKEW) != 0)
            scene.skew_ms = skew;
        for (uint32_t month = options->first; month <= options->last; month++)
            play_month(&scene, month);
    }
}
