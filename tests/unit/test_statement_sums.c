// SPDX-License-Identifier: Apache-2.0
#include "console/statement_sums.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// One dimension of 8 points, and 20 of consistency: a score of 84, a ratio of
// 0.84 that a gate halves, 3 % of one million fen.
static const char sample[] =
    "{\"dealer\":\"A\",\"input\":{\"base_fen\":1000000,"
    "\"period\":{\"first\":\"2026-07\",\"last\":\"2026-09\"}},"
    "\"result\":{\"dimensions\":[{\"achievement\":8,"
    "\"baseline\":{\"ppm\":800000},\"improvement\":6,"
    "\"period\":{\"ppm\":833277},\"points\":8}],\"exchange\":null,"
    "\"gates\":[{\"after_ppm\":420000,\"before_ppm\":840000,"
    "\"failed\":true}],"
    "\"payout\":{\"fen\":12600,\"peer_ppm\":500000,\"ratio_ppm\":420000,"
    "\"residue\":0,\"score_ratio_ppm\":840000},"
    "\"score\":{\"base_micro\":64000000,\"consistency\":20,"
    "\"points_sum\":8000000,\"score_micro\":84000000,\"weakest_den\":200000,"
    "\"weakest_num\":333277,\"weight_sum\":1000000}},"
    "\"rules\":{\"consistency\":20,"
    "\"dimensions\":[{\"benchmark_ppm\":850000,\"floor_ppm\":500000,"
    "\"threshold_ppm\":700000,\"weight_ppm\":1000000}],"
    "\"payout\":{\"form\":\"linear\",\"max_rate_ppm\":30000,"
    "\"steps\":[[0,0],[100000000,1000000]]}},\"signed\":true,"
    "\"source\":{\"head\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\","
    "\"journal_position\":43,\"programme_hash\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\"},"
    "\"state\":\"FINAL\"}\n";

static struct statement_head
head_of_sample(void)
{
    return (struct statement_head){.dealer = "A",
                                   .first = "2026-07",
                                   .last = "2026-09",
                                   .version = 1,
                                   .kind = STATEMENT_FINAL,
                                   .amount_fen = 12600,
                                   .has_score = true,
                                   .score_micro = 84000000,
                                   .journal_position = 43};
}

static void
what_follows_from_the_performances_adds_up(void **state)
{
    (void)state;
    struct statement_head head = head_of_sample();
    char problem[STATEMENT_PROBLEM_MAX] = "";

    if (!statement_sums_check(&head, span_text(sample), problem))
        fail_msg("%s", problem);
}

// The peers' ratio is not asked for of one who has a score.
static bool
is_unused(const char *at)
{
    static const char peers[] = "\"peer_ppm\":";

    return strncmp(at - strlen(peers), peers, strlen(peers)) == 0;
}

static void
any_figure_that_is_raised_is_found(void **state)
{
    (void)state;
    const struct statement_head head = head_of_sample();
    char problem[STATEMENT_PROBLEM_MAX], *changed = strdup(sample);
    const char *result = strstr(sample, "\"result\":");
    const char *rules = strstr(sample, "\"rules\":");
    size_t tried = 0;

    assert_non_null(changed);
    for (const char *at = result; at < rules; at++) {
        if (at[-1] != ':' || at[0] < '0' || at[0] > '9' || is_unused(at))
            continue;
        char *digit = changed + (at - sample);
        *digit = *digit == '9' ? '8' : (char)(*digit + 1);
        if (statement_sums_check(&head, span_text(changed), problem))
            fail_msg("not found: %.40s", at);
        *digit = *at;
        tried++;
    }
    assert_int_equal(tried, 18);
    free(changed);
}

static void
the_head_must_say_what_the_pack_says(void **state)
{
    (void)state;
    const struct statement_head good = head_of_sample();
    struct statement_head heads[] = {good, good, good, good, good, good};
    char problem[STATEMENT_PROBLEM_MAX];

    heads[0].amount_fen++;
    heads[1].score_micro++;
    heads[2].dealer[0] = 'B';
    heads[3].last[6] = '8';
    heads[4].kind = STATEMENT_PROVISIONAL;
    heads[5].head[31] = 1;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        problem[0] = '\0';
        assert_false(
            statement_sums_check(&heads[i], span_text(sample), problem));
        assert_string_not_equal(problem, "");
    }
}

static void
a_performance_beyond_all_numbers_is_refused(void **state)
{
    (void)state;
    static const char own[] = "\"ppm\":833277",
                      huge[] = "\"ppm\":-9223372036854775808";
    const struct statement_head head = head_of_sample();
    char problem[STATEMENT_PROBLEM_MAX], text[sizeof sample + sizeof huge];
    const char *at = strstr(sample, own);

    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - sample), sample, huge,
             at + strlen(own));
    assert_false(statement_sums_check(&head, span_text(text), problem));
    assert_non_null(strstr(problem, "a performance"));
}

static void
what_is_no_pack_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "{", "[]", "{}", "{\"result\":7,\"rules\":[]}", "null"};
    const struct statement_head head = head_of_sample();
    char problem[STATEMENT_PROBLEM_MAX];

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(statement_sums_check(&head, span_text(texts[i]), problem));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_from_the_performances_adds_up),
        cmocka_unit_test(any_figure_that_is_raised_is_found),
        cmocka_unit_test(the_head_must_say_what_the_pack_says),
        cmocka_unit_test(a_performance_beyond_all_numbers_is_refused),
        cmocka_unit_test(what_is_no_pack_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
