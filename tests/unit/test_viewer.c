// SPDX-License-Identifier: Apache-2.0
//
// Who may see what: the table of decisions, and what stands around it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "common/config/dealers.h"
#include "reporter/damper.h"
#include "reporter/login.h"
#include "reporter/viewer.h"

enum { NOW_HOUR = 500000 };

static const int64_t now_ms = INT64_C(3600000) * NOW_HOUR;

static const char dealers_text[] = "id,name,region,brand,size\n"
                                   "A,Alpha,north,X,S\n"
                                   "B,Beta,south,X,L\n";

static const struct viewer nobody,
    hq = {.reach = REACH_HQ},
    north = {.reach = REACH_REGION, .subject = "north"},
    dealer_a = {.reach = REACH_DEALER, .subject = "A"};

static int
begin(void **state)
{
    struct problems problems = {0};
    struct directory *directory;

    assert_int_equal(dealers_read(span_text(dealers_text), "dealers.csv",
                                  &directory, &problems),
                     STATUS_OK);
    *state = directory;
    return 0;
}

static int
end(void **state)
{
    dealers_free(*state);
    return 0;
}

static enum ruling
judge(const struct viewer *viewer, enum shows shows, const char *raw,
      const struct directory *directory)
{
    struct target target;

    assert_null(target_read(&target, raw));
    return viewer_judge(viewer, shows, &target, directory, now_ms);
}

static void
every_reach_is_judged_for_everything_that_is_shown(void **state)
{
    const char *ranking = "/api/v1/rankings?scope=", *own = "region:north";
    char raw[128];
    static const struct {
        enum shows shows;
        const char *raw;
        enum ruling nobody, hq, region, dealer;
    } table[] = {
        {SHOWS_NOTHING, "/livez", RULING_ALLOWED, RULING_ALLOWED,
         RULING_ALLOWED, RULING_ALLOWED},
        {SHOWS_EVERYTHING, "/metrics", RULING_SIGN_IN, RULING_ALLOWED,
         RULING_FORBIDDEN, RULING_FORBIDDEN},
        {SHOWS_OWN, "/api/v1/dealers", RULING_SIGN_IN, RULING_ALLOWED,
         RULING_ALLOWED, RULING_ALLOWED},
        {SHOWS_RANKING, "/api/v1/rankings", RULING_SIGN_IN, RULING_ALLOWED,
         RULING_ALLOWED, RULING_FORBIDDEN},
        {SHOWS_RANKING, "/api/v1/rankings?scope=nation", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_FORBIDDEN, RULING_FORBIDDEN},
        {SHOWS_RANKING, "/api/v1/rankings?scope=region:south", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_FORBIDDEN, RULING_FORBIDDEN},
        {SHOWS_RANKING, "/api/v1/rankings?scope=brand:X", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_FORBIDDEN, RULING_FORBIDDEN},
        {SHOWS_DEALER, "/api/v1/dealers/A", RULING_SIGN_IN, RULING_ALLOWED,
         RULING_ALLOWED, RULING_ALLOWED},
        {SHOWS_DEALER, "/api/v1/dealers/B", RULING_SIGN_IN, RULING_ALLOWED,
         RULING_HIDDEN, RULING_HIDDEN},
        {SHOWS_DEALER, "/api/v1/dealers/A/statement", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_ALLOWED, RULING_ALLOWED},
        {SHOWS_DEALER, "/api/v1/dealers/B/statement", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_HIDDEN, RULING_HIDDEN},
        {SHOWS_DEALER, "/api/v1/dealers/nobody", RULING_SIGN_IN, RULING_ALLOWED,
         RULING_HIDDEN, RULING_HIDDEN},
        {SHOWS_DEALER, "/api/v1/dealers/A?scope=nation", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_ALLOWED, RULING_ALLOWED},
        {SHOWS_DEALER, "/api/v1/dealers/A?scope=region:south", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_FORBIDDEN, RULING_FORBIDDEN},
        {SHOWS_DEALER, "/api/v1/dealers/A?scope=size:S", RULING_SIGN_IN,
         RULING_ALLOWED, RULING_ALLOWED, RULING_ALLOWED},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_int_equal(judge(&nobody, table[i].shows, table[i].raw, *state),
                         table[i].nobody);
        assert_int_equal(judge(&hq, table[i].shows, table[i].raw, *state),
                         table[i].hq);
        assert_int_equal(judge(&north, table[i].shows, table[i].raw, *state),
                         table[i].region);
        assert_int_equal(judge(&dealer_a, table[i].shows, table[i].raw, *state),
                         table[i].dealer);
    }
    snprintf(raw, sizeof raw, "%s%s", ranking, own);
    assert_int_equal(judge(&north, SHOWS_RANKING, raw, *state), RULING_ALLOWED);
}

static void
a_region_that_names_no_scope_gets_its_own(void **state)
{
    struct target target;

    assert_null(target_read(&target, "/api/v1/rankings?kpi=nps"));
    assert_int_equal(
        viewer_judge(&north, SHOWS_RANKING, &target, *state, now_ms),
        RULING_ALLOWED);
    assert_string_equal(target_param(&target, "scope"), "region:north");
    assert_null(target_read(&target, "/api/v1/rankings?scope=&kpi=nps"));
    assert_int_equal(
        viewer_judge(&north, SHOWS_RANKING, &target, *state, now_ms),
        RULING_ALLOWED);
    assert_string_equal(target_param(&target, "scope"), "region:north");
}

static void
before_there_are_dealers_no_page_of_one_is_shown(void **state)
{
    (void)state;
    assert_int_equal(judge(&dealer_a, SHOWS_DEALER, "/api/v1/dealers/A", NULL),
                     RULING_NOT_YET);
    assert_int_equal(judge(&hq, SHOWS_DEALER, "/api/v1/dealers/A", NULL),
                     RULING_ALLOWED);
}

// --- Guessing ----------------------------------------------------------------

static void
ten_failures_are_free_then_one_in_six_seconds(void **state)
{
    struct damper *damper = calloc(1, sizeof *damper);

    (void)state;
    assert_non_null(damper);
    for (int i = 0; i < DAMPER_FAILURES; i++) {
        assert_int_equal(damper_wait_ms(damper, 7, now_ms), 0);
        damper_failed(damper, 7, now_ms);
    }
    assert_int_equal(damper_wait_ms(damper, 7, now_ms), DAMPER_STEP_MS);
    assert_int_equal(damper_wait_ms(damper, 8, now_ms), 0);
    int64_t later = now_ms + DAMPER_STEP_MS;
    assert_int_equal(damper_wait_ms(damper, 7, later), 0);
    damper_failed(damper, 7, later);
    assert_int_equal(damper_wait_ms(damper, 7, later), DAMPER_STEP_MS);
    // A minute later all is forgotten.
    later += (DAMPER_FAILURES + 1) * DAMPER_STEP_MS;
    damper_failed(damper, 7, later);
    assert_int_equal(damper_wait_ms(damper, 7, later), 0);
    free(damper);
}

// --- The form ----------------------------------------------------------------

static const char word[] = "0123456789abcdef0123456789abcdef";
static const char body[] =
    "lang=zh&word=0123456789abcdef0123456789abcdef&token=%20dpt_1 ";

static struct login_form
good_form(void)
{
    return (struct login_form){.host = "hq.example",
                               .origin = "https://hq.example",
                               .fetch_site = "same-origin",
                               .type = "application/x-www-form-urlencoded",
                               .word = word,
                               .body = body};
}

static bool
reads(struct login_form form)
{
    char token[64];
    const char *lang;

    return login_read(&form, token, sizeof token, &lang);
}

static void
a_form_of_ours_is_read(void **state)
{
    struct login_form form = good_form();
    char token[64];
    const char *lang;

    (void)state;
    assert_true(login_read(&form, token, sizeof token, &lang));
    assert_string_equal(token, "dpt_1");
    assert_string_equal(lang, "zh");
    form.origin = form.fetch_site = NULL; // an old browser
    assert_true(reads(form));
}

static void
a_form_of_somebody_else_is_not(void **state)
{
    struct login_form form = good_form();

    (void)state;
    form.origin = "https://evil.example";
    assert_false(reads(form));
    form.origin = "null";
    assert_false(reads(form));
    form = good_form();
    form.fetch_site = "cross-site";
    assert_false(reads(form));
    form = good_form();
    form.word = NULL;
    assert_false(reads(form));
    form.word = "0123456789abcdef0123456789abcdee";
    assert_false(reads(form));
    form = good_form();
    form.type = "text/plain";
    assert_false(reads(form));
    form = good_form();
    form.body = "token=dpt_1";
    assert_false(reads(form));
    form.body = "%zz";
    assert_false(reads(form));
}

static void
a_cookie_is_found_by_its_whole_name(void **state)
{
    char value[8];

    (void)state;
    assert_true(
        cookie_value("a=1; dealerpulse=x; b=2", "dealerpulse", value, 8));
    assert_string_equal(value, "x");
    assert_false(cookie_value("xdealerpulse=x", "dealerpulse", value, 8));
    assert_false(cookie_value("dealerpulse-form=x", "dealerpulse", value, 8));
    assert_false(cookie_value("dealerpulse=", "dealerpulse", value, 8));
    assert_false(cookie_value("dealerpulse=12345678", "dealerpulse", value, 8));
    assert_false(cookie_value("dealerpulse", "dealerpulse", value, 8));
    assert_false(cookie_value(NULL, "dealerpulse", value, 8));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_reach_is_judged_for_everything_that_is_shown, begin, end),
        cmocka_unit_test_setup_teardown(
            a_region_that_names_no_scope_gets_its_own, begin, end),
        cmocka_unit_test(before_there_are_dealers_no_page_of_one_is_shown),
        cmocka_unit_test(ten_failures_are_free_then_one_in_six_seconds),
        cmocka_unit_test(a_form_of_ours_is_read),
        cmocka_unit_test(a_form_of_somebody_else_is_not),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
