// SPDX-License-Identifier: Apache-2.0
#include "console/check_tests.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/domain/example.h"

static const char *
figure_name(const struct rulebook *rulebook,
            const struct example_expected *expected)
{
    switch (expected->figure) {
    case EXAMPLE_KPI:
        return rulebook->kpis[expected->kpi].id;
    case EXAMPLE_SCORE:
        return "score";
    case EXAMPLE_CONSISTENCY:
        return "consistency";
    case EXAMPLE_RATIO:
        return "ratio_ppm";
    case EXAMPLE_FEN:
        return "fen";
    }
    abort(); // every figure is listed above
}

static void
figure_text(enum example_figure figure, bool has_value, int64_t value,
            char text[KPI_TEXT_MAX])
{
    if (!has_value)
        (void)snprintf(text, KPI_TEXT_MAX, "no data");
    else if (figure == EXAMPLE_KPI || figure == EXAMPLE_SCORE)
        kpi_text(value, text);
    else
        (void)snprintf(text, KPI_TEXT_MAX, "%" PRId64, value);
}

static void
tell(const struct rulebook *rulebook, const struct example *example,
     const struct example_expected *expected,
     const struct example_result *result, const char *file,
     struct problems *problems)
{
    char want[KPI_TEXT_MAX], got[KPI_TEXT_MAX], key[PROBLEM_TEXT_MAX];

    figure_text(expected->figure, expected->has_value, expected->value, want);
    figure_text(expected->figure, result->has_value, result->value, got);
    (void)snprintf(key, sizeof key, "tests[%td].%s.%s",
                   example - rulebook->examples,
                   expected->figure == EXAMPLE_KPI ? "expect" : "pays",
                   figure_name(rulebook, expected));
    problem_add(problems, file, expected->line, key, "%s: expected %s, got %s",
                example->name, want, got);
}

// run returns how many figures of an example are as expected.
static size_t
run(struct example_room *room, const struct rulebook *rulebook,
    const struct example *example, struct example_result *results,
    const char *file, struct problems *problems)
{
    size_t good = 0;

    if (!example_run(room, rulebook, example, results)) {
        problem_add(problems, file, example->line, "tests",
                    "%s: its numbers are too large to add up", example->name);
        return 0;
    }
    for (size_t i = 0; i < example->expected_count; i++) {
        if (example_holds(&example->expected[i], &results[i]))
            good++;
        else
            tell(rulebook, example, &example->expected[i], &results[i], file,
                 problems);
    }
    return good;
}

enum status
check_tests(const struct rulebook *rulebook, const char *file,
            struct problems *problems)
{
    struct example_room *room = calloc(1, sizeof *room);
    struct example_result *results =
        calloc(EXAMPLE_EXPECTED_MAX, sizeof *results);
    enum status status = room && results ? STATUS_OK : STATUS_SYSTEM;

    for (size_t i = 0; i < rulebook->example_count && status == STATUS_OK;
         i++) {
        const struct example *example = &rulebook->examples[i];
        size_t good = run(room, rulebook, example, results, file, problems);
        printf("  %s  line %-5u %zu of %zu figures  %s\n",
               good == example->expected_count ? "pass" : "FAIL", example->line,
               good, example->expected_count, example->name);
    }
    free(results);
    free(room);
    return status;
}
