// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/scheme.h"
#include "tests/support/problems.h"

#define HEAD                                                                   \
    "id: test\nversion: 1\nvalid_from: 2026-01-01\n"                           \
    "zone: {name: UTC, offset: Z}\nlookback: 730d\n"                           \
    "clocks: {general: 5min}\n"                                                \
    "items: [{number: 1, id: a, scale: [1, 10]}]\n"                            \
    "kpis:\n"                                                                  \
    "  - {id: top, form: share, item: a, cut: 9, min_n: 5}\n"                  \
    "  - {id: nps, form: nps, item: a, cut: 9, detractor_cut: 6}\n"            \
    "  - {id: sla, form: sla}\n"                                               \
    "  - {id: m, form: mean, item: a}\n"                                       \
    "  - {id: low, form: share, item: a, cut: 2, lower_is_better: true}\n"
// The rebate begins at line 14.
#define DIMENSIONS                                                             \
    "rebate:\n"                                                                \
    "  dimensions:\n"                                                          \
    "    - {id: care, weight_ppm: 600000, part: care, of: [\n"                 \
    "        {kpi: top, weight_ppm: 500000, floor_ppm: 1, threshold_ppm: 2,"   \
    " benchmark_ppm: 3},\n"                                                    \
    "        {kpi: nps, weight_ppm: 500000, floor_ppm: 1, threshold_ppm: 2,"   \
    " benchmark_ppm: 3, min_n: 7,\n"                                           \
    "         shrink: {mean_micro: -5000000, strength_micro: 9}}]}\n"          \
    "    - {kpi: low, weight_ppm: 400000, floor_ppm: 1, threshold_ppm: 2,"     \
    " benchmark_ppm: 3}\n"
#define MONEY                                                                  \
    "  max_rate_ppm: 12000\n"                                                  \
    "  knots: [{score: 60, ratio_ppm: 0}, {score: 82.5, ratio_ppm: 700000}]\n"
#define GATES                                                                  \
    "  gates:\n"                                                               \
    "    - {id: s, ask: [{figure: sample, at_least: 100}], effect: peers}\n"   \
    "    - {id: c, ask: [{figure: contact, not_below_ppm: 900000, min_n: "     \
    "30}], effect: part, part: care}\n"

static enum status
read_text(const char *text, struct rulebook **book, struct problems *problems)
{
    *problems = (struct problems){0};
    return programme_read(span_text(text), "p.yaml", book, problems);
}

static struct rulebook *
good_book(const char *text)
{
    static struct problems problems;
    struct rulebook *book = NULL;
    enum status status = read_text(text, &book, &problems);

    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return book;
}

static void
dimensions_have_the_weights_their_groups_leave_them(void **state)
{
    (void)state;
    struct rulebook *book = good_book(HEAD DIMENSIONS MONEY GATES);
    const struct scheme *scheme = book->scheme;

    assert_non_null(scheme);
    assert_int_equal(scheme->dimension_count, 3);
    const struct scheme_dimension *one = scheme->dimensions;
    assert_string_equal(one[0].kpi, "top");
    assert_int_equal(one[0].weight_ppm, 300000);
    assert_int_equal(one[1].weight_ppm, 300000);
    assert_int_equal(one[2].weight_ppm, 400000);
    assert_int_equal(one[0].form, POINTS_OF_HUNDRED);
    assert_int_equal(one[1].form, POINTS_OF_NPS);
    assert_true(one[2].lower_is_better);
    assert_int_equal(one[0].min_n, 5);
    assert_int_equal(one[1].min_n, 7);
    assert_true(one[1].is_shrunken);
    assert_int_equal(one[1].shrink.mean_micro, -5000000);
    assert_int_equal(one[0].part, 0);
    assert_int_equal(one[1].part, 0);
    assert_int_equal(one[2].part, SCHEME_NO_PART);
    assert_string_equal(scheme->parts[0], "care");
    programme_free(book);
}

static void
knots_gates_and_calendar_are_read(void **state)
{
    (void)state;
    struct rulebook *book =
        good_book(HEAD DIMENSIONS MONEY GATES "  consistency: 10\n"
                                              "  caps: {rise_ppm: 100000}\n"
                                              "  budget_fen: 500\n"
                                              "  calendar: {final: 60}\n");
    const struct scheme *scheme = book->scheme;

    assert_int_equal(scheme->consistency, 10);
    assert_int_equal(scheme->ladder.form, PAYOUT_LINEAR);
    assert_int_equal(scheme->ladder.steps[1].score_micro, 82500000);
    assert_int_equal(scheme->max_rate_ppm, 12000);
    assert_true(scheme->has_budget);
    assert_int_equal(scheme->budget, 500);
    assert_int_equal(scheme->gates.count, 2);
    assert_int_equal(scheme->gates.gates[1].questions[0].form, GATE_NOT_BELOW);
    assert_int_equal(scheme->gates.gates[1].questions[0].min_den, 30);
    assert_true(scheme->gates.caps.has_rise);
    assert_false(scheme->gates.caps.has_fall);
    assert_int_equal(scheme->provisional_days, 10);
    assert_int_equal(scheme->final_days, 60);
    programme_free(book);
}

static void
tiers_and_exchanges_are_read(void **state)
{
    (void)state;
    struct rulebook *book =
        good_book(HEAD DIMENSIONS "  max_rate_ppm: 1\n"
                                  "  tiers: [{score: 70, ratio_ppm: 5}]\n");
    assert_int_equal(book->scheme->ladder.form, PAYOUT_TIERS);
    programme_free(book);
    book = good_book(HEAD DIMENSIONS "  exchange: {withhold_ppm: 20000}\n");
    assert_int_equal(book->scheme->payout, SCHEME_EXCHANGE);
    assert_int_equal(book->scheme->withhold_ppm, 20000);
    programme_free(book);
    book = good_book(HEAD);
    assert_null(book->scheme);
    programme_free(book);
}

static void
every_flaw_is_told_with_line_and_key(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *key, *part;
    } flaws[] = {
        {HEAD "rebate: {knots: [{score: 1, ratio_ppm: 1}], max_rate_ppm: 1}\n",
         14, "rebate.dimensions", "missing"},
        {HEAD "rebate:\n  exchange: {withhold_ppm: 1}\n  dimensions:\n"
              "    - {kpi: top, weight_ppm: 999999, floor_ppm: 1, "
              "threshold_ppm: 2, benchmark_ppm: 3}\n",
         17, "rebate.dimensions[0].weight_ppm", "add up"},
        {HEAD "rebate:\n  exchange: {withhold_ppm: 1}\n  dimensions:\n"
              "    - {kpi: top, weight_ppm: 1000000, floor_ppm: 1, "
              "threshold_ppm: 4, benchmark_ppm: 3}\n",
         17, "rebate.dimensions[0].threshold_ppm", "above the benchmark"},
        {HEAD "rebate:\n  exchange: {withhold_ppm: 1}\n  dimensions:\n"
              "    - {kpi: m, weight_ppm: 1000000, floor_ppm: 1, "
              "threshold_ppm: 2, benchmark_ppm: 3}\n",
         17, "rebate.dimensions[0].kpi", "cannot be paid for"},
        {HEAD "rebate:\n  exchange: {withhold_ppm: 1}\n  dimensions:\n"
              "    - {kpi: who, weight_ppm: 1000000, floor_ppm: 1, "
              "threshold_ppm: 2, benchmark_ppm: 3}\n",
         17, "rebate.dimensions[0].kpi", "not the id of one of the kpis"},
        {HEAD "rebate:\n  exchange: {withhold_ppm: 1}\n  dimensions:\n"
              "    - {id: x, weight_ppm: 1000000}\n",
         17, "rebate.dimensions[0]", "must have a kpi"},
        {HEAD DIMENSIONS, 15, "rebate", "one of knots, tiers and exchange"},
        {HEAD DIMENSIONS MONEY "  exchange: {withhold_ppm: 1}\n", 15, "rebate",
         "one of knots, tiers and exchange"},
        {HEAD DIMENSIONS "  max_rate_ppm: 1\n  knots:\n"
                         "    - {score: 60, ratio_ppm: 2}\n"
                         "    - {score: 70, ratio_ppm: 1}\n",
         24, "rebate.knots[1]", "must not be below"},
        {HEAD DIMENSIONS "  max_rate_ppm: 1\n"
                         "  knots: [{score: 1.5000001, ratio_ppm: 2}]\n",
         22, "rebate.knots[0].score", "82.5"},
        {HEAD DIMENSIONS "  knots: [{score: 1, ratio_ppm: 2}]\n", 15,
         "rebate.max_rate_ppm", "missing"},
        {HEAD DIMENSIONS MONEY
         "  gates: [{id: g, ask: [{figure: sample, at_least_ppm: 1}], "
         "effect: zero}]\n",
         23, "rebate.gates[0].ask[0].at_least_ppm", "is a count"},
        {HEAD DIMENSIONS MONEY
         "  gates: [{id: g, ask: [{figure: audit, at_most: 1}], "
         "effect: zero}]\n",
         23, "rebate.gates[0].ask[0].at_most", "is a share"},
        {HEAD DIMENSIONS MONEY
         "  gates: [{id: g, ask: [{figure: audit}], effect: zero}]\n",
         23, "rebate.gates[0].ask[0]", "one limit"},
        {HEAD DIMENSIONS MONEY
         "  gates: [{id: g, ask: [{figure: moon, at_most: 1}], "
         "effect: zero}]\n",
         23, "rebate.gates[0].ask[0].figure", ""},
        {HEAD DIMENSIONS MONEY
         "  gates: [{id: g, ask: [{figure: veto, at_most: 1}], "
         "effect: part, part: moon}]\n",
         23, "rebate.gates[0].part", "no dimension belongs"},
        {HEAD DIMENSIONS MONEY
         "  gates: [{id: g, ask: [{figure: veto, at_most: 1}], "
         "effect: factor}]\n",
         23, "rebate.gates[0].amount_ppm", "missing"},
        {HEAD DIMENSIONS "  exchange: {withhold_ppm: 1}\n" GATES, 15, "rebate",
         "no gates"},
        {HEAD DIMENSIONS MONEY "  calendar: {provisional: 9}\n", 23,
         "rebate.calendar.provisional", "before the grace ends"},
        {HEAD DIMENSIONS MONEY "  calendar: {decisions: 50}\n", 15, "rebate",
         "is before decisions, day 50"},
        {HEAD DIMENSIONS MONEY "  knott: 1\n", 23, "rebate.knott", ""},
    };

    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        static struct problems problems;
        struct rulebook *book = NULL;
        assert_int_equal(read_text(flaws[i].text, &book, &problems),
                         STATUS_MALFORMED);
        expect_problem(&problems, "p.yaml", flaws[i].line, flaws[i].key,
                       flaws[i].part);
    }
}

static void
a_dealer_goes_all_the_way_from_figures_to_fen(void **state)
{
    (void)state;
    struct rulebook *book = good_book(
        HEAD "rebate:\n  dimensions:\n"
             "    - {kpi: top, weight_ppm: 500000, part: care, floor_ppm: "
             "400000, threshold_ppm: 600000, benchmark_ppm: 800000}\n"
             "    - {kpi: nps, weight_ppm: 300000, floor_ppm: 400000, "
             "threshold_ppm: 500000, benchmark_ppm: 700000}\n"
             "    - {kpi: low, weight_ppm: 200000, floor_ppm: 700000, "
             "threshold_ppm: 900000, benchmark_ppm: 1000000}\n" MONEY GATES);
    const struct kpi period[] = {{.has_value = true,
                                  .n = 100,
                                  .num = 75,
                                  .den = 100,
                                  .value_micro = 75000000},
                                 {.has_value = true,
                                  .n = 100,
                                  .num = 20,
                                  .den = 100,
                                  .value_micro = 20000000},
                                 {.has_value = true,
                                  .n = 100,
                                  .num = 4,
                                  .den = 100,
                                  .value_micro = 4000000}};
    const struct kpi before[3] = {{0}};
    struct points_measure measures[3];
    struct gate_input figures = {
        .peer_ppm = 300000,
        .figures = {[GATE_SAMPLE] = {100, 1}, [GATE_CONTACT] = {22, 30}}};
    struct scheme_outcome outcome;

    scheme_measures(book->scheme, period, before, measures);
    assert_int_equal(measures[0].performance, 750000);
    assert_int_equal(measures[1].performance, 600000);
    assert_int_equal(measures[2].performance, 960000);
    assert_false(measures[0].has_base);
    // Points 7, 5, 6: base (3.5 + 1.5 + 1.2) * 8 = 49.6, consistency 20.
    assert_true(scheme_settle(book->scheme, measures, &figures,
                              INT64_C(10000000000), &outcome));
    assert_int_equal(outcome.score.score_micro, 69600000);
    // 700000 * 9.6 / 22.5 = 298666.67; half of it is the care part.
    assert_int_equal(outcome.ratio_ppm, 298666);
    assert_int_equal(outcome.gates.ratio_ppm, 149333);
    assert_int_equal(outcome.gross.fen, 17919960);
    assert_true(outcome.has_next);
    assert_int_equal(outcome.next.score_micro, 82500000);
    figures.figures[GATE_SAMPLE].num = 99;
    figures.figures[GATE_CONTACT].num = 30;
    assert_true(scheme_settle(book->scheme, measures, &figures,
                              INT64_C(10000000000), &outcome));
    assert_int_equal(outcome.gates.ratio_ppm, 300000);
    assert_false(scheme_settle(book->scheme, measures, &figures, -1, &outcome));
    programme_free(book);
}

static void
too_few_answers_are_no_performance(void **state)
{
    (void)state;
    struct rulebook *book = good_book(HEAD DIMENSIONS MONEY GATES);
    const struct scheme_dimension *nps = &book->scheme->dimensions[1];
    struct kpi kpi = {
        .has_value = true, .n = 6, .num = 3, .den = 6, .value_micro = 50000000};
    int64_t ppm;

    assert_false(scheme_input(nps, &kpi, &ppm));
    kpi.n = kpi.den = 7;
    // (7 * 42.857143 + 0.000009 * -5) / 7.000009, on -100..100
    assert_true(scheme_input(nps, &kpi, &ppm));
    assert_int_equal(ppm, 714285);
    kpi.has_value = false;
    assert_false(scheme_input(nps, &kpi, &ppm));
    programme_free(book);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dimensions_have_the_weights_their_groups_leave_them),
        cmocka_unit_test(knots_gates_and_calendar_are_read),
        cmocka_unit_test(tiers_and_exchanges_are_read),
        cmocka_unit_test(every_flaw_is_told_with_line_and_key),
        cmocka_unit_test(a_dealer_goes_all_the_way_from_figures_to_fen),
        cmocka_unit_test(too_few_answers_are_no_performance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
