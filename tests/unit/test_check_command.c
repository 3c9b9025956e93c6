// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <sysexits.h>

#include "console/check.h"
#include "tests/support/temp_dir.h"

struct fixture {
    char dir[TEMP_DIR_MAX];
    char config[TEMP_DIR_MAX + 32];
};

static void
put(const struct fixture *fixture, const char *name, const char *text)
{
    char path[TEMP_DIR_MAX + 32];

    (void)snprintf(path, sizeof path, "%s/%s", fixture->dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int
make_good_files(void **state)
{
    static struct fixture fixture;

    if (temp_dir_make(fixture.dir) != 0)
        return -1;
    (void)snprintf(fixture.config, sizeof fixture.config, "%s/d.yaml",
                   fixture.dir);
    put(&fixture, "d.yaml", "terminal: {dealers: [A]}\n");
    put(&fixture, "dealers.csv", "id\nA\nB\n");
    put(&fixture, "programme.yaml",
        "id: p\nversion: 1\nvalid_from: 2026-01-01\n"
        "zone: {name: UTC, offset: Z}\nlookback: 400d\n"
        "items: [{number: 1, id: a, scale: [1, 5]}]\n"
        "kpis: [{id: m, form: mean, item: a}]\n");
    *state = &fixture;
    return 0;
}

static int
remove_files(void **state)
{
    struct fixture *fixture = *state;

    return temp_dir_remove(fixture->dir);
}

static void
good_files_pass(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(check_files(fixture->config, NULL, 0), 0);
}

static void
a_flaw_in_any_file_is_a_configuration_error(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"d.yaml", "dealers.csv",
                                        "programme.yaml"};

    for (size_t i = 0; i < 3; i++) {
        (void)remove_files(state);
        assert_int_equal(make_good_files(state), 0);
        put(fixture, names[i], "oops\n");
        assert_int_equal(check_files(fixture->config, NULL, 0), EX_CONFIG);
    }
}

static void
a_test_of_the_rules_that_fails_is_a_configuration_error(void **state)
{
    struct fixture *fixture = *state;
    static const char rules[] =
        "id: p\nversion: 1\nvalid_from: 2026-01-01\n"
        "zone: {name: UTC, offset: Z}\nlookback: 400d\n"
        "items: [{number: 1, id: a, scale: [1, 5]}]\n"
        "kpis: [{id: v, form: counter, counter: visits}]\n"
        "tests: [{name: n, counts: {visits: 3}, expect: {v: %s}}]\n";
    char text[sizeof rules + 8];

    (void)snprintf(text, sizeof text, rules, "3");
    put(fixture, "programme.yaml", text);
    assert_int_equal(check_files(fixture->config, NULL, 0), 0);
    (void)snprintf(text, sizeof text, rules, "4");
    put(fixture, "programme.yaml", text);
    assert_int_equal(check_files(fixture->config, NULL, 0), EX_CONFIG);
}

static void
a_terminal_of_an_unlisted_dealer_is_a_configuration_error(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "d.yaml", "terminal: {dealers: [A, C]}\n");
    assert_int_equal(check_files(fixture->config, NULL, 0), EX_CONFIG);
}

static void
maps_are_checked_on_demand(void **state)
{
    struct fixture *fixture = *state;
    char good[TEMP_DIR_MAX + 32], bad[TEMP_DIR_MAX + 32];
    const char *const maps[] = {good, bad};

    put(fixture, "good.yaml",
        "map: m\nkey: {row: 1}\nevents:\n"
        "  - {type: VISIT_OPENED, dealer: A, visit: {text: \"{key}\"},\n"
        "     occurred_at: {date: {column: day}}}\n");
    put(fixture, "bad.yaml", "map: m\n");
    (void)snprintf(good, sizeof good, "%s/good.yaml", fixture->dir);
    (void)snprintf(bad, sizeof bad, "%s/bad.yaml", fixture->dir);
    assert_int_equal(check_files(fixture->config, maps, 1), 0);
    assert_int_equal(check_files(fixture->config, maps, 2), EX_CONFIG);
}

static void
a_missing_file_is_a_configuration_error(void **state)
{
    (void)state;
    assert_int_equal(check_files("/nowhere/d.yaml", NULL, 0), EX_CONFIG);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(good_files_pass, make_good_files,
                                        remove_files),
        cmocka_unit_test_setup_teardown(
            a_flaw_in_any_file_is_a_configuration_error, make_good_files,
            remove_files),
        cmocka_unit_test_setup_teardown(
            a_test_of_the_rules_that_fails_is_a_configuration_error,
            make_good_files, remove_files),
        cmocka_unit_test_setup_teardown(
            a_terminal_of_an_unlisted_dealer_is_a_configuration_error,
            make_good_files, remove_files),
        cmocka_unit_test_setup_teardown(maps_are_checked_on_demand,
                                        make_good_files, remove_files),
        cmocka_unit_test(a_missing_file_is_a_configuration_error),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
