// SPDX-License-Identifier: Apache-2.0
//
// Broken rulebooks, one flaw each, and the whole line that tells of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/dealers.h"
#include "common/config/peers.h"
#include "tests/support/problems.h"

static const char good[] =
    "id: test\n"                                                    // 1
    "version: 1\n"                                                  // 2
    "valid_from: 2026-01-01\n"                                      // 3
    "zone: {name: UTC, offset: Z, changes: [\n"                     // 4
    "  {at: 1990-01-01T00:00:00Z, offset: +01:00},\n"               // 5
    "  {at: 1991-01-01T00:00:00Z, offset: Z}]}\n"                   // 6
    "lookback: 730d\n"                                              // 7
    "close_days: 10\n"                                              // 8
    "clocks: {general: 5min}\n"                                     // 9
    "items:\n"                                                      // 10
    "  - {number: 1, id: a, scale: [1, 10]}\n"                      // 11
    "  - {number: 2, id: b, scale: [1, 10]}\n"                      // 12
    "questionnaires:\n"                                             // 13
    "  - {id: q, version: 1, items: [a]}\n"                         // 14
    "  - {id: q, version: 2, items: [a, b]}\n"                      // 15
    "kpis:\n"                                                       // 16
    "  - {id: top, form: share, item: a, cut: 9}\n"                 // 17
    "  - {id: nps, form: nps, item: b, cut: 9, detractor_cut: 6}\n" // 18
    "  - {id: sla, form: sla, classes: [general]}\n"                // 19
    "peers:\n"                                                      // 20
    "  - {id: big, of: [size:large]}\n"                             // 21
    "  - {id: east, of: [region:east]}\n"                           // 22
    "rebate:\n"                                                     // 23
    "  max_rate_ppm: 12000\n"                                       // 24
    "  dimensions:\n"                                               // 25
    "    - id: care\n"                                              // 26
    "      weight_ppm: 600000\n"                                    // 27
    "      of:\n"                                                   // 28
    "        - {kpi: top, weight_ppm: 700000,\n"                    // 29
    "           floor_ppm: 300000, threshold_ppm: 600000,\n"        // 30
    "           benchmark_ppm: 900000}\n"                           // 31
    "        - {kpi: nps, weight_ppm: 300000,\n"                    // 32
    "           floor_ppm: 300000, threshold_ppm: 600000,\n"        // 33
    "           benchmark_ppm: 900000}\n"                           // 34
    "    - {kpi: sla, weight_ppm: 400000, floor_ppm: 300000,\n"     // 35
    "       threshold_ppm: 600000, benchmark_ppm: 900000}\n"        // 36
    "  knots:\n"                                                    // 37
    "    - {score: 60, ratio_ppm: 0}\n"                             // 38
    "    - {score: 75, ratio_ppm: 500000}\n"                        // 39
    "    - {score: 90, ratio_ppm: 1000000}\n"                       // 40
    "  calendar: {provisional: 10, review: 20, decisions: 35, final: 45}\n"
    "tests:\n"                // 42
    "  - name: nine of ten\n" // 43
    "    responses: [{answers: {a: 9}, times: 9}, {answers: {a: 8}}]\n"
    "    expect: {top: 90}\n"; // 45

// `says` is the whole text.
static const struct flaw flaws[] = {
    // Weights that do not sum, at both levels.
    {"weight_ppm: 700000,", "weight_ppm: 700001,", 29,
     "rebate.dimensions[0].of[0].weight_ppm",
     "the weights beside this one do not add up to 1000000 ppm; now they make "
     "1000001"},
    {"weight_ppm: 400000,", "weight_ppm: 300000,", 27,
     "rebate.dimensions[0].weight_ppm",
     "the weights beside this one do not add up to 1000000 ppm; now they make "
     "900000"},
    // Thresholds out of order.
    {"floor_ppm: 300000, threshold_ppm: 600000,\n           benchmark_ppm: "
     "900000}\n        - {kpi: nps",
     "floor_ppm: 600001, threshold_ppm: 600000,\n           benchmark_ppm: "
     "900000}\n        - {kpi: nps",
     30, "rebate.dimensions[0].of[0].floor_ppm",
     "the floor is above the threshold; it must be floor <= threshold <= "
     "benchmark"},
    {"threshold_ppm: 600000, benchmark_ppm: 900000",
     "threshold_ppm: 600000, benchmark_ppm: 599999", 36,
     "rebate.dimensions[1].threshold_ppm",
     "the threshold is above the benchmark; it must be floor <= threshold <= "
     "benchmark"},
    // An item without a scale, or with one that runs backwards.
    {"id: a, scale: [1, 10]", "id: a", 11, "items[0].scale",
     "is missing: the lowest and the highest answer, such as [1, 10]"},
    {"id: a, scale: [1, 10]", "id: a, scale: [10, 1]", 11, "items[0].scale",
     "must rise: the lowest answer, then the highest"},
    // Overlapping validity.
    {"1991-01-01T00:00:00Z", "1990-01-01T00:00:00Z", 6, "zone.changes[1].at",
     "must be later than the change before it"},
    {"version: 2, items", "version: 1, items", 15, "questionnaires[1]",
     "q version 1 is listed before; a published version never changes, give it "
     "a new one"},
    {"id: east, of: [region:east]", "id: east, of: [region:east, size:large]",
     22, "peers[1]",
     "overlaps big, listed before it, which takes every dealer of it; list the "
     "narrower group first"},
    // Knots that go backwards.
    {"score: 75", "score: 60", 39, "rebate.knots[1]",
     "the score must be above that of the step before"},
    {"ratio_ppm: 1000000", "ratio_ppm: 499999", 40, "rebate.knots[2]",
     "the ratio must not be below that of the step before"},
    // A peer group of nothing.
    {"of: [size:large]", "of: []", 21, "peers[0].of",
     "must have 1 to 4 members"},
    // A close date before the grace ends.
    {"provisional: 10", "provisional: 9", 41, "rebate.calendar.provisional",
     "provisional is before the grace ends; it must be at least close_days, "
     "10"},
    {"final: 45", "final: 34", 41, "rebate.calendar.final",
     "final, day 34, is before decisions, day 35"},
    // Tests that ask for what there is not.
    {"expect: {top: 90}", "expect: {tip: 90}", 45, "tests[0].expect.tip",
     "is not the id of one of the kpis"},
    {"expect: {top: 90}", "expect: {top: 90.0000001}", 45,
     "tests[0].expect.top",
     "must be a number from -9000000000000 to 9000000000000 with at most six "
     "decimals, unquoted, such as 75 or 82.5"},
    {"expect: {top: 90}", "pays: {scare: 90}", 45, "tests[0].pays.scare", NULL},
    {"    expect: {top: 90}\n", "", 43, "tests[0]",
     "expects nothing; give figures in `expect` or `pays`"},
    {"{answers: {a: 9}", "{answers: {a: 11}", 44,
     "tests[0].responses[0].answers.a", "must be from 1 to 10"},
    {"{answers: {a: 9}", "{answers: {b: 9}", 44, "tests[0].responses[0]",
     "item 2 is not asked by q version 1"},
    {"    expect:", "    counts: {moons: 1}\n    expect:", 45,
     "tests[0].counts.moons", "is no counter; docs/KPIS.md lists them"},
    {"    expect:", "    performance_ppm: {csi: 1}\n    expect:", 45,
     "tests[0].performance_ppm.csi", "is not one of the rebate's dimensions"},
};

static void
expect_line(const struct problems *problems, const struct flaw *flaw)
{
    expect_problem(problems, "p.yaml", flaw->line, flaw->key,
                   flaw->says ? flaw->says : "");
    if (flaw->says)
        assert_string_equal(problems->list[0].text, flaw->says);
    if (problems->count != 1)
        problems_print(problems);
    assert_int_equal(problems->count, flaw->says ? 1 : problems->count);
}

static void
a_broken_rulebook_is_told_by_file_line_key_and_what_is_right(void **state)
{
    (void)state;
    static struct problems problems;
    struct rulebook *book = NULL;

    problems = (struct problems){0};
    assert_int_equal(
        programme_read(span_text(good), "p.yaml", &book, &problems), STATUS_OK);
    programme_free(book);
    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        char *text = text_with_flaw(good, &flaws[i]);
        problems = (struct problems){0};
        assert_int_equal(
            programme_read(span_text(text), "p.yaml", &book, &problems),
            STATUS_MALFORMED);
        expect_line(&problems, &flaws[i]);
        free(text);
    }
}

static void
a_peer_group_without_members_is_told_beside_the_dealers(void **state)
{
    (void)state;
    static struct problems problems;
    struct rulebook *book = NULL;
    struct directory *dealers = NULL;

    problems = (struct problems){0};
    assert_int_equal(
        programme_read(span_text(good), "p.yaml", &book, &problems), STATUS_OK);
    assert_int_equal(dealers_read(span_text("id,size\nX1,large\n"), "d.csv",
                                  &dealers, &problems),
                     STATUS_OK);
    assert_false(peers_check(book, "p.yaml", dealers, &problems));
    assert_int_equal(problems.count, 1);
    assert_string_equal(problems.list[0].text,
                        "east has no members: no row of dealers.csv is "
                        "region:east; it must hold at least one dealer, or be "
                        "taken out");
    assert_int_equal(problems.list[0].line, 22);
    assert_string_equal(problems.list[0].key, "peers[1].of");
    dealers_free(dealers);
    programme_free(book);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_broken_rulebook_is_told_by_file_line_key_and_what_is_right),
        cmocka_unit_test(
            a_peer_group_without_members_is_told_beside_the_dealers),
    };
    return cmocka_run_group_tests_name("broken_rules", tests, NULL, NULL);
}
