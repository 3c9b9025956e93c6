// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/scheme.h"
#include "common/domain/tally.h"
#include "tests/support/problems.h"

static const char good[] =
    "id: test\n"               // 1
    "version: 3\n"             // 2
    "valid_from: 2026-01-01\n" // 3
    "zone:\n"                  // 4
    "  name: Test/Zone\n"      // 5
    "  offset: +01:00\n"       // 6
    "  changes: [{at: 2020-01-01T00:00:00Z, offset: +02:00}]\n"
    "  daylight:\n"        // 8
    "    offset: +03:00\n" // 9
    "    from: last sunday of march 01:00 UTC\n"
    "    until: first monday of november 02:30 UTC\n"
    "lookback: 730d\n" // 12
    "clocks: {general: 5min, complex: 24h}\n"
    "items:\n" // 14
    "  - {number: 2, id: b, scale: [1, 10]}\n"
    "  - {number: 1, id: a, scale: [1, 10]}\n"
    "  - {number: 9, id: c, scale: [0, 10]}\n"
    "questionnaires:\n" // 18
    "  - {id: q, version: 1, items: [c, b, 1], core: [b]}\n"
    "sets: [{number: 7, items: [b, a]}]\n"
    "pairs: [{number: 1, experience: a, expectation: b}]\n"
    "kpis:\n" // 22
    "  - {id: csi, form: index, items: [b, a], weights: [3, 1]}\n"
    "  - {id: nps, form: nps, item: c, cut: 9, detractor_cut: 6}\n"
    "  - {id: top, form: share, item: a, cut: 9, min_n: 5}\n"
    "  - {id: gap, form: gap, pair: 1}\n"
    "  - {id: sla, form: sla, classes: [complex]}\n"
    "  - {id: all, form: sla}\n"
    "  - {id: n, form: counter, counter: responses}\n"
    "  - {id: m, form: mean, item: a, flag_ppm: 600000}\n"
    "  - {id: r, form: ratio, num: [confirmed], den: [visits, cases],"
    " minus: [surplus], scale: 1000}\n"
    "  - {id: s, form: gaps, pairs: [1], weights: [3]}\n"
    "  - {id: w, form: quantile, of: resolution, per_cent: 90}\n";

static enum status
read_text(const char *text, struct rulebook **book, struct problems *problems)
{
    *problems = (struct problems){0};
    return programme_read(span_text(text), "p.yaml", book, problems);
}

static struct rulebook *
good_rulebook(void)
{
    static struct problems problems;
    struct rulebook *book = NULL;
    enum status status = read_text(good, &book, &problems);

    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return book;
}

static void
head_and_clocks_are_read(void **state)
{
    (void)state;
    struct rulebook *book = good_rulebook();

    assert_string_equal(book->id, "test");
    assert_int_equal(book->version, 3);
    assert_int_equal(book->lookback_ms, (int64_t)730 * DAY_MS);
    assert_int_equal(book->future_ms, DAY_MS);
    assert_int_equal(book->close_days, 10);
    assert_int_equal(book->clock_ms[CLASS_GENERAL], 5 * 60000);
    assert_int_equal(book->clock_ms[CLASS_COMPLEX], DAY_MS);
    assert_int_equal(book->clock_ms[CLASS_HARD], 0);
    assert_int_equal(book->emergency_update_ms, 1800000);
    programme_free(book);
}

static void
ranking_is_read_and_raw_without_a_word(void **state)
{
    static struct problems problems;
    struct rulebook *book = good_rulebook();
    char text[2 * sizeof good];
    (void)state;

    assert_false(book->ranking.by_estimate);
    assert_false(book->ranking.spread_of_period);
    assert_int_equal(book->ranking.c_milli, 0);
    programme_free(book);
    snprintf(text, sizeof text,
             "%sranking: {method: shrunken, spread: period, c_milli: 4570}\n",
             good);
    assert_int_equal(read_text(text, &book, &problems), STATUS_OK);
    assert_true(book->ranking.by_estimate);
    assert_true(book->ranking.spread_of_period);
    assert_int_equal(book->ranking.c_milli, 4570);
    programme_free(book);
}

static void
dates_are_midnight_in_the_zone(void **state)
{
    (void)state;
    struct rulebook *book = good_rulebook();
    int64_t midnight = days_from_civil((struct civil){2026, 1, 1}) * DAY_MS;

    // +02:00 since 2020, and no daylight time in January.
    assert_int_equal(book->valid_from, midnight - 2 * 3600000);
    assert_string_equal(book->zone.name, "Test/Zone");
    assert_int_equal(book->zone.offset_s, 3600);
    assert_int_equal(book->zone.change_count, 1);
    assert_int_equal(book->zone.changes[0].offset_s, 7200);
    assert_true(book->zone.has_daylight);
    assert_int_equal(book->zone.daylight_from.month, 3);
    assert_int_equal(book->zone.daylight_from.nth, 5);
    assert_int_equal(book->zone.daylight_from.weekday, 0);
    assert_int_equal(book->zone.daylight_from.second_of_day, 3600);
    assert_int_equal(book->zone.daylight_until.month, 11);
    assert_int_equal(book->zone.daylight_until.nth, 1);
    assert_int_equal(book->zone.daylight_until.weekday, 1);
    assert_int_equal(book->zone.daylight_until.second_of_day, 9000);
    programme_free(book);
}

static void
arrays_ascend_whatever_the_order_of_the_file(void **state)
{
    (void)state;
    struct rulebook *book = good_rulebook();
    static const uint16_t numbers[] = {1, 2, 9};

    assert_int_equal(book->item_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(book->items[i].number, numbers[i]);
    assert_string_equal(book->items[0].id, "a");
    assert_string_equal(book->items[0].name_zh, "a");
    const struct questionnaire *form = &book->questionnaires[0];
    assert_int_equal(form->item_count, 3);
    assert_memory_equal(form->items, numbers, sizeof numbers);
    assert_int_equal(form->core_count, 1);
    assert_int_equal(form->core[0], 2);
    // A set keeps its own order: moments are told by place.
    assert_int_equal(book->sets[0].items[0], 2);
    assert_int_equal(book->sets[0].items[1], 1);
    programme_free(book);
}

static void
every_form_of_kpi_is_read(void **state)
{
    (void)state;
    struct rulebook *book = good_rulebook();
    const struct kpi_rule *kpi = book->kpis;

    assert_int_equal(book->kpi_count, 11);
    assert_int_equal(kpi[0].form, KPI_INDEX);
    assert_int_equal(kpi[0].items[0], 2);
    assert_int_equal(kpi[0].weights[0], 3);
    assert_int_equal(kpi[0].min_n, 30);
    assert_int_equal(kpi[1].form, KPI_NPS);
    assert_int_equal(kpi[1].cut, 9);
    assert_int_equal(kpi[1].detractor_cut, 6);
    assert_int_equal(kpi[2].form, KPI_SHARE);
    assert_int_equal(kpi[2].min_n, 5);
    assert_int_equal(kpi[3].form, KPI_GAP);
    assert_int_equal(kpi[3].pair, 1);
    assert_int_equal(kpi[4].class_mask, 1 << CLASS_COMPLEX);
    assert_int_equal(kpi[5].class_mask,
                     1 << CLASS_COMPLEX | 1 << CLASS_GENERAL);
    assert_int_equal(kpi[6].count, COUNT_RESPONSES);
    assert_int_equal(kpi[7].flag_ppm, 600000);
    assert_int_equal(kpi[8].form, KPI_RATIO);
    assert_int_equal(kpi[8].num.count, 1);
    assert_int_equal(kpi[8].num.counts[0], COUNT_CONFIRMED);
    assert_int_equal(kpi[8].den.count, 2);
    assert_int_equal(kpi[8].den.counts[1], COUNT_CASES);
    assert_int_equal(kpi[8].minus.count, 1);
    assert_int_equal(kpi[8].minus.counts[0], COUNT_SURPLUS);
    assert_int_equal(kpi[8].scale, 1000);
    assert_int_equal(kpi[9].items[0], 1);
    assert_int_equal(kpi[9].weights[0], 3);
    assert_int_equal(kpi[10].timed, TIME_RESOLVE);
    assert_int_equal(kpi[10].per_cent, 90);
    programme_free(book);
}

static const struct flaw flaws[] = {
    {"id: test\n", "", 1, "id", "is missing"},
    {"id: test", "id: 12", 1, "id", "not digits alone"},
    {"id: test", "id: a b", 1, "id", "letters, digits"},
    {"version: 3", "version: 0", 2, "version", "from 1 to 4294967295"},
    {"version: 3", "version: 3.0", 2, "version", "whole number"},
    {"version: 3", "version: \"3\"", 2, "version", "unquoted"},
    {"version: 3", "version: 3\nversion: 4", 3, "version", "given twice"},
    {"version: 3", "vresion: 3", 2, "vresion", "not known here; known: id"},
    {"2026-01-01", "2026-02-29", 3, "valid_from", "must be a date"},
    {"2026-01-01", "2026-01-01T00:00", 3, "valid_from", "must be a date"},
    {"  name: Test/Zone\n", "", 5, "zone.name", "is missing"},
    {"+01:00", "+1", 6, "zone.offset", "must be an offset"},
    {"00:00Z", "00:00", 7, "zone.changes[0].at", "instant in UTC"},
    {"last sunday", "lst sunday", 10, "zone.daylight.from", "must be a rule"},
    {"02:30 UTC", "02:30", 11, "zone.daylight.until", "must be a rule"},
    {"730d", "730", 12, "lookback", "a duration such as"},
    {"lookback: 730d", "lookback: 730d\nranking: {method: lucky}", 13,
     "ranking.method", "must be one of: raw, shrunken"},
    {"lookback: 730d", "lookback: 730d\nranking: {spread: after}", 13,
     "ranking.spread", "must be one of: before, period"},
    {"lookback: 730d", "lookback: 730d\nranking: {c_milli: 499}", 13,
     "ranking.c_milli", "from 500 to 10000"},
    {"lookback: 730d", "lookback: 730d\nranking: {c: 3}", 13, "ranking.c",
     "not known here; known: method"},
    {"lookback: 730d", "lookback: 730d\nranking: raw", 13, "ranking",
     "must hold keys and values"},
    {"730d", "1h", 12, "lookback", "at least 1d"},
    {"lookback: 730d\n", "", 1, "lookback", "is missing"},
    {"general: 5min", "general: 0h", 13, "clocks.general", "longer than 0"},
    {"general: 5min", "genral: 5min", 13, "clocks.genral", "not known here"},
    {"number: 1, id: a", "number: 2, id: a", 16, "items[1]", "2 is taken"},
    {"number: 2, id: b", "number: 0, id: b", 15, "items[0].number",
     "from 1 to 4095"},
    {"number: 1, id: a", "number: 1, id: b", 16, "items[1]", "b is taken"},
    {"scale: [0, 10]", "scale: [10, 0]", 17, "items[2].scale", "must rise"},
    {"scale: [0, 10]", "scale: [0, 101]", 17, "items[2].scale[1]",
     "from 0 to 100"},
    {"scale: [0, 10]", "scale: 10", 17, "items[2].scale", "must be a list"},
    {"scale: [0, 10]", "scale: [0, 10], touchpoint: roof", 17,
     "items[2].touchpoint", "must be one of: guard"},
    {"items: [c, b, 1]", "items: [c, d]", 19, "questionnaires[0].items[1]",
     "id or number of one of the items"},
    {"items: [c, b, 1]", "items: [c, 9]", 19, "questionnaires[0].items[1]",
     "listed twice"},
    {"items: [c, b, 1]", "items: [c, 1]", 19, "questionnaires[0].core",
     "item 2 is not among"},
    {"items: [c, b, 1]", "items: []", 19, "questionnaires[0].items",
     "must have 1 to 64 members"},
    {"number: 7", "number: 256", 20, "sets[0].number", "from 1 to 255"},
    {"[{number: 7, items: [b, a]}]",
     "[{number: 7, items: [b]}, {number: 7, items: [a]}]", 20, "sets[1].number",
     "is taken"},
    {"expectation: b", "expectation: c", 21, "pairs[0]", "the same scale"},
    {"expectation: b", "expectation: a", 21, "pairs[0]", "two different"},
    {"id: csi", "id: mean_csi", 23, "kpis[0].id", "must not begin with mean_"},
    {"id: nps", "id: csi", 24, "kpis[1]", "csi is taken"},
    {"form: index", "form: sum", 23, "kpis[0].form", "must be one of: index"},
    {"items: [b, a], weights", "items: [b, c], weights", 23, "kpis[0].items",
     "the same scale"},
    {"weights: [3, 1]", "weights: [3]", 23, "kpis[0].weights",
     "one weight for each of the 2 items"},
    {"weights: [3, 1]", "weights: [3, 0]", 23, "kpis[0].weights[1]",
     "from 1 to"},
    {"weights: [3, 1]", "weights: [0.5, 0.5]", 23, "kpis[0].weights[0]",
     "whole number"},
    {"cut: 9, det", "cut: 11, det", 24, "kpis[1].cut", "0 to 10"},
    {"detractor_cut: 6", "detractor_cut: 9", 24, "kpis[1]", "below cut"},
    {"item: a, cut: 9", "item: a", 25, "kpis[2].cut", "is missing"},
    {"item: a, cut: 9", "item: a, cut: 9, pair: 1", 25, "kpis[2].pair",
     "not known here"},
    {"min_n: 5", "min_n: 0", 25, "kpis[2].min_n", "from 1"},
    {"pair: 1", "pair: 2", 26, "kpis[3].pair", "one of the pairs"},
    {"classes: [complex]", "classes: [hard]", 27, "kpis[4].classes[0]",
     "has no clock"},
    {"counter: responses", "counter: smiles", 29, "kpis[6].counter",
     "is no counter"},
    {"flag_ppm: 600000", "flag_ppm: 60%", 30, "kpis[7].flag_ppm",
     "whole number"},
    {"num: [confirmed]", "num: []", 31, "kpis[8].num", "1 to 4 members"},
    {"num: [confirmed]", "num: [smiles]", 31, "kpis[8].num[0]",
     "is no counter"},
    {"num: [confirmed], ", "", 31, "kpis[8].num", "is missing"},
    {"[visits, cases]", "[visits, visits]", 31, "kpis[8].den[1]",
     "listed twice"},
    {"minus: [surplus]", "minus: [cases]", 31, "kpis[8].minus[0]",
     "is in den too"},
    {"scale: 1000", "scale: 10", 31, "kpis[8].scale", "must be 1, 100"},
    {"pairs: [1], w", "pairs: [2], w", 32, "kpis[9].pairs[0]",
     "one of the pairs"},
    {"pairs: [1], w", "pairs: [1, 1], w", 32, "kpis[9].pairs[1]",
     "listed twice"},
    {"pairs: [1], weights: [3]", "pairs: [1], weights: [3, 4]", 32,
     "kpis[9].weights", "one weight for each of the 1 items"},
    {"of: resolution", "of: life", 33, "kpis[10].of",
     "must be one of: waiting"},
    {"per_cent: 90", "per_cent: 100", 33, "kpis[10].per_cent", "from 1 to 99"},
    {"scale: 1000", "scale: 1001", 31, "kpis[8].scale", "from 1 to 1000"},
};

static void
every_flaw_is_told_with_line_and_key(void **state)
{
    (void)state;
    static struct problems problems;

    for (size_t i = 0; i < sizeof flaws / sizeof *flaws; i++) {
        struct rulebook *book;
        char *text = text_with_flaw(good, &flaws[i]);
        assert_int_equal(read_text(text, &book, &problems), STATUS_MALFORMED);
        expect_problem(&problems, "p.yaml", flaws[i].line, flaws[i].key,
                       flaws[i].says);
        free(text);
    }
}

static void
what_is_not_a_plain_tree_of_yaml_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        unsigned line;
    } texts[] = {
        {"", "is empty", 0},
        {"# nothing\n", "is empty", 0},
        {"a: b\n---\nc: d\n", "second document", 2},
        {"a: [b\n", "is not YAML", 2},
        {"a: &x [1]\nb: *x\n", "anchors and aliases", 1},
        {"&x [*x]\n", "anchors and aliases", 1},
        {"? [a]\n: b\n", "a key must be plain text", 1},
        {"a: \"x\\0y\"\n", "NUL", 1},
        {"a: \xff\n", "is not YAML", 1},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
         "]",
         "nested too deep", 1},
        {"- a\n", "must hold keys and values", 1},
        {"text\n", "must hold keys and values", 1},
    };
    static struct problems problems;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct rulebook *book;
        assert_int_equal(read_text(texts[i].text, &book, &problems),
                         STATUS_MALFORMED);
        assert_true(problems.count > 0);
        assert_non_null(strstr(problems.list[0].text, texts[i].says));
        assert_int_equal(problems.list[0].line, texts[i].line);
    }
}

static void
all_problems_of_a_file_are_told_at_once(void **state)
{
    (void)state;
    static struct problems problems;
    struct rulebook *book;

    assert_int_equal(
        read_text("id: 1\nversion: x\nkpis: 3\nextra: 1\n", &book, &problems),
        STATUS_MALFORMED);
    expect_problem(&problems, "p.yaml", 1, "id", "not digits alone");
    expect_problem(&problems, "p.yaml", 2, "version", "whole number");
    expect_problem(&problems, "p.yaml", 1, "zone", "is missing");
    expect_problem(&problems, "p.yaml", 3, "kpis", "must be a list");
    expect_problem(&problems, "p.yaml", 4, "extra", "not known here");
}

static void
a_file_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    static struct problems problems;
    struct rulebook *book;

    assert_int_equal(programme_load("/nowhere/p.yaml", &book, &problems),
                     STATUS_NOT_FOUND);
    expect_problem(&problems, "/nowhere/p.yaml", 0, "", "cannot be read");
    problems = (struct problems){0};
    assert_int_equal(programme_load("/", &book, &problems), STATUS_NOT_FOUND);
    expect_problem(&problems, "/", 0, "", "Is a directory");
}

static struct rulebook *
sample_rulebook(const char *name)
{
    static struct problems problems;
    struct rulebook *book = NULL;
    size_t length;
    char *text = sample_take(name, &length);

    problems = (struct problems){0};
    enum status status =
        programme_read(span_of(text, length), name, &book, &problems);
    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    free(text);
    return book;
}

static const char *const samples[] = {
    "deploy/samples/demo/programme.yaml",
    "deploy/samples/demo/programme.zh.yaml",
    "deploy/samples/ecsi/programme.yaml",
    "deploy/samples/ecsi-weighted/programme.yaml",
    "deploy/samples/cfpb/programme.yaml",
    "deploy/samples/hvbp/programme.yaml",
    "deploy/samples/maker/programme.yaml",
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static void
shipped_samples_are_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct rulebook *book = sample_rulebook(samples[i]);
        assert_true(book->kpi_count > 0);
        programme_free(book);
    }
}

static void
assert_same_fold(const char *one, const char *two)
{
    struct rulebook *a = sample_rulebook(one), *b = sample_rulebook(two);
    static uint8_t left[65536], right[65536];
    size_t length = rulebook_fold_bytes(a, left, sizeof left);

    assert_in_range(length, 1, sizeof left);
    assert_int_equal(rulebook_fold_bytes(b, right, sizeof right), length);
    assert_memory_equal(left, right, length);
    programme_free(a);
    programme_free(b);
}

static void
samples_in_two_languages_say_the_same(void **state)
{
    (void)state;
    struct rulebook *en = sample_rulebook(samples[0]);
    struct rulebook *zh = sample_rulebook(samples[1]);

    assert_same_fold(samples[0], samples[1]);
    assert_int_equal(en->kpi_count, zh->kpi_count);
    assert_memory_equal(en->kpis, zh->kpis, en->kpi_count * sizeof *en->kpis);
    assert_memory_equal(en->scheme, zh->scheme, sizeof *en->scheme);
    programme_free(en);
    programme_free(zh);
}

static void
other_weights_need_no_refold(void **state)
{
    (void)state;
    assert_same_fold("deploy/samples/ecsi/programme.yaml",
                     "deploy/samples/ecsi-weighted/programme.yaml");
    struct rulebook *book = sample_rulebook(samples[3]);
    struct kpi_rule made;
    const struct kpi_rule *csi = rulebook_kpi(book, "csi", &made);
    assert_int_equal(csi->weights[0], 383634);
    assert_int_equal(csi->weights[1], 281550);
    assert_int_equal(csi->weights[2], 334816);
    programme_free(book);
}

static void
no_mutation_of_a_sample_crashes_or_fails_in_silence(void **state)
{
    (void)state;
    static struct problems problems;
    uint64_t dices = 1;

    for (size_t i = 0; i < SAMPLES; i++) {
        size_t length;
        char *text = sample_take(samples[i], &length);
        char *room = malloc(length * 3);
        assert_non_null(room);
        for (int round = 0; round < 200; round++) {
            struct rulebook *book = NULL;
            memcpy(room, text, length);
            size_t mutated = mutate(room, length, &dices);
            problems = (struct problems){0};
            enum status status = programme_read(span_of(room, mutated),
                                                "p.yaml", &book, &problems);
            assert_int_equal(status == STATUS_OK, problems.count == 0);
            if (status == STATUS_OK)
                programme_free(book);
        }
        free(room);
        free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_and_clocks_are_read),
        cmocka_unit_test(ranking_is_read_and_raw_without_a_word),
        cmocka_unit_test(dates_are_midnight_in_the_zone),
        cmocka_unit_test(arrays_ascend_whatever_the_order_of_the_file),
        cmocka_unit_test(every_form_of_kpi_is_read),
        cmocka_unit_test(every_flaw_is_told_with_line_and_key),
        cmocka_unit_test(what_is_not_a_plain_tree_of_yaml_is_refused),
        cmocka_unit_test(all_problems_of_a_file_are_told_at_once),
        cmocka_unit_test(a_file_that_is_not_there_is_not_found),
        cmocka_unit_test(shipped_samples_are_good),
        cmocka_unit_test(samples_in_two_languages_say_the_same),
        cmocka_unit_test(other_weights_need_no_refold),
        cmocka_unit_test(no_mutation_of_a_sample_crashes_or_fails_in_silence),
    };
    return cmocka_run_group_tests_name("programme", tests, NULL, NULL);
}
