// SPDX-License-Identifier: Apache-2.0
#include "common/domain/freeze.h"

#include "common/domain/sort.h"

static bool
is_worse(const void *a, const void *b, const void *rule)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return *(const bool *)rule ? left > right : left < right;
}

static int64_t
bounded(int64_t ppm)
{
    return ppm < 0 ? 0 : ppm > POINTS_PPM ? POINTS_PPM : ppm;
}

void
freeze_scale(int64_t *values_micro, size_t count, enum points_form form,
             bool lower_is_better, struct points_scale *scale)
{
    const size_t best = (count + 9) / 10;

    sort_rows(values_micro, count, sizeof *values_micro, is_worse,
              &lower_is_better);
    *scale = (struct points_scale){
        .floor = bounded(points_ppm(values_micro[0], form, lower_is_better)),
        .threshold = bounded(
            points_ppm(values_micro[(count - 1) / 2], form, lower_is_better)),
        .benchmark = bounded(points_ppm_of_mean(values_micro + count - best,
                                                best, form, lower_is_better))};
}
