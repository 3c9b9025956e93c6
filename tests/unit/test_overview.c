// SPDX-License-Identifier: Apache-2.0
#include "reporter/overview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "figures_support.h"

static const uint32_t MONTHS[] = {OCTOBER, SEPTEMBER};

struct fixture {
    struct tally_table *table;
    struct material material;
    struct overview *overview;
};

static int
begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    fixture->table = sample_table();
    fixture->material = (struct material){.rulebook = &sample_rules,
                                          .directory = &sample_directory,
                                          .table = fixture->table,
                                          .months = MONTHS,
                                          .month_count = 2,
                                          .now_ms = NOVEMBER_5};
    return 0;
}

static int
end(void **state)
{
    struct fixture *fixture = *state;

    overview_close(fixture->overview);
    tally_table_free(fixture->table);
    free(fixture);
    return 0;
}

static const struct overview *
look(struct fixture *fixture, const char *period, const char *kpi,
     const char *scope)
{
    char problem[SELECTION_PROBLEM_MAX];
    struct selection selection;

    overview_close(fixture->overview);
    fixture->overview = NULL;
    assert_int_equal(selection_make(&selection, &fixture->material, period, kpi,
                                    scope, problem),
                     STATUS_OK);
    assert_int_equal(
        overview_open(&fixture->overview, &fixture->material, &selection),
        STATUS_OK);
    return fixture->overview;
}

// line_of returns the only line of a KPI.
static const struct overview_line *
line_of(const struct overview *overview, const char *kpi)
{
    const struct overview_line *found = NULL;

    for (size_t i = 0; i < overview->line_count; i++) {
        if (strcmp(overview->lines[i].rule->id, kpi) != 0)
            continue;
        assert_null(found);
        found = &overview->lines[i];
    }
    assert_non_null(found);
    return found;
}

static void
whatever_kpi_is_asked_for_has_a_line(void **state)
{
    const struct overview *overview =
        look(*state, "2026-10", "topbox", "nation");

    assert_int_equal(overview->line_count, sample_rules.kpi_count);
    line_of(overview, "topbox");

    overview = look(*state, "2026-10", "mean_overall", "nation");
    assert_int_equal(overview->line_count, sample_rules.kpi_count + 1);
    const struct overview_line *line = line_of(overview, "mean_overall");
    // A 8 and three 10, B 5 and three 9, C 1 and 10, E seven 10.
    assert_int_equal(line->total.num, 38 + 32 + 11 + 70);
    assert_int_equal(line->total.den, 4 + 4 + 2 + 7);
    // September: A twice 1.
    assert_int_equal(line->previous.num, 2);
    assert_int_equal(line->previous.den, 2);
    assert_int_equal(line->months[OVERVIEW_MONTHS - 1].num, line->total.num);
    assert_int_equal(line->months[OVERVIEW_MONTHS - 2].num, 2);
    assert_false(line->months[0].has_value);
}

// Field by field: between them lies what nobody wrote.
static void
assert_same(const struct kpi *a, const struct kpi *b)
{
    assert_int_equal(a->has_value, b->has_value);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->num, b->num);
    assert_int_equal(a->den, b->den);
    assert_int_equal(a->value_micro, b->value_micro);
    assert_int_equal(a->flagged, b->flagged);
    assert_int_equal(a->proven, b->proven);
    assert_int_equal(a->above, b->above);
    assert_int_equal(a->equal, b->equal);
    assert_int_equal(a->below, b->below);
}

// A period of two months looks each of its months up, one of one month does
// not.
static void
a_month_says_the_same_in_every_period(void **state)
{
    struct kpi september[3], october[3];

    const struct overview *two =
        look(*state, "2026-09..2026-10", "topbox", "nation");
    assert_int_equal(two->months[OVERVIEW_MONTHS - 1], OCTOBER);
    assert_int_equal(two->months[0], OCTOBER - 12);
    for (size_t i = 0; i < two->line_count; i++) {
        september[i] = two->lines[i].months[OVERVIEW_MONTHS - 2];
        october[i] = two->lines[i].months[OVERVIEW_MONTHS - 1];
    }
    const struct overview *one = look(*state, "2026-10", "topbox", "nation");
    assert_int_equal(one->months[OVERVIEW_MONTHS - 1], OCTOBER);
    assert_int_equal(one->months[0], OCTOBER - 12);
    for (size_t i = 0; i < one->line_count; i++) {
        const struct overview_line *line = &one->lines[i];
        assert_same(&line->total, &october[i]);
        assert_same(&line->previous, &september[i]);
        assert_same(&line->months[OVERVIEW_MONTHS - 1], &october[i]);
        assert_same(&line->months[OVERVIEW_MONTHS - 2], &september[i]);
    }
    assert_int_equal(line_of(one, "topbox")->total.num, 14);
    assert_int_equal(line_of(one, "topbox")->previous.den, 2);
}

static void
events_that_came_late_are_those_of_the_scope_and_period(void **state)
{
    assert_int_equal(look(*state, "2026-10", NULL, "nation")->late, 3 + 7);
    assert_int_equal(look(*state, "2026-09..2026-10", NULL, "nation")->late,
                     2 + 3 + 7);
    assert_int_equal(look(*state, "2026-10", NULL, "region:north")->late, 7);
    assert_int_equal(look(*state, "2026-10", NULL, "region:south")->late, 3);
}

static void
dealers_are_counted_in_bins_of_a_round_width(void **state)
{
    struct overview_bin bins[OVERVIEW_BINS];
    int64_t values[64] = {0}, seed = 0;

    (void)state;
    assert_int_equal(overview_bins(values, 0, bins), 0);
    values[0] = -2500000;
    assert_int_equal(overview_bins(values, 1, bins), 1);
    assert_int_equal(bins[0].from_micro, -2500000);
    assert_int_equal(bins[0].dealers, 1);
    for (int width = 1; width < 60; width++) {
        for (size_t i = 0; i < 64; i++) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            values[i] = seed % (width * width * 40000) - 30000000;
        }
        size_t used = overview_bins(values, 64, bins), all = 0;
        assert_in_range(used, 1, OVERVIEW_BINS);
        for (size_t i = 0; i < used; i++) {
            size_t inside = 0;
            for (size_t j = 0; j < 64; j++)
                inside += values[j] >= bins[i].from_micro &&
                          (values[j] < bins[i].to_micro ||
                           (i + 1 == used && values[j] == bins[i].to_micro));
            assert_int_equal(bins[i].dealers, inside);
            all += inside;
        }
        assert_int_equal(all, 64);
    }
}

// A share has no bin above 100.
static void
the_last_bin_includes_its_end(void **state)
{
    static const int64_t shares[] = {100000000, 40000000, 85000000, 100000000};
    struct overview_bin bins[OVERVIEW_BINS];

    (void)state;
    assert_int_equal(overview_bins(shares, 4, bins), 12);
    assert_int_equal(bins[0].from_micro, 40000000);
    assert_int_equal(bins[0].dealers, 1);
    assert_int_equal(bins[9].dealers, 1);
    assert_int_equal(bins[11].from_micro, 95000000);
    assert_int_equal(bins[11].to_micro, 100000000);
    assert_int_equal(bins[11].dealers, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whatever_kpi_is_asked_for_has_a_line,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            events_that_came_late_are_those_of_the_scope_and_period, begin,
            end),
        cmocka_unit_test_setup_teardown(a_month_says_the_same_in_every_period,
                                        begin, end),
        cmocka_unit_test(dealers_are_counted_in_bins_of_a_round_width),
        cmocka_unit_test(the_last_bin_includes_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
