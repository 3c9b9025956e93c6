// SPDX-License-Identifier: Apache-2.0
//
// The two files of `dealerpulse score`: any text as thresholds, any text as
// performances.  Who is scored has a score on the scale and an id fit for a
// screen; who is not has a reason.
#include "common/config/performance.h"
#include "common/config/thresholds.h"
#include "tests/fuzz/readers.h"

static const char usual[] = "dim,floor_ppm,threshold_ppm,benchmark_ppm\n"
                            "a,100000,500000,900000\nb,1,1,1\n";

static void
scale_is_fit(const struct dimension *dimension)
{
    must(dimension->name[0] && text_is_clean(span_text(dimension->name)),
         "a dimension has a name fit for a screen");
    must(points_scale_problem(&dimension->scale) == NULL,
         "thresholds are in order");
}

static void
row_is_fit(const struct performance *performance)
{
    size_t count = performance->thresholds->count;
    struct points_score score =
        points_score(performance->measures, count, POINTS_CONSISTENCY);

    must(performance->id[0] && text_is_clean(span_text(performance->id)),
         "an id is fit for a screen");
    must(score.base_micro >= 0 && score.base_micro <= 80000000 &&
             score.consistency >= 0 && score.consistency <= 20,
         "a score is on its scale");
    must(!score.has_value || score.weakest < count, "the weakest is one");
}

static void
read_performances(struct span text, const struct thresholds *thresholds)
{
    static struct performance performance;
    static struct problems problems;

    problems = (struct problems){0};
    enum status status =
        performance_open(&performance, text, "p", thresholds, NULL, &problems);
    judge(status, &problems);
    while (status != STATUS_AGAIN && problems.count == 0) {
        status = performance_next(&performance);
        if (status == STATUS_OK)
            row_is_fit(&performance);
        if (status != STATUS_AGAIN)
            judge(status, &problems);
        problems = (struct problems){0};
    }
    performance_close(&performance);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct problems problems;
    struct thresholds thresholds;

    problems = (struct problems){0};
    enum status status =
        thresholds_read(span_of(data, size), "t", &thresholds, &problems);
    judge(status, &problems);
    for (size_t i = 0; status == STATUS_OK && i < thresholds.count; i++)
        scale_is_fit(&thresholds.dimensions[i]);
    problems = (struct problems){0};
    must(thresholds_read(span_text(usual), "t", &thresholds, &problems) ==
             STATUS_OK,
         "the usual thresholds are good");
    read_performances(span_of(data, size), &thresholds);
    return 0;
}
