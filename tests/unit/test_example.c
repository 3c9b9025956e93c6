// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/domain/example.h"
#include "tests/support/problems.h"

static struct example_room room;

static struct rulebook *
book_of(const char *text)
{
    static struct problems problems;
    struct rulebook *book = NULL;

    problems = (struct problems){0};
    enum status status =
        programme_read(span_text(text), "p.yaml", &book, &problems);
    problems_print(&problems);
    assert_int_equal(status, STATUS_OK);
    return book;
}

// How many figures of all examples are not as expected.
static size_t
wrong(const char *text)
{
    struct rulebook *book = book_of(text);
    struct example_result results[EXAMPLE_EXPECTED_MAX];
    size_t count = 0;

    assert_true(book->example_count > 0);
    for (size_t i = 0; i < book->example_count; i++) {
        const struct example *one = &book->examples[i];
        assert_true(example_run(&room, book, one, results));
        for (size_t j = 0; j < one->expected_count; j++)
            count += !example_holds(&one->expected[j], &results[j]);
    }
    programme_free(book);
    return count;
}

static const char *const samples[] = {"deploy/samples/maker/programme.yaml",
                                      "deploy/samples/hvbp/programme.yaml"};

static void
the_samples_do_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t length;
        char *text = sample_take(samples[i], &length);
        text = realloc(text, length + 1);
        assert_non_null(text);
        text[length] = '\0';
        assert_int_equal(wrong(text), 0);
        free(text);
    }
}

// Another weight, cut, clock, threshold, knot, rate or gate is noticed.
static void
a_rule_changed_unawares_fails_a_test(void **state)
{
    (void)state;
    static const struct flaw changes[] = {
        {"items: [OSAT, CONFIRM, IDEAL], min_n: 100",
         "items: [OSAT, CONFIRM, IDEAL], weights: [2, 1, 1]", 0, "", ""},
        {"cut: 8, flag_ppm", "cut: 7, flag_ppm", 0, "", ""},
        {"detractor_cut: 6", "detractor_cut: 7", 0, "", ""},
        {"complex: 24h", "complex: 25h", 0, "", ""},
        {"core: [OSAT, CONFIRM, IDEAL]", "core: [OSAT, RECOMMEND]", 0, "", ""},
        {"threshold_ppm: 720000", "threshold_ppm: 799999", 0, "", ""},
        {"{score: 75, ratio_ppm: 500000}", "{score: 75, ratio_ppm: 500001}", 0,
         "", ""},
        {"max_rate_ppm: 12000", "max_rate_ppm: 12001", 0, "", ""},
        {"{figure: bounced, at_most_ppm: 100000}",
         "{figure: bounced, at_most_ppm: 110000}", 0, "", ""},
        {"consistency: 20", "consistency: 19", 0, "", ""},
    };
    size_t length;
    char *text = sample_take(samples[0], &length);

    text = realloc(text, length + 1);
    assert_non_null(text);
    text[length] = '\0';
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *changed = text_with_flaw(text, &changes[i]);
        assert_true(wrong(changed) > 0);
        free(changed);
    }
    free(text);
}

static void
numbers_too_large_are_refused_not_wrapped(void **state)
{
    (void)state;
    struct rulebook *book =
        book_of("id: t\nversion: 1\nvalid_from: 2026-01-01\n"
                "zone: {name: UTC, offset: Z}\nlookback: 9d\n"
                "items: [{number: 1, id: a, scale: [1, 10]}]\n"
                "kpis: [{id: v, form: counter, counter: visits}]\n"
                "tests: [{name: n, counts: {visits: 5}, expect: {v: 5}}]\n");
    const struct example_count many[] = {{COUNT_VISITS, INT64_MAX},
                                         {COUNT_VISITS, 1}};
    struct example one = book->examples[0];
    struct example_result results[EXAMPLE_EXPECTED_MAX];

    assert_true(example_run(&room, book, &one, results));
    assert_int_equal(results[0].value, 5000000);
    one.counts = many;
    one.count_count = 2;
    assert_false(example_run(&room, book, &one, results));
    programme_free(book);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_samples_do_what_they_say),
        cmocka_unit_test(a_rule_changed_unawares_fails_a_test),
        cmocka_unit_test(numbers_too_large_are_refused_not_wrapped),
    };
    return cmocka_run_group_tests_name("example", tests, NULL, NULL);
}
