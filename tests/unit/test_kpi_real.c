// SPDX-License-Identifier: Apache-2.0
//
// The 250 real respondents of ecsi_mobi, counted here, formed by the product,
// held against the reference figures: numerator, denominator and micro.
#include "common/domain/histogram.h"
#include "common/domain/kpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS = 24, VALUES = 11, GROUPS = 11, ALL = 10, LINE_MAX_BYTES = 512 };

// Groups 0..9 are the rows by their number modulo 10, the last is all of them.
static struct {
    char names[ITEMS][16];
    struct item items[ITEMS];
    int64_t answers[GROUPS][ITEMS][VALUES];
    int64_t gaps[GROUPS][256]; // PERQ1 - CUEX1, by 128 + gap
} sample;

static uint16_t
item_of(const char *name)
{
    for (uint16_t i = 0; i < ITEMS; i++)
        if (strcmp(sample.names[i], name) == 0)
            return (uint16_t)(i + 1);
    fail_msg("no item %s", name);
    return 0;
}

static FILE *
open_data(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", DATA_DIR, name);
    return fopen(path, "r");
}

static void
count_row(const uint8_t values[ITEMS], int group)
{
    int gap = values[item_of("PERQ1") - 1] - values[item_of("CUEX1") - 1];

    for (size_t i = 0; i < ITEMS; i++)
        sample.answers[group][i][values[i]]++;
    sample.gaps[group][128 + gap]++;
}

// Reads the file; false when it is not there.
static bool
read_sample(void)
{
    FILE *file = open_data("ecsi_mobi.csv");
    char line[LINE_MAX_BYTES];
    int row = 0;

    if (!file)
        return false;
    for (; fgets(line, sizeof line, file); row++) {
        uint8_t values[ITEMS];
        char *rest = line, *cell;

        for (size_t i = 0; (cell = strsep(&rest, ",\r\n")) && i < ITEMS; i++) {
            if (row == 0)
                (void)snprintf(sample.names[i], sizeof sample.names[i], "%s",
                               cell);
            else
                values[i] = (uint8_t)strtoul(cell, NULL, 10);
        }
        if (row == 0)
            continue;
        count_row(values, (row - 1) % 10);
        count_row(values, ALL);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(row, 251);
    for (uint16_t i = 0; i < ITEMS; i++)
        sample.items[i] =
            (struct item){.number = (uint16_t)(i + 1), .lo = 1, .hi = 10};
    return true;
}

static const struct tally *
tally_of(int group)
{
    static uint32_t counters[1024];
    static int64_t values[1024];
    static struct tally tally;

    tally = (struct tally){0, 1024, counters, values};
    for (uint32_t i = 0; i < ITEMS; i++)
        for (uint32_t value = 0; value < VALUES; value++)
            if (sample.answers[group][i][value] != 0) {
                counters[tally.used] = counter(COUNTER_ANSWER, i + 1, value);
                values[tally.used++] = sample.answers[group][i][value];
            }
    for (uint32_t gap = 0; gap < 256; gap++)
        if (sample.gaps[group][gap] != 0) {
            counters[tally.used] = counter(COUNTER_GAP, 1, gap);
            values[tally.used++] = sample.gaps[group][gap];
        }
    return &tally;
}

// The rule a metric's name stands for; false when no KPI forms it.
static bool
rule_of(const char *metric, struct kpi_rule *rule)
{
    char name[16];

    *rule = (struct kpi_rule){.item_count = 1};
    if (sscanf(metric, "mean_%15s", name) == 1) {
        rule->form = KPI_MEAN;
        rule->items[0] = item_of(name);
    } else if (sscanf(metric, "nps_%15s", name) == 1) {
        rule->form = KPI_NPS;
        rule->items[0] = item_of(name);
        rule->cut = 9;
        rule->detractor_cut = 6;
    } else if (strcmp(metric, "recommend_ge8_share") == 0) {
        rule->form = KPI_SHARE;
        rule->items[0] = item_of("CUSL3");
        rule->cut = 8;
    } else if (sscanf(metric, "top2box_%15s", name) == 1) {
        rule->form = KPI_SHARE;
        rule->items[0] = item_of(name);
        rule->cut = 9;
    } else if (strcmp(metric, "gap_PERQ1_minus_CUEX1") == 0) {
        rule->form = KPI_GAP;
        rule->pair = 1;
    } else if (strncmp(metric, "acsi_", 5) == 0) {
        rule->form = KPI_INDEX;
        rule->item_count = 3;
        for (uint16_t i = 0; i < 3; i++) {
            rule->items[i] = (uint16_t)(item_of("CUSA1") + i);
            rule->weights[i] = 1;
        }
        (void)sscanf(metric, "acsi_w%" SCNu32 "_%" SCNu32 "_%" SCNu32,
                     &rule->weights[0], &rule->weights[1], &rule->weights[2]);
    } else {
        return false;
    }
    return true;
}

struct figure {
    char group[32], metric[64];
    int64_t num, den, micro;
};

static bool
read_figure(const char *line, struct figure *figure)
{
    return sscanf(line,
                  "ecsi_mobi,%31[^,],%63[^,],%" SCNd64 ",%" SCNd64
                  ",%*d,%" SCNd64,
                  figure->group, figure->metric, &figure->num, &figure->den,
                  &figure->micro) == 5;
}

static void
check_kpi(const struct figure *figure, const struct tally *tally,
          const struct kpi_rule *rule)
{
    const struct rulebook rulebook = {.item_count = ITEMS,
                                      .items = sample.items};
    struct kpi kpi = kpi_of(&rulebook, rule, tally, true);

    assert_true(kpi.has_value);
    assert_int_equal(kpi.num, figure->num);
    assert_int_equal(kpi.den, figure->den);
    assert_int_equal(kpi.value_micro, figure->micro);
    if (rule->form == KPI_GAP) { // counted apart, not in the file
        assert_int_equal(kpi.above, 108);
        assert_int_equal(kpi.equal, 82);
        assert_int_equal(kpi.below, 60);
    }
}

// The histogram holds the squares too, though no KPI shows them.
static int64_t
squares_of(const struct tally *tally, uint16_t item)
{
    int64_t squares = 0;

    for (uint8_t value = 1; value < VALUES; value++)
        squares += value * (int64_t)histogram_part(tally, COUNTER_ANSWER, item,
                                                   value, value)
                               .sum;
    return squares;
}

// n_, sum_ and sumsq_ of an item.
static bool
check_sums(const struct figure *figure, const struct tally *tally)
{
    char name[16];
    bool sum = sscanf(figure->metric, "sum_%15s", name) == 1;

    if (sscanf(figure->metric, "sumsq_%15s", name) == 1) {
        assert_int_equal(squares_of(tally, item_of(name)), figure->num);
        return true;
    }
    if (!sum && sscanf(figure->metric, "n_%15s", name) != 1)
        return false;
    struct histogram_part part =
        histogram_part(tally, COUNTER_ANSWER, item_of(name), 0, SCALE_MAX);
    assert_int_equal(sum ? part.sum : part.n, figure->num);
    return true;
}

static void
real_responses_give_the_reference_figures(void **state)
{
    (void)state;
    char line[LINE_MAX_BYTES];
    size_t kpis = 0, sums = 0;
    FILE *file = open_data("reference_figures.csv");

    if (!file || !read_sample()) {
        print_message("skipped: no reference data in %s\n", DATA_DIR);
        skip();
    }
    while (fgets(line, sizeof line, file)) {
        struct figure figure;
        struct kpi_rule rule;
        int group = ALL;

        if (!read_figure(line, &figure))
            continue;
        (void)sscanf(figure.group, "row0_mod10=%d", &group);
        const struct tally *tally = tally_of(group);
        if (rule_of(figure.metric, &rule)) {
            check_kpi(&figure, tally, &rule);
            kpis++;
        } else {
            sums += check_sums(&figure, tally);
        }
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(kpis, 24 + 2 + 10 + 4); // means, ACSI, groups, others
    assert_int_equal(sums, 3 * 24);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_responses_give_the_reference_figures),
    };
    return cmocka_run_group_tests_name("kpi_real", tests, NULL, NULL);
}
